package profile_test

import "testing"

// TestVerbProblems pins what is said of verbs that cannot be done.
func TestVerbProblems(t *testing.T) {
	each(t, []problemCase{
		{
			name: "neither mapped nor lacking",
			text: started + `verbs:
  connect: {http: "POST /c", body: {url: "{account.url}"}}
  retry: {http: POST /r}
lacks: [{what: retry, why: x}, {what: disconnect, why: y}]
`,
			want: []string{
				`:6:3: verbs: describe, register_webhooks, sync, webhook, stats: neither mapped nor in lacks; say of each how it is done, or that the target lacks it, and why`,
				`:7:10: verbs.retry: retry is mapped, and lacks says that there is none; remove one of the two`,
			},
		},
		{
			name: "ways",
			text: started + `verbs:
  describe: {result: {scopes: a}}
  retry: {http: POST /r, exec: [y]}
  disconnect: {http: /d}
  stats: {http: get /s, sql: none.sql}
  register_webhooks: {http: POST https://x.example/y}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
`,
			want: []string{
				`:6:13: verbs.describe: nothing says how; add one of http, exec, sql`,
				`:7:32: verbs.retry.exec: stands beside http; keep one of them`,
				`:8:22: verbs.disconnect.http: "/d" is no call; write the method in front: POST /d`,
				`:9:17: verbs.stats.http: "get /s" is no call; write a method and a path at the target, such as POST /sync`,
				`:9:30: verbs.stats.sql: none.sql cannot be read: no such file or directory; paths start from the profile's folder`,
				`:9:30: verbs.stats.sql: stands beside http; keep one of them`,
				`:10:29: verbs.register_webhooks.http: "POST https://x.example/y" is no call; write a method and a path at the target, such as POST /sync`,
			},
		},
		{
			name: "what goes with what",
			text: started + `verbs:
  retry: {exec: [y], headers: {A: b}, body: {a: 1}, form: {a: b}}
  disconnect: {http: POST /d, env: {A: b}, dir: ., body: 1, form: {a: b}}
  describe: {http: GET /d, url: /x, each: object, within: 5}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  stats: {http: GET /s}
`,
			want: []string{
				`:6:31: verbs.retry.headers: headers goes with http alone`,
				`:6:45: verbs.retry.body: body goes with http alone`,
				`:6:59: verbs.retry.form: form goes with http alone`,
				`:6:59: verbs.retry.form: stands beside body; a request has one of them`,
				`:7:36: verbs.disconnect.env: env goes with exec alone`,
				`:7:49: verbs.disconnect.dir: dir goes with exec alone`,
				`:7:67: verbs.disconnect.form: stands beside body; a request has one of them`,
				`:8:33: verbs.describe.url: url is for webhook alone; write http, with a method and a path`,
				`:8:43: verbs.describe.each: describe is one call; each is for sync alone`,
				`:8:59: verbs.describe.within: must be text, is the number 5; write it as in 30s`,
			},
		},
		{
			name: "webhook",
			text: started + `verbs:
  webhook: {url: "https://x.example/{webhook.url}", http: POST /w, within: 1x, result: {a: b}}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  retry: {http: POST /r}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:6:18: verbs.webhook.url: "https://x.example/{webhook.url}" is no path at the target; write a path alone, such as /webhooks/{integration_id}, or http://127.0.0.1:{port.NAME}/webhooks where another process takes them`,
				`:6:18: verbs.webhook.url: {webhook.url} is what is said here; write a path, such as /webhooks/{integration_id}`,
				`:6:59: verbs.webhook.http: deliveries come from the source: webhook has url and within alone; remove it`,
				`:6:76: verbs.webhook.within: "1x" is no duration; write a number with its unit, such as 30s, 500ms or 2m`,
				`:6:88: verbs.webhook.result: deliveries come from the source: webhook has url and within alone; remove it`,
			},
		},
		{
			name: "with",
			text: started + `verbs:
  register_webhooks: {with: retry}
  retry: {with: connect}
  disconnect: {with: sync}
  stats: {http: GET /s, with: sync}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
`,
			want: []string{
				`:6:29: verbs.register_webhooks.with: "retry" is not allowed here; one of: connect, sync`,
				`:7:17: verbs.retry.with: retry cannot be part of connect; it may be part of sync`,
				`:8:22: verbs.disconnect.with: disconnect is never part of another verb; say how it is done, or put it in lacks`,
				`:9:31: verbs.stats.with: stands beside http; keep one of them`,
			},
		},
		{
			name: "with what is not there",
			text: head + `start: {command: [x], env: {A: "{source.url}"}}
lacks: [{what: sync, why: x}, {what: connect, why: x}, {what: authorize, why: x}, {what: describe, why: x}, {what: webhook, why: x}, {what: stats, why: x}, {what: disconnect, why: x}]
verbs:
  register_webhooks: {with: connect, within: 1s}
  retry: {with: sync}
`,
			want: []string{
				`:5:8: lacks: without connect and authorize no account can be connected; map one of them; a target that is configured for one account connects it when it is told of it`,
				`:7:29: verbs.register_webhooks.with: connect is not mapped`,
				`:7:46: verbs.register_webhooks.within: register_webhooks is done with connect, and makes no call; remove it`,
				`:8:17: verbs.retry.with: sync is not mapped`,
			},
		},
		{
			name: "results",
			text: started + `verbs:
  retry: {http: POST /r, result: {heald: x, retried: "a..b", run_id: x}}
  disconnect: {http: POST /d, result: {ok: x}}
  describe: {http: GET /d, result: {scopes: "$.scopes[0]"}}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  stats: {http: GET /s}
`,
			want: []string{
				`:6:42: verbs.retry.result.heald: retry has no result "heald"; did you mean "healed"?`,
				`:6:54: verbs.retry.result.retried: "a..b" is no path through an answer; write names joined by dots, such as data.integration.id`,
				`:6:70: verbs.retry.result.run_id: run_id is for poll, and there is none`,
				`:7:44: verbs.disconnect.result.ok: disconnect has no results; remove it`,
				`:8:45: verbs.describe.result.scopes: "$.scopes[0]" is no path through an answer; write names joined by dots, such as data.integration.id`,
			},
		},
		{
			name: "poll",
			text: started + `verbs:
  retry: {http: POST /r, poll: {http: GET runs, exec: [y], state: "a b", done: [ok], failed: [bad, ok], every: 1x}}
  stats: {http: GET /s, poll: {state: s, done: []}}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:6:39: verbs.retry.poll.http: "GET runs" is no call; write a method and a path at the target, such as POST /sync`,
				`:6:55: verbs.retry.poll.exec: stands beside http; keep one of them`,
				`:6:67: verbs.retry.poll.state: "a b" is no path through an answer; write names joined by dots, such as data.integration.id`,
				`:6:100: verbs.retry.poll.failed[1]: "ok" is in done too; work is done, or it failed: remove one`,
				`:6:112: verbs.retry.poll.every: "1x" is no duration; write a number with its unit, such as 30s, 500ms or 2m`,
				`:7:31: verbs.stats.poll: nothing says how; add one of http, exec, sql`,
				`:7:48: verbs.stats.poll.done: "done" must not be empty`,
			},
		},
		{
			name: "then",
			text: started + `verbs:
  connect: {http: POST /c, body: {url: "{account.url}"}, then: {http: GET /i, with: sync, each: object, then: {http: GET /j}}}
  stats: {http: GET /s, then: {headers: {"A b": b}}}
  describe: {http: GET /d}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  retry: {http: POST /r}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:6:85: verbs.connect.then.with: then is a call of its own; write http, exec or sql`,
				`:6:97: verbs.connect.then.each: connect.then is one call; each is for sync alone`,
				`:6:111: verbs.connect.then.then: one then is all there is; do both in one call, or in a command`,
				`:7:31: verbs.stats.then: nothing says how; add one of http, exec, sql`,
				`:7:41: verbs.stats.then.headers: headers goes with http alone`,
				`:7:49: verbs.stats.then.headers["A b"]: "A b" is no name of a header`,
			},
		},
		{
			name: "no process",
			text: head + `lacks: [{what: register_webhooks, why: x}]
verbs:
  describe: {http: GET /d}
  connect: {exec: [c], env: {URL: "{account.url}"}}
  sync: {exec: [c], env: {FROM: "{start_date?}"}}
  webhook: {}
  retry: {with: sync}
  stats: {exec: [c], poll: {http: GET /s, state: s, done: [d]}}
  disconnect: {exec: [c, "{port}", "{target.url}"]}
`,
			want: []string{
				`:6:20: verbs.describe.http: there is no process that answers; add start, processes or attach, or do it by exec or sql`,
				`:9:12: verbs.webhook: deliveries need a process that takes them, and none is started; add start, or put webhook in lacks`,
				`:11:35: verbs.stats.poll.http: there is no process that answers; add start, processes or attach, or do it by exec or sql`,
				`:12:26: verbs.disconnect.exec[1]: {port} is of a process that is started, and there is none`,
				`:12:36: verbs.disconnect.exec[2]: {target.url} is where a process is reached, and there is none`,
			},
		},
		{
			name: "no way to connect",
			text: started + `lacks: [{what: connect, why: x}, {what: authorize, why: x}]
verbs:
  describe: {http: "GET /d?u={account.url}"}
  register_webhooks: {http: POST /w}
  sync: {http: "POST /s?from={start_date?}"}
  webhook: {}
  retry: {http: POST /s}
  stats: {http: GET /s}
  disconnect: {http: GET /s}
`,
			want: []string{
				`:5:8: lacks: without connect and authorize no account can be connected; map one of them; a target that is configured for one account connects it when it is told of it`,
			},
		},
		{
			name: "start date",
			text: started + `verbs:
  sync: {http: POST /s}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  webhook: {}
  retry: {http: POST /r}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:6:9: verbs.sync: nothing tells it from when to sync; use {start_date?}, or put start_date in lacks, and why`,
			},
		},
		{
			name: "no start date, and yet",
			text: started + `lacks: [{what: start_date, why: x}]
verbs:
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  retry: {http: POST /r}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:10:9: verbs.sync: it is told {start_date}, and lacks says that there is no start_date; remove one of the two`,
			},
		},
		{
			name: "SQL",
			text: started + `verbs:
  retry: {sql: retry.sql}
  disconnect: {sql: ../none.sql}
  stats: {sql: folder}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
`,
			want: []string{
				`:6:16: verbs.retry.sql: nothing replaces @acount_url in retry.sql; did you mean "account_url"?`,
				`:6:16: verbs.retry.sql: nothing replaces @run_id in retry.sql; known: account_host, account_name, account_url, app_client_id, app_client_secret, company_id, credentials, credentials_NAME, database_host, database_name, database_password, database_port, …`,
				`:7:21: verbs.disconnect.sql: ../none.sql cannot be read: no such file or directory; paths start from the profile's folder`,
				`:8:16: verbs.stats.sql: folder is no regular file`,
			},
		},
	})
}
