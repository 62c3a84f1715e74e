package profile_test

import "testing"

// TestStartProblems pins what is said of what cannot be started, attached or reached.
func TestStartProblems(t *testing.T) {
	each(t, []problemCase{
		{
			name: "nothing to start",
			text: `apiVersion: syncspec/v1
kind: Target
name: acme
`,
			want: []string{
				`:1:1: nothing says how the target is started or driven; add start, with a command, or verbs that are done by exec and sql`,
			},
		},
		{
			name: "two ways",
			text: started + `attach: {url: "http://127.0.0.1:1", database: "${DB}", gateway: "127.0.0.1:2"}`,
			want: []string{
				`:4:8: start: start, processes and attach are three ways to a running target, and there are attach and start; keep one`,
				`:5:47: attach.database: DB is not set in the environment; set it for this command, or write the value itself if it is no secret`,
			},
		},
		{
			name: "written for a shell",
			text: head + `start: {command: ["uvicorn app:app --port {port}"]}
migrate: {exec: ["cd x && make"]}
`,
			want: []string{
				`:4:19: start.command[0]: the command is one word with spaces in it, and there is no shell to take it apart; write [uvicorn, "app:app", --port, "{port}"]`,
				`:5:18: migrate.exec[0]: the command is one word with spaces in it, and there is no shell to take it apart; write [sh, -c, "cd x && make"]`,
			},
		},
		{
			name: "written for a shell, with a password",
			text: head + `start: {command: ["serve --db postgres://me:geheim@db/x"]}
attach: {url: "http://me:geheim@127.0.0.1:1", database: "${ACME_KEY}", gateway: "127.0.0.1:2"}
`,
			want: []string{
				`:4:8: start: start, processes and attach are three ways to a running target, and there are attach and start; keep one`,
				`:4:19: start.command[0]: a password in an argument can be read by everybody on the machine; put it into start.env`,
				`:4:19: start.command[0]: the command is one word with spaces in it, and there is no shell to take it apart; write a list of words`,
				`:5:15: attach.url: it is no address of a server; write http://127.0.0.1:8000, without user, password and query`,
				`:5:57: attach.database: the value of ACME_KEY is no address of a database; set it to postgres://user:password@host:port/name`,
			},
		},
		{
			name: "operators",
			text: head + `start: {command: [cd, x, "&&", serve, "2>&1"]}`,
			want: []string{
				`:4:26: start.command[2]: && means nothing without a shell; write [sh, -c, "…"] with the whole line as one text`,
				`:4:39: start.command[4]: 2>&1 means nothing without a shell; write [sh, -c, "…"] with the whole line as one text`,
			},
		},
		{
			name: "variables",
			text: head + `start:
  command: [x]
  env:
    DATABASE_URL: x
    SYNCSPEC_LISTEN: x
    SYNCSPEC_MODE: x
    "a b": c
    PATH: d
`,
			want: []string{
				`:9:20: start.env.SYNCSPEC_MODE: SYNCSPEC_MODE is set by the run itself; remove it`,
				`:10:12: start.env["a b"]: "a b" is no name of an environment variable; write letters, digits and _`,
				`:11:11: start.env.PATH: PATH is set by the run itself; remove it`,
			},
		},
		{
			name: "not in the environment",
			text: head + `start: {command: [x], env: {KEY: "${NO_SUCH}", B: "${ACME_KEY}"}}`,
			want: []string{
				`:4:34: start.env.KEY: NO_SUCH is not set in the environment; set it for this command, or write the value itself if it is no secret`,
			},
		},
		{
			name: "ready",
			text: head + "start: {command: [x], ready: {http: healthz, log: up, within: 30}}\n",
			want: []string{
				`:4:37: start.ready.http: "healthz" is no path; write a path alone, such as /healthz`,
				`:4:51: start.ready.log: stands beside http; keep one of them`,
				`:4:63: start.ready.within: must be text, is the number 30; write it as in 30s`,
			},
		},
		{
			name: "ready says nothing",
			text: head + "start: {command: [x], ready: {within: soon}}\n",
			want: []string{
				`:4:30: start.ready: nothing says how; add one of http, port, log, started`,
				`:4:39: start.ready.within: "soon" is no duration; write a number with its unit, such as 30s, 500ms or 2m`,
			},
		},
		{
			name: "processes",
			text: head + `processes:
  - {name: Web, command: [x]}
  - {name: worker, command: [y]}
  - {name: worker, command: [z], ready: {started: true}, dir: none, env: {HOME: x}}
`,
			want: []string{
				`:5:12: processes[0].name: "Web" cannot be the name of a process; write lower case letters, digits, _ and -, a letter first`,
				`:6:5: processes[1]: nothing says when worker is ready; add ready: {log: …} with a text that it writes then, or {started: true}; what serves HTTP has {http: /healthz}`,
				`:7:12: processes[2].name: process "worker" is there twice; the first is processes[1].name`,
				`:7:63: processes[2].dir: none cannot be found: no such file or directory; paths start from the profile's folder`,
				`:7:81: processes[2].env.HOME: HOME is set by the run itself; remove it`,
			},
		},
		{
			name: "migrate",
			text: started + `migrate: {exec: [x], sql: none.sql, within: -1s}
waivers: none.yaml
`,
			want: []string{
				`:5:27: migrate.sql: none.sql cannot be read: no such file or directory; paths start from the profile's folder`,
				`:5:27: migrate.sql: stands beside exec; keep one of them`,
				`:5:45: migrate.within: "-1s" is no duration; write a number with its unit, such as 30s, 500ms or 2m`,
				`:6:10: waivers: none.yaml cannot be read: no such file or directory; paths start from the profile's folder`,
			},
		},
		{
			name: "migrate by nothing",
			text: started + "migrate: {env: {A: b}, dir: .}\n",
			want: []string{
				`:5:10: migrate: nothing says how; add one of exec, sql`,
				`:5:16: migrate.env: env goes with exec alone`,
				`:5:29: migrate.dir: dir goes with exec alone`,
			},
		},
		{
			name: "folders",
			text: head + `start: {command: [x], dir: acme.yaml}
migrate: {sql: .}
`,
			want: []string{
				`:4:28: start.dir: acme.yaml is no folder`,
				`:5:16: migrate.sql: . is no regular file`,
			},
		},
		{
			name: "attach",
			text: head + `attach: {url: "https://api.example.com", database: "postgres://me:geheim@db/x", gateway: "0.0.0.0:80"}
migrate: {exec: [x]}
network: bridge
reach: proxy
lacks: [{what: tenants, why: one account}]
`,
			want: []string{
				`:4:9: attach: a target without a tenant column needs a new database for each scenario, and an attached one has one database for all; let syncspec start it, by start or processes`,
				`:4:15: attach.url: api.example.com is not this machine; the harness writes into the target's database and lets it sync what is made up; run the target here, at 127.0.0.1`,
				`:4:52: attach.database: a password does not belong into a file; write ${NAME}, and set NAME in the environment`,
				`:4:90: attach.gateway: 0.0.0.0 is not loopback; write 127.0.0.1:80`,
				`:5:10: migrate: migrate is for a database that is new, and an attached target has its own; remove it`,
				`:6:10: network: an attached target is reached and reaches the gateway by loopback; remove it`,
				`:7:8: reach: proxy has an authority made for each run, which an attached target cannot know; let syncspec start it, or use reach: base_url`,
			},
		},
		{
			name: "attach, no addresses",
			text: head + `attach: {url: "localhost:80", database: acme, gateway: "127.0.0.1"}`,
			want: []string{
				`:4:15: attach.url: it is no address of a server; write http://127.0.0.1:8000, without user, password and query`,
				`:4:41: attach.database: it is no address of a database; write ${NAME}, and set NAME to postgres://user:password@host:port/name`,
				`:4:56: attach.gateway: "127.0.0.1" is no address to listen on; write 127.0.0.1:9000, with the port on which the target expects the source`,
			},
		},
		{
			name: "attach, not a database",
			text: head + `attach: {url: "http://localhost:80", database: "${ACME_KEY}", gateway: "127.0.0.1:81"}`,
			want: []string{
				`:4:48: attach.database: the value of ACME_KEY is no address of a database; set it to postgres://user:password@host:port/name`,
			},
		},
		{
			name: "a proxy that nobody is told",
			text: started + "reach: proxy\n",
			want: []string{
				`:5:8: reach: nothing tells the target the proxy; give it {source.proxy}, mostly as HTTPS_PROXY in its env; see docs/reaching.md`,
			},
		},
		{
			name: "an authority that nobody is told",
			text: started + "reach: tls\n",
			want: []string{
				`:5:8: reach: nothing tells the target which authority to trust; give it {source.ca_file}, mostly as SSL_CERT_FILE or what its runtime calls it; see docs/reaching.md`,
			},
		},
		{
			name: "a source that nobody is told",
			text: head + `lacks: [{what: describe, why: x}, {what: register_webhooks, why: x}, {what: webhook, why: x}, {what: retry, why: x}, {what: stats, why: x}, {what: disconnect, why: x}, {what: start_date, why: x}]
verbs:
  connect: {exec: [x]}
  sync: {exec: [x]}
`,
			want: []string{
				`:6:3: verbs: nothing tells the target where the source is; use {account.url} in connect, or {source.url} in an env; a target that has the provider's host compiled in needs reach: proxy`,
			},
		},
	})
}
