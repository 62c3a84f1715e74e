package sandbox

import (
	"regexp"
)

// explanation says why some requests are answered otherwise than the shop did.
type explanation struct {
	// what is matched against "cassette: METHOD path | difference" and "delivery: topic | difference"; n is how many
	// differences it explains.
	what string
	n    int
	why  string
}

// explanations are all there are: a difference that none of them matches is an error, and so is one that matches another
// number than it says.
var explanations = []explanation{
	{`^errors: (POST|PUT|DELETE) /(?:orders|products|customers|coupons|taxes)\S* \| status 404, recorded (?:4|5|200)`, 13,
		"writes of objects: a copy makes none. The sandbox changes by its own API, and takes none over HTTP"},
	{`^errors: GET /orders \| status 200, recorded 401`, 1,
		"plain HTTP, where the shop takes no password: the sandbox stands behind a gateway on loopback, which is plain HTTP"},
	{`: GET /reports/\w+/totals \| status 404, recorded 200`, 10, "excluded in the manifest: aggregates of what is listed"},
	{`: GET /(?:system_status|data/currencies/current|orders/statuses) \| status 404, recorded 200`, 3,
		"excluded in the manifest: constants and settings"},
	{`^index: GET  \| status 404, recorded 200`, 1, "excluded in the manifest: the index of routes"},
	{`^counts-\w+: GET /customers \| header X-Wp-Total`, 4, "role=all counts the administrator, whom no recorded list shows"},
	{` \| member total_sales`, 9, "the shop counts sales with each order; no time of change moves with it"},
	{`(?:: GET /products|^delivery: product.updated) \| member price_html`, 6, "markup of the price (volatile in the manifest)"},
	{`: GET /orders(?:/N)? \| member meta_data`, 5,
		"order 368 left the trash by another status and kept the trash's notes; in the sandbox that is a restore, which takes them away"},
	{`: GET /products/tags \| member count`, 1, "the shop counts a tag's products when one of them changes"},
	{`^counts-after: GET /webhooks \| member date_modified`, 2, "a delivery moves its webhook's own time of change"},
}

// judge holds every difference against the explanations, and says what was compared.
func (g *agreement) judge() {
	g.t.Helper()
	explained := make([]int, len(explanations))
	patterns := make([]*regexp.Regexp, len(explanations))
	for i, e := range explanations {
		patterns[i] = regexp.MustCompile(e.what)
	}
	differing := map[string]int{}
	judge := func(all []finding) (equal int) {
		for _, f := range all {
			if len(f.diffs) == 0 {
				equal++
				continue
			}
			differing[f.family]++
			for _, d := range f.diffs {
				by := -1
				for i, p := range patterns {
					if p.MatchString(f.family + " | " + d) {
						by = i
					}
				}
				if by < 0 {
					g.t.Errorf("%s: %s, and nothing explains it", f.ref, d)
					continue
				}
				explained[by]++
			}
		}
		return equal
	}
	asked, delivered := judge(g.asked), judge(g.delivered)
	for i, e := range explanations {
		if explained[i] != e.n {
			g.t.Errorf("%d differences are explained by %q, the table says %d", explained[i], e.why, e.n)
		}
	}
	recorded := 0
	for _, name := range g.rec.CassetteNames() {
		interactions, err := g.rec.Cassette(name)
		if err != nil {
			g.t.Fatal(err)
		}
		recorded += len(interactions)
	}
	if len(g.asked)+g.made != recorded {
		g.t.Errorf("%d requests were asked and %d made as changes, %d were recorded", len(g.asked), g.made, recorded)
	}
	g.t.Logf("%d recorded requests: %d made as changes, %d asked, of which %d are answered equally and %d differ",
		recorded, g.made, len(g.asked), asked, len(g.asked)-asked)
	g.t.Logf("%d signed deliveries compared, of which %d are equal and %d differ", len(g.delivered), delivered, len(g.delivered)-delivered)
	for _, name := range sortedKeys(differing) {
		g.t.Logf("  %3d differ: %s", differing[name], name)
	}
	for i, e := range explanations {
		g.t.Logf("  %3d differences: %s", explained[i], e.why)
	}
}
