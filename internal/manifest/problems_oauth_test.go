package manifest

import "testing"

// TestOAuthProblems shows what is said of how an account is connected and its scopes.
func TestOAuthProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name: "the store",
		},
		{
			name:  "path that is an address",
			edits: []string{"authorize_path: /authorize", "authorize_path: https://store.example/authorize"},
			want: []string{
				`store.yaml:16:19: oauth.authorize_path: "https://store.example/authorize" is an address; write the path below the account's host`,
			},
		},
		{
			name:  "path without a slash",
			edits: []string{"token_path: /token", "token_path: token"},
			want: []string{
				`store.yaml:17:15: oauth.token_path: "token" does not begin with a slash; write the path below the account's host`,
			},
		},
		{
			name:  "path with a query",
			edits: []string{"token_path: /token", `token_path: "/token?a=b"`},
			want: []string{
				`store.yaml:17:15: oauth.token_path: "/token?a=b" carries a query; write the path alone`,
			},
		},
		{
			name:  "path with a placeholder",
			edits: []string{"granted: {path: /scopes", `granted: {path: "/{shop}/scopes"`},
			want: []string{
				`store.yaml:20:19: oauth.granted.path: nothing replaces {shop}`,
			},
		},
		{
			name:  "one path for both",
			edits: []string{"token_path: /token", "token_path: /authorize"},
			want: []string{
				`store.yaml:17:15: oauth.token_path: the page for the owner and the route for the token are not the same`,
			},
		},
		{
			name:  "separator that is none",
			edits: []string{`scope_separator: ","`, `scope_separator: ";"`},
			want: []string{
				`store.yaml:18:20: oauth.scope_separator: ";" is not allowed here; one of: ["," " "]`,
			},
		},
		{
			name: "scope with a separator in its name",
			edits: []string{
				"{name: read_stock,",
				`{name: "read,stock",`,
				"name: places\n    sync: fetch_and_ingest_stock\n    scope: read_stock",
				"name: places\n    sync: fetch_and_ingest_stock\n    scope: \"read,stock\"",
				"name: levels\n    sync: fetch_and_ingest_stock\n    scope: read_stock",
				"name: levels\n    sync: fetch_and_ingest_stock\n    scope: \"read,stock\"",
			},
			want: []string{
				`store.yaml:23:12: scopes[1].name: the name contains what stands between scopes (",")`,
			},
		},
		{
			name:  "age without a time",
			edits: []string{"timestamp_param: timestamp, ", ""},
			want: []string{
				`store.yaml:19:13: oauth.callback: timestamp_param and max_age go together; a time without an age refuses nothing, and an age needs a time`,
			},
		},
		{
			name:  "time without an age",
			edits: []string{", max_age: 90s", ""},
			want: []string{
				`store.yaml:19:13: oauth.callback: timestamp_param and max_age go together; a time without an age refuses nothing, and an age needs a time`,
			},
		},
		{
			name:  "age that is no duration",
			edits: []string{"max_age: 90s", "max_age: 90"},
			want: []string{
				`store.yaml:19:64: oauth.callback.max_age: must be text, is the number 90; put it in quotes: "90"`,
			},
		},
		{
			name:  "negative age",
			edits: []string{"max_age: 90s", "max_age: -90s"},
			want: []string{
				`store.yaml:19:64: oauth.callback.max_age: "-90s" is not a positive duration; write e.g. 90s`,
			},
		},
		{
			name:  "one parameter for both",
			edits: []string{"timestamp_param: timestamp", "timestamp_param: hmac"},
			want: []string{
				`store.yaml:19:44: oauth.callback.timestamp_param: one parameter does not carry both signature and time`,
			},
		},
		{
			name: "credentials in pairs",
			edits: []string{
				"auth: {kind: header, header: X-Token, credentials: [token], route: token}",
				"auth: {kind: basic, credentials: [user, token], route: user}",
			},
			want: []string{
				`store.yaml:16:3: oauth: OAuth issues one token, but api.auth is basic and takes two credentials; use kind: bearer or kind: header there`,
			},
		},
		{
			name:  "granted without a field",
			edits: []string{", field: handle", ""},
			want: []string{
				`store.yaml:20:12: oauth.granted: key "field" is missing`,
			},
		},
		{
			name: "scope superseded by a retired one",
			edits: []string{
				"superseded_by: read_sales, why: gone}",
				"superseded_by: read_baskets, why: gone}\n  - {name: read_baskets, kind: oauth, enables: [sales], status: retired, superseded_by: read_sales, why: gone}",
			},
			want: []string{
				`store.yaml:26:87: scopes[4].superseded_by: scope "read_baskets" is retired itself; name what is asked for today`,
			},
		},
		{
			name: "object by a retired scope",
			edits: []string{
				"name: sales\n    sync: fetch_and_ingest_sales\n    scope: read_sales",
				"name: sales\n    sync: fetch_and_ingest_sales\n    scope: read_carts",
			},
			want: []string{
				`store.yaml:86:12: objects[5].scope: scope "read_carts" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "topic by a retired scope",
			edits: []string{"scope: read_parcels}", "scope: read_carts}"},
			want: []string{
				`store.yaml:105:55: objects[6].webhooks[0].scope: scope "read_carts" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "topic by an unknown scope",
			edits: []string{"scope: read_parcels}", "scope: read_parcel}"},
			want: []string{
				`store.yaml:105:55: objects[6].webhooks[0].scope: no scope is named "read_parcel"; did you mean "read_parcels"?`,
			},
		},
		{
			name:  "topic by a scope for something else",
			edits: []string{"scope: read_parcels}", "scope: read_stock}"},
			want: []string{
				`store.yaml:105:55: objects[6].webhooks[0].scope: scope "read_stock" does not enable parcels; add parcels to the scope's enables`,
			},
		},
		{
			name:  "registration without the scope that is for it",
			edits: []string{"enables: [reports], why: reports}", "enables: [reports, webhooks], why: reports}"},
			want: []string{
				`store.yaml:115:17: webhooks.registration: scope "read_reports" enables webhooks, but registering does not name it; add scope: read_reports`,
			},
		},
		{
			name: "registration by its scope",
			edits: []string{
				"enables: [reports], why: reports}",
				"enables: [reports, webhooks], why: reports}",
				"match: [topic]}",
				"match: [topic], scope: read_reports}",
			},
		},
		{
			name:  "fraction without a header",
			edits: []string{"header: Retry-After, decimal: true", "decimal: true"},
			want: []string{
				`store.yaml:14:30: api.rate_limits[0].decimal: there is no header whose number could have a fraction; add header, or drop the key`,
			},
		},
		{
			name:  "companions of nothing",
			edits: []string{"param: cursor, with: [limit]", "with: [limit]"},
			want: []string{
				`store.yaml:11:11: api.pagination.next: what the parameters in with may accompany is not said; add param: the parameter that carries the next page`,
			},
		},
		{
			name:  "companion of itself",
			edits: []string{"with: [limit]", "with: [limit, cursor]"},
			want: []string{
				`store.yaml:11:69: api.pagination.next.with[1]: "cursor" does not accompany itself; name other parameters`,
			},
		},
		{
			name:  "companion twice",
			edits: []string{"with: [limit]", "with: [limit, limit]"},
			want: []string{
				`store.yaml:11:69: api.pagination.next.with[1]: parameter "limit" is there twice; the first is on line 11`,
			},
		},
	} {
		t.Run(tc.name, tc.checkStore)
	}
}
