package profile_test

import "testing"

// TestTypeProblems pins what is said of what the types alone forbid.
func TestTypeProblems(t *testing.T) {
	each(t, []problemCase{
		{
			name: "unknown keys",
			text: head + `start:
  comand: [x]
  cwd: y
attached: {url: z}
`,
			want: []string{
				`:5:3: start.comand: unknown key "comand"; did you mean "command"?`,
				`:6:3: start.cwd: unknown key "cwd"; known: command, dir, env, ready`,
				`:7:1: attached: unknown key "attached"; did you mean "attach"?`,
			},
		},
		{
			name: "missing keys",
			text: "kind: Target\n",
			want: []string{
				`:1:1: key "apiVersion" is missing`,
				`:1:1: key "name" is missing`,
				`:1:1: nothing says how the target is started or driven; add start, with a command, or verbs that are done by exec and sql`,
			},
		},
		{
			name: "another kind",
			text: `apiVersion: syncspec/v2
kind: target
name: acme
start: {command: [x]}
`,
			want: []string{
				`:1:13: apiVersion: "syncspec/v2" is not allowed here; did you mean "syncspec/v1"?`,
				`:2:7: kind: "target" is not allowed here; did you mean "Target"?`,
			},
		},
		{
			name: "wrong types",
			text: `apiVersion: syncspec/v1
kind: Target
name: 7
start: {command: serve --fast, env: [A=b]}
`,
			want: []string{
				`:3:7: name: must be text, is the number 7; put it in quotes: "7"`,
				`:4:18: start.command: must be a list, is the text "serve --fast"; write [serve, --fast]`,
				`:4:37: start.env: must be a mapping, is a list`,
			},
		},
		{
			name: "empty command",
			text: head + "start: {command: []}\n",
			want: []string{
				`:4:18: start.command: "command" must not be empty`,
			},
		},
		{
			name: "nothing",
			text: "# later\n",
			want: []string{
				`:1:1: the file is empty; a profile begins with apiVersion: syncspec/v1 and kind: Target`,
			},
		},
		{
			name: "no mapping",
			text: "[]\n",
			want: []string{
				`:1:1: must be a mapping, is a list`,
			},
		},
		{
			name: "broken YAML",
			text: "a: b: c\n",
			want: []string{
				`:1:1: not valid YAML: mapping values are not allowed in this context; a value that contains ": " must be in quotes, and keys of one mapping begin in the same column`,
			},
		},
		{
			name: "twice",
			text: `kind: Target
apiVersion: syncspec/v1
kind: Target
name: acme
start: {command: [x]}
`,
			want: []string{
				`:3:1: kind: key "kind" stands here twice; the first is on line 1`,
			},
		},
		{
			name: "two profiles",
			text: `kind: Target
---
kind: Target
`,
			want: []string{
				`:2:1: a second YAML document begins here; one file holds one profile: remove the --- line or split the file`,
			},
		},
		{
			name: "lines in the name",
			text: `apiVersion: syncspec/v1
kind: Target
name: "a\nb"
start: {command: [x]}
`,
			want: []string{
				`:3:7: name: must be one line`,
			},
		},
		{
			name: "a value that is not allowed",
			text: started + `reach: prxy
network: cloud
lacks: [{what: retyr, why: x}]
`,
			want: []string{
				`:5:8: reach: "prxy" is not allowed here; did you mean "proxy"?`,
				`:6:10: network: "cloud" is not allowed here; one of: host, bridge`,
				`:7:16: lacks[0].what: "retyr" is not allowed here; did you mean "retry"?`,
			},
		},
		{
			name: "placeholders without quotes",
			text: head + `start: {command: [x, {port}], env: {A: {target.url}}}
verbs:
  retry: {http: POST /r, body: {a: {integration_id}, b: [{company_id}], c: {x: y}, d: {other: }}}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:4:22: start.command[1]: must be text, is a mapping; put it in quotes: "{port}"`,
				`:4:40: start.env.A: must be a single value, is a mapping; put it in quotes: "{target.url}"`,
				`:6:36: verbs.retry.body.a: YAML takes braces without quotes for a mapping; put it in quotes: "{integration_id}"`,
				`:6:58: verbs.retry.body.b[0]: YAML takes braces without quotes for a mapping; put it in quotes: "{company_id}"`,
			},
		},
		{
			name: "an optional placeholder without quotes",
			text: started + `verbs:
  retry: {http: POST /r, body: {a: [{company_id?}]}}
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}"}}
  register_webhooks: {http: POST /w}
  sync: {http: POST /s, body: {from: "{start_date?}"}}
  webhook: {}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`,
			want: []string{
				`:6:3: not valid YAML: did not find expected ',' or '}'; a value that begins with { must be in quotes`,
			},
		},
		{
			name: "a placeholder without quotes in a value on one line",
			text: started + `verbs:
  stats: {http: GET /stats/{integration_id}/all, within: 5s}
  retry: {http: POST /r}
`,
			want: []string{
				`:6:3: not valid YAML: did not find expected ',' or '}'; a value with a placeholder in it must be in quotes here`,
			},
		},
		{
			name: "a placeholder without quotes and more",
			text: head + `start:
  command: [x]
  env:
    URL: {target.url}/x
`,
			want: []string{
				`:7:5: not valid YAML: did not find expected key; a value that begins with { must be in quotes`,
			},
		},
		{
			name: "a process without a command",
			text: head + `processes:
  - {name: web, comand: [x]}
`,
			want: []string{
				`:5:17: processes[0].comand: unknown key "comand"; did you mean "command"?`,
			},
		},
		{
			name: "a body that JSON cannot have",
			text: started + `verbs:
  connect: {http: POST /c, body: {a: .inf, b: !!binary eA==, c: [!x y], d: 0x1F, e: {f: 1, f: 2}}}
`,
			want: []string{
				`:6:3: verbs: describe, register_webhooks, sync, webhook, retry, stats, disconnect: neither mapped nor in lacks; say of each how it is done, or that the target lacks it, and why`,
				`:6:3: verbs: nothing tells the target where the source is; use {account.url} in connect, or {source.url} in an env; a target that has the provider's host compiled in needs reach: proxy`,
				`:6:38: verbs.connect.body.a: the number .inf is no value that JSON has; put it in quotes: ".inf"`,
				`:6:47: verbs.connect.body.b: must be a value that JSON has, is tagged !!binary`,
				`:6:66: verbs.connect.body.c[0]: must be a value that JSON has, is tagged !x`,
				`:6:92: verbs.connect.body.e.f: key "f" stands here twice; the first is on line 6`,
			},
		},
	})
}
