package adopt

import (
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// started is the part that no database tells: how the target is started and migrated.
const started = `# How the target is started and its tables are made: no database tells that. {port} is a free port that is the process's.
# A target that several processes are together has processes instead, one that runs already attach, one of commands alone neither.
start:
  command: [./fill-in-the-command, --port, "{port}"]
  # env: {SHOP_API_URL: "{source.url}"}  # DATABASE_URL is given anyway
  # ready: {http: /healthz}              # or {port: true}, or {log: "a text that it writes then"}
# migrate: {exec: [./fill-in-the-command, migrate]}
# Where the provider's host is compiled in: reach: proxy, with HTTPS_PROXY: "{source.proxy}" in env; see docs/reaching.md.

# Without verbs the target has to speak the default protocol, docs/protocol.md. Take the marks away, and say of each verb how it is
# done (by http, exec or sql; see docs/profile.md), or move it to lacks with the reason. Paths and results are examples.
#: verbs:
#:   describe: {http: GET /capabilities, result: {scopes: scopes, functions: functions, topics: topics}}
#:   connect:
#:     http: POST /accounts
#:     body: {url: "{account.url}", credentials: "{credentials}"}
#:     result: {integration_id: id, company_id: company_id, webhook_url: webhook_url}
`

// consent is the verb of sources that connect an account by its owner's consent.
const consent = `#:   authorize:
#:     http: POST /accounts/install
#:     body: {url: "{account.url}"}
#:     result: {authorize_url: redirect}
`

// driven are the verbs of all sources.
const driven = `#:   register_webhooks: {http: "POST /accounts/{integration_id}/webhooks", result: {registered: webhooks}}
#:   sync:
#:     http: POST /accounts/{integration_id}/sync
#:     body: {functions: "{functions?}", since: "{start_date?}"}
#:     result: {run_id: run.id}
#:     poll:
#:       http: GET /runs/{run_id}
#:       state: state
#:       done: [done]
#:       failed: [failed]
#:   webhook: {url: "/webhooks/{integration_id}"}
#:   retry: {http: "POST /accounts/{integration_id}/retry"}
#:   stats: {http: "GET /accounts/{integration_id}/stats"}
#:   disconnect: {http: "DELETE /accounts/{integration_id}"}
`

// skeleton is what a person has to fill in.
func skeleton(m *manifest.Manifest) string {
	text := started
	if m.OAuth != nil {
		text += consent
	}
	return strings.ReplaceAll(text+driven, "#: ", "# ")
}
