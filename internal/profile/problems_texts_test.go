package profile_test

import "testing"

// TestTextProblems pins what is said of placeholders and secrets.
func TestTextProblems(t *testing.T) {
	each(t, []problemCase{
		{
			name: "names that there are not",
			text: head + `start: {command: [x, "{prot}", "{print $1}", "{Frobnicate}", "{}", "{{port}", "${HOME}/x"]}`,
			want: []string{
				`:4:22: start.command[1]: nothing replaces {prot}; did you mean {port}?`,
				`:4:46: start.command[3]: nothing replaces {Frobnicate}; see docs/profile.md for the names; a brace that begins none is written {{, as in {{Frobnicate}`,
			},
		},
		{
			name: "almost placeholders",
			text: head + `start: {command: [x, "{ port }", "{{port}}", "${port}", "${source.url}"]}`,
			want: []string{
				`:4:22: start.command[1]: { port } is taken as it stands; write {port}`,
				`:4:34: start.command[2]: {{port}} is taken as it stands; write {port}`,
				`:4:46: start.command[3]: ${port} is taken as it stands; write {port}`,
				`:4:57: start.command[4]: ${source.url} is taken as it stands; write {source.url}`,
			},
		},
		{
			name: "a variable that is a placeholder",
			text: head + `start: {command: [x], env: {A: "${port}"}}`,
			want: []string{
				`:4:32: start.env.A: ${port} is taken as it stands; write {port}`,
			},
		},
		{
			name: "where there is no value",
			text: head + `start: {command: [x, "{integration_id}", "{account.url}", "{run_id}", "{functions}", "{function}"]}
migrate: {exec: [x, "{port}", "{source.name}"]}
`,
			want: []string{
				`:4:22: start.command[1]: {integration_id} has no value in start; it has one in verbs of a connected account`,
				`:4:42: start.command[2]: {account.url} has no value in start; it has one in verbs`,
				`:4:59: start.command[3]: {run_id} has no value in start; it has one in poll`,
				`:4:71: start.command[4]: {functions} has no value in start; it has one in sync`,
				`:4:86: start.command[5]: {function} has no value in start; it has one in a verb with each`,
				`:5:21: migrate.exec[1]: {port} has no value in migrate; it has one in start and verbs`,
				`:5:31: migrate.exec[2]: {source.name} has no value in migrate; it has one in start and verbs`,
			},
		},
		{
			name: "where a verb has no value",
			text: started + `verbs:
  retry: {http: "POST /r/{run_id}/{function}/{start_date}"}
  describe: {http: "GET /d/{integration_id}"}
  stats: {http: "GET /s/{object}"}
  sync: {http: "POST /s/{function}/{object}?from={start_date?}", each: function, result: {counts: .}}
  disconnect: {http: POST /d, poll: {http: "GET /d/{run_id}", state: s, done: [d]}}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  webhook: {}
`,
			want: []string{
				`:6:17: verbs.retry.http: {function} has no value in retry; it has one in a verb with each`,
				`:6:17: verbs.retry.http: {run_id} has no value in retry; it has one in poll`,
				`:6:17: verbs.retry.http: {start_date} has no value in retry; it has one in sync`,
				`:7:20: verbs.describe.http: {integration_id} has no value in describe; it has one in verbs of a connected account`,
				`:8:17: verbs.stats.http: {object} has no value in stats; it has one in a verb with each`,
				`:9:16: verbs.sync.http: {object} has no value with each: function; write each: object`,
			},
		},
		{
			name: "secrets",
			text: head + `start: {command: [x, "{database.url}", "--db=postgres://me:geheim@db/x", "${ACME_KEY}"], ready: {http: "/h?{webhook.secret}"}}
migrate: {exec: [y, "{database.password}"]}
`,
			want: []string{
				`:4:22: start.command[1]: {database.url} is a secret, and arguments can be read by others; put it into start.env`,
				`:4:40: start.command[2]: a password in an argument can be read by everybody on the machine; put it into start.env`,
				`:4:74: start.command[3]: ${ACME_KEY} is taken from the environment in an env, in headers and in attach.database alone; put it into start.env`,
				`:4:104: start.ready.http: {webhook.secret} is a secret, and paths can be read by others; put it into env`,
				`:5:21: migrate.exec[1]: {database.password} is a secret, and arguments can be read by others; put it into migrate.env`,
			},
		},
		{
			name: "secrets in verbs",
			text: started + `verbs:
  retry: {http: "POST /r?t={credentials.token}", headers: {A: "{credentials.token}"}, body: ["{app.client_secret}", "${ACME_KEY}"]}
  disconnect: {exec: [y, "{credentials}"], poll: {exec: [z, "{webhook.secret}"], state: s, done: [d]}}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  stats: {http: GET /s}
`,
			want: []string{
				`:6:17: verbs.retry.http: {credentials.token} is a secret, and paths can be read by others; put it into headers, a body or a form`,
				`:6:117: verbs.retry.body[1]: ${ACME_KEY} is taken from the environment in an env, in headers and in attach.database alone`,
				`:7:26: verbs.disconnect.exec[1]: {credentials} is a secret, and arguments can be read by others; put it into verbs.disconnect.env`,
				`:7:61: verbs.disconnect.poll.exec[1]: {webhook.secret} is a secret, and arguments can be read by others; put it into verbs.disconnect.env`,
			},
		},
		{
			name: "ports",
			text: head + `processes:
  - {name: web, command: [x, "{port}", "{port.wrker}"]}
  - {name: worker, command: [x, "{port.worker}", "{port.frobnicate}"], ready: {started: true}}
`,
			want: []string{
				`:5:40: processes[0].command[2]: no process is named "wrker"; did you mean "worker"?`,
				`:6:50: processes[1].command[2]: no process is named "frobnicate"; known: web, worker`,
			},
		},
		{
			name: "ports of one",
			text: head + `start: {command: [x, "{port.web}"]}`,
			want: []string{
				`:4:22: start.command[1]: no process is named "web"; {port.NAME} is for several processes; write {port}`,
			},
		},
		{
			name: "ways to the source that are not open",
			text: head + `start: {command: [x, "{source.proxy}", "{source.ca_file}"]}`,
			want: []string{
				`:4:22: start.command[1]: {source.proxy} has a value with reach: proxy alone`,
				`:4:40: start.command[2]: {source.ca_file} has a value with reach: tls and reach: proxy alone`,
			},
		},
	})
}
