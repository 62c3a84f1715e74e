package manifest

import "testing"

// TestAPIProblems pins what is said of the source, its API, webhooks and what is left out.
func TestAPIProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "source is no identifier",
			edits: []string{"source: shop", "source: Shop-A"},
			want: []string{
				`shop.yaml:3:9: source: "Shop-A" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write "shop_a"`,
			},
		},
		{
			name:  "docs is no address",
			edits: []string{"https://shop.example/docs", "shop docs"},
			want: []string{
				`shop.yaml:5:7: docs: "shop docs" is not a web address; begin with https://`,
			},
		},
		{
			name:  "base URL is no address",
			edits: []string{"https://{account}.shop.example/v1", "ftp://{account}.shop.example/v1"},
			want: []string{
				`shop.yaml:8:13: api.base_url: "ftp://{account}.shop.example/v1" is not a web address; begin with https://`,
			},
		},
		{
			name:  "base URL ends in a slash",
			edits: []string{"shop.example/v1", "shop.example/v1/"},
			want: []string{
				"shop.yaml:8:13: api.base_url: must not end in a slash; the paths of lists begin with one",
			},
		},
		{
			name:  "supported_until is no date",
			edits: []string{"{value: v1}", "{value: v1, supported_until: 2027-13-01}"},
			want: []string{
				`shop.yaml:7:41: api.version.supported_until: "2027-13-01" is not a date; write YYYY-MM-DD`,
			},
		},
		{
			name:  "supported_until is a date",
			edits: []string{"{value: v1}", "{value: v1, supported_until: 2027-12-01}"},
		},
		{
			name:  "header authentication without header",
			edits: []string{"kind: bearer", "kind: header"},
			want: []string{
				`shop.yaml:9:9: api.auth: kind "header" needs the header's name; add header: X-…`,
			},
		},
		{
			name:  "header without header authentication",
			edits: []string{"kind: bearer", "kind: bearer, header: X-Key"},
			want: []string{
				`shop.yaml:9:32: api.auth.header: kind "bearer" has no header of its own; use kind: header, or drop the key`,
			},
		},
		{
			name:  "number of credentials",
			edits: []string{"kind: bearer", "kind: basic"},
			want: []string{
				`shop.yaml:9:36: api.auth.credentials: kind "basic" takes 2, here are 1`,
			},
		},
		{
			name:  "credential twice",
			edits: []string{"kind: bearer, credentials: [token]", "kind: basic, credentials: [token, token]"},
			want: []string{
				`shop.yaml:9:44: api.auth.credentials[1]: credential "token" is there twice; the first is on line 9`,
			},
		},
		{
			name:  "route is no credential",
			edits: []string{"route: token", "route: tokn"},
			want: []string{
				`shop.yaml:9:53: api.auth.route: "tokn" is not one of the credentials; did you mean "token"?`,
			},
		},
		{
			name:  "pagination without parameter",
			edits: []string{"param: page, ", ""},
			want: []string{
				"shop.yaml:11:11: api.pagination.next: the request parameter is missing; add param: the parameter that carries the next page",
			},
		},
		{
			name:  "counted pages that are no number",
			edits: []string{"from: number, as: number", "from: number, as: url"},
			want: []string{
				"shop.yaml:11:30: api.pagination.next.as: pages that are counted come as number, not as url; write as: number",
			},
		},
		{
			name:  "page of none",
			edits: []string{"max: 100", "max: 0"},
			want: []string{
				"shop.yaml:12:34: api.pagination.size.max: a page holds one object at least",
			},
		},
		{
			name:  "default page larger than the largest",
			edits: []string{"max: 100", "max: 100, default: 200"},
			want: []string{
				"shop.yaml:12:48: api.pagination.size.default: 200 is not between 1 and max (100)",
			},
		},
		{
			name:  "status that refuses nothing",
			edits: []string{"status: 429", "status: 200"},
			want: []string{
				"shop.yaml:14:16: api.rate_limits[0].status: 200 is not the status of a refusal; 429 and 503 are usual",
			},
		},
		{
			name:  "signed part",
			edits: []string{"signs: [timestamp, body]", "signs: [time_stamp, body]"},
			want: []string{
				`shop.yaml:75:78: webhooks.signature.signs[0]: "time_stamp" is not a part that can be signed; did you mean "timestamp"?`,
			},
		},
		{
			name:  "signed part twice",
			edits: []string{"signs: [timestamp, body]", "signs: [body, body]"},
			want: []string{
				`shop.yaml:75:84: webhooks.signature.signs[1]: part "body" is there twice; the first is on line 75`,
			},
		},
		{
			name:  "body not signed",
			edits: []string{"signs: [timestamp, body]", "signs: [url]"},
			want: []string{
				"shop.yaml:75:77: webhooks.signature.signs: a signature that leaves out the body proves nothing about it; add body",
			},
		},
		{
			name:  "deadline is no duration",
			edits: []string{"deadline: 5s", "deadline: 5 seconds"},
			want: []string{
				`shop.yaml:82:13: webhooks.deadline: "5 seconds" is not a positive duration; write e.g. 5s`,
			},
		},
		{
			name:  "deadline is not positive",
			edits: []string{"deadline: 5s", "deadline: -5s"},
			want: []string{
				`shop.yaml:82:13: webhooks.deadline: "-5s" is not a positive duration; write e.g. 5s`,
			},
		},
		{
			name:  "placeholder in a header",
			edits: []string{"{event}", "{evnt}"},
			want: []string{
				`shop.yaml:77:22: webhooks.headers.X-Event: nothing replaces {evnt}; did you mean "event"?`,
			},
		},
		{
			name:  "placeholder in the ping",
			edits: []string{"id={id}", "id={webhook}"},
			want: []string{
				"shop.yaml:78:42: webhooks.ping.body: nothing replaces {webhook}; known: id",
			},
		},
		{
			name:  "registration by an unknown scope",
			edits: []string{"scope: hooks}", "scope: hoks}"},
			want: []string{
				`shop.yaml:79:79: webhooks.registration.scope: no scope is named "hoks"; did you mean "hooks"?`,
			},
		},
		{
			name:  "registration by a scope that does not open it",
			edits: []string{"scope: hooks}", "scope: read}"},
			want: []string{
				`shop.yaml:79:79: webhooks.registration.scope: scope "read" does not enable webhooks; add webhooks to the scope's enables`,
			},
		},
		{
			name:  "registration path without slash",
			edits: []string{"{path: /hooks", "{path: hooks"},
			want: []string{
				`shop.yaml:79:24: webhooks.registration.path: "hooks" does not begin with a slash; write the path below the base URL`,
			},
		},
		{
			name: "dead topic twice",
			edits: []string{
				"{path: order.ghost, why: never sent}",
				"{path: order.ghost, why: never sent}\n    - {path: order.ghost, why: never sent}",
			},
			want: []string{
				`shop.yaml:82:14: webhooks.dead_topics[1].path: topic "order.ghost" is there twice; the first is on line 81`,
			},
		},
		{
			name:  "dead topic that is mapped",
			edits: []string{"{path: order.ghost", "{path: order.updated"},
			want: []string{
				`shop.yaml:81:14: webhooks.dead_topics[0].path: topic "order.updated" is dead, but orders maps it; drop one of the two`,
			},
		},
		{
			name:  "exclusion without reason",
			edits: []string{"{path: /reports/*, why: aggregates}", "{path: /reports/*}"},
			want: []string{
				`shop.yaml:84:5: excluded[0]: key "why" is missing`,
			},
		},
		{
			name: "exclusion twice",
			edits: []string{
				"{path: /reports/*, why: aggregates}",
				"{path: /reports/*, why: aggregates}\n  - {path: /reports/*, why: aggregates}",
			},
			want: []string{
				`shop.yaml:85:12: excluded[1].path: path "/reports/*" is there twice; the first is on line 84`,
			},
		},
		{
			name:  "exclusion of what is listed",
			edits: []string{"{path: /reports/*", "{path: /orders"},
			want: []string{
				`shop.yaml:84:12: excluded[0].path: "/orders" is excluded, but orders reads /orders; drop one of the two`,
			},
		},
		{
			name:  "exclusion without slash",
			edits: []string{"{path: /reports/*", "{path: reports/*"},
			want: []string{
				`shop.yaml:84:12: excluded[0].path: "reports/*" does not begin with a slash; write the path below the base URL`,
			},
		},
		{
			name:  "negative sample",
			edits: []string{"accuracy:\n", "accuracy:\n  sample: -1\n"},
			want: []string{
				"shop.yaml:86:11: accuracy.sample: must not be negative",
			},
		},
		{
			name:  "tolerance for an unknown object",
			edits: []string{"{object: orders, drift: 2", "{object: order, drift: 2"},
			want: []string{
				`shop.yaml:87:16: accuracy.tolerate[0].object: no object is named "order"; did you mean "orders"?`,
			},
		},
		{
			name:  "tolerance of nothing",
			edits: []string{"drift: 2", "drift: 0"},
			want: []string{
				"shop.yaml:87:31: accuracy.tolerate[0].drift: a drift that is tolerated is 1 at least; drop the entry to tolerate none",
			},
		},
	} {
		t.Run(tc.name, tc.check)
	}
}
