package oracle_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// depot is a source whose pages follow by links: articles with their labels by place, racks, stock of articles on racks
// that is asked for rack by rack, audits of articles, and loans, which not every depot has.
func depot() *manifest.Manifest {
	id := []string{"id"}
	text := func(path string) manifest.Field {
		return manifest.Field{Path: path, Column: strings.TrimPrefix(path, "@"), Type: manifest.Text}
	}
	return &manifest.Manifest{
		Source: "depot",
		API: manifest.API{BaseURL: "https://{depot}/api", Pagination: manifest.Pagination{
			Next: manifest.Next{From: "header_link", As: "url", Param: "page_info", With: []string{"limit"}},
			Size: manifest.PageSize{Param: "limit", Max: 250, Default: 50}}},
		Objects: []manifest.Object{{
			Name: "articles", Key: id, Table: "depot_article",
			Lists: []manifest.List{{Path: "/articles.json", At: "articles", Params: map[string]string{"state": "sold"}},
				{Path: "/articles.json", At: "articles", Params: map[string]string{"state": "any"}}},
			One: "/articles/{id}.json", OneAt: "article",
			Count:     &manifest.Count{Path: "/articles/count.json", At: "count", Params: map[string]string{"state": "all"}},
			UpdatedAt: &manifest.TimeField{Field: "updated_at", Format: manifest.RFC3339},
			Fields:    manifest.Fields{text("state"), text("name")},
			Children: []manifest.Child{{At: "labels", Table: "depot_label", Key: []string{"@index"}, KeyScope: "parent", ParentColumn: "article_id",
				Fields: manifest.Fields{text("print"), text("colour")}}},
			Webhooks: []manifest.Topic{{Topic: "articles/update", Event: manifest.Update},
				{Topic: "articles/moved", Event: manifest.Update, Payload: "reference", At: "move.article_id"}},
		}, {
			Name: "racks", Key: id, Table: "depot_rack", Lists: []manifest.List{{Path: "/racks.json", At: "racks"}},
			Fields: manifest.Fields{text("name")},
		}, {
			Name: "stock", Key: []string{"article_id", "rack_id"}, Table: "depot_stock",
			Lists: []manifest.List{{Path: "/stock.json", At: "stock", Batch: &manifest.Batch{Object: "racks", Field: "id", Param: "rack_ids", Max: 2}}},
			Fields: manifest.Fields{{Path: "article_id", Column: "article_id", Type: manifest.Integer}, {Path: "rack_id", Column: "rack_id", Type: manifest.Integer},
				{Path: "available", Column: "available", Type: manifest.Integer}},
			Webhooks: []manifest.Topic{{Topic: "stock/update", Event: manifest.Update}, {Topic: "stock/gone", Event: manifest.Delete, Payload: "key"}},
		}, {
			Name: "audits", Key: id, Table: "depot_audit",
			Lists: []manifest.List{{Path: "/articles/{article_id}/audits.json", At: "audits",
				Each: &manifest.Each{Object: "articles", Field: "id", As: "article_id"}}},
			Fields: manifest.Fields{text("@article_id"), text("by")},
		}, {
			Name: "loans", Key: id, Table: "depot_loan", Lists: []manifest.List{{Path: "/loans.json", At: "loans"}},
			Unavailable: &manifest.Unavailable{Status: 404, Why: "the depot lends nothing"},
		}},
		Webhooks: manifest.Webhooks{Notices: []manifest.Notice{{Topic: "depot/closed", Kind: "lifecycle"}}},
	}
}

// get is an answer of the depot; following is the path and query of the next page.
func get(t *testing.T, pathQuery, body, following string) oracle.Answer {
	t.Helper()
	u, err := url.Parse("https://north.depot.example/api" + pathQuery)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	if following != "" {
		h.Set("Link", `<https://north.depot.example/api/articles.json?page_info=a,b&limit=9>; rel="previous", `+
			`<https://north.depot.example/api`+following+`>; rel="next"`)
	}
	return oracle.Answer{Method: "GET", URL: u, Status: 200, Header: h, Body: []byte(body), Ref: pathQuery}
}

// depotAnswers are all that the depot offers: articles on two pages and one sold, three racks and stock on two of them.
func depotAnswers(t *testing.T) []oracle.Answer {
	lacking := get(t, "/loans.json", `{"errors":"Not Found"}`, "")
	lacking.Status = http.StatusNotFound
	return []oracle.Answer{
		get(t, "/articles.json?page_info=two&limit=2", `{"articles":[{"id":3,"state":"new","name":"vice"}]}`, ""),
		get(t, "/articles.json?state=any&limit=2", `{"articles":[{"id":1,"state":"new","name":"saw","labels":[{"print":"A"},{"print":"B","colour":"red"}]},`+
			`{"id":2,"state":"used","name":"axe"}]}`, "/articles.json?page_info=two"),
		get(t, "/articles.json?state=sold", `{"articles":[{"id":4,"state":"sold","name":"file"}]}`, ""),
		get(t, "/articles/count.json?state=all", `{"count":4}`, ""),
		get(t, "/racks.json", `{"racks":[{"id":7,"name":"left"},{"id":8,"name":"right"},{"id":9,"name":"top"}]}`, ""),
		get(t, "/stock.json?rack_ids=7,8", `{"stock":[{"article_id":1,"rack_id":7,"available":5}]}`, "/stock.json?page_info=more"),
		get(t, "/stock.json?limit=1&page_info=more", `{"stock":[{"article_id":1,"rack_id":8,"available":null}]}`, ""),
		get(t, "/stock.json?rack_ids=9", `{"stock":[]}`, ""),
		get(t, "/articles/1/audits.json", `{"audits":[{"id":21,"by":"Ada"}]}`, ""),
		get(t, "/articles/2/audits.json", `{"audits":[]}`, ""),
		get(t, "/articles/3/audits.json", `{"audits":[{"id":22,"by":"Bo"}]}`, ""),
		get(t, "/articles/4/audits.json", `{"audits":[]}`, ""),
		lacking,
	}
}

// depotStore is the same as the depot has it in store.
func depotStore() map[string][]oracle.Stored {
	return map[string][]oracle.Stored{
		"articles": {
			{Body: []byte(`{"id":1,"state":"new","name":"saw","labels":[{"print":"A"},{"print":"B","colour":"red"}]}`)},
			{Body: []byte(`{"id":2,"state":"used","name":"axe"}`)},
			{Body: []byte(`{"id":3,"state":"new","name":"vice"}`)},
			{Body: []byte(`{"id":4,"state":"sold","name":"file"}`)},
		},
		"racks": {{Body: []byte(`{"id":7,"name":"left"}`)}, {Body: []byte(`{"id":8,"name":"right"}`)}, {Body: []byte(`{"id":9,"name":"top"}`)}},
		"stock": {{Body: []byte(`{"article_id":1,"rack_id":7,"available":5}`)}, {Body: []byte(`{"article_id":1,"rack_id":8,"available":null}`)}},
		"audits": {{Body: []byte(`{"id":21,"by":"Ada"}`), Context: map[string]string{"article_id": "1"}},
			{Body: []byte(`{"id":22,"by":"Bo"}`), Context: map[string]string{"article_id": "3"}}},
	}
}

func collect(t *testing.T, answers []oracle.Answer) *oracle.Offer {
	t.Helper()
	o, err := oracle.Collect(depot(), answers)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func fromStore(t *testing.T) *oracle.Offer {
	t.Helper()
	o, err := oracle.FromStore(depot(), depotStore())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func stateOf(t *testing.T, o *oracle.Offer) *oracle.State {
	t.Helper()
	s, err := o.State()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rows are the expected rows of a state as text, without where they were offered.
func rows(s *oracle.State) map[string]string {
	out := map[string]string{}
	for name, objects := range s.Objects {
		for key, o := range objects {
			own := []*oracle.Row{o.Row}
			for _, children := range o.Children {
				own = append(own, children...)
			}
			for _, r := range own {
				var values []string
				for _, column := range slices.Sorted(maps.Keys(r.Values)) {
					values = append(values, column+"="+r.Values[column].String())
				}
				out[strings.Join([]string{name, key, r.Table, r.Parent, r.Key}, " ")] = strings.Join(values, " ")
			}
		}
	}
	return out
}

// shape is what checks see of an offer beside its rows.
func shape(o *oracle.Offer) map[string][]string {
	out := map[string][]string{}
	for name, p := range o.Populations {
		for _, w := range p.Walks {
			keys := w.Keys()
			slices.Sort(keys)
			out[name] = append(out[name], strings.Join(append([]string{w.Name, w.Parent, ":"}, keys...), " "))
		}
		slices.Sort(out[name])
	}
	return out
}

func TestWhatIsListedIsWhatIsInStore(t *testing.T) {
	listed, stored := collect(t, depotAnswers(t)), fromStore(t)
	if len(listed.Incomplete)+len(stored.Incomplete) > 0 {
		t.Fatalf("incomplete: %v, %v", listed.Incomplete, stored.Incomplete)
	}
	got := rows(stateOf(t, listed))
	if diff := cmp.Diff(rows(stateOf(t, stored)), got); diff != "" {
		t.Errorf("-stored +listed\n%s", diff)
	}
	want := map[string]string{
		"articles 1 depot_article  1": `name="saw" state="new"`,
		"articles 1 depot_label 1 0":  `print="A"`,
		"articles 1 depot_label 1 1":  `colour="red" print="B"`,
		"stock 1/7 depot_stock  1/7":  `article_id="1" available="5" rack_id="7"`,
		"stock 1/8 depot_stock  1/8":  `article_id="1" available=NULL rack_id="8"`,
		"audits 22 depot_audit  22":   `article_id="3" by="Bo"`,
	}
	for row, values := range want {
		if got[row] != values {
			t.Errorf("%s is %q, want %q", row, got[row], values)
		}
	}
	if len(got) != 4+2+3+2+2 {
		t.Errorf("%d rows: %v", len(got), got)
	}
	listedShape := shape(listed)
	listedShape["loans"] = []string{"/loans.json  :"} // the store does not know that there are none to list
	if diff := cmp.Diff(shape(stored), listedShape); diff != "" {
		t.Errorf("-stored +listed\n%s", diff)
	}
	if listed.Populations["articles"].Count != 4 || listed.Populations["racks"].Count != -1 || stored.Populations["articles"].Count != -1 {
		t.Errorf("counts: %d, %d, %d", listed.Populations["articles"].Count, listed.Populations["racks"].Count, stored.Populations["articles"].Count)
	}
	if why := listed.Populations["loans"].Unavailable; why != "the depot lends nothing" || listed.Populations["racks"].Unavailable != "" {
		t.Errorf("unavailable: %q", why)
	}
}

func TestListsThatTheAnswersDoNotHoldWhole(t *testing.T) {
	without := func(ref string) []oracle.Answer {
		return slices.DeleteFunc(depotAnswers(t), func(a oracle.Answer) bool { return a.Ref == ref })
	}
	for name, c := range map[string]struct {
		answers  []oracle.Answer
		object   string
		says     string
		offered  int
		followed []string // objects that are incomplete because of it
	}{
		"a page that only a link leads to": {without("/articles.json?page_info=two&limit=2"), "articles",
			"/articles.json?state=any break off: there is no answer for the page after /articles.json?state=any&limit=2", 1, nil},
		"a later page of a batch": {without("/stock.json?limit=1&page_info=more"), "stock",
			"there is no answer for the page after /stock.json?rack_ids=7,8", 0, nil},
		"a batch":                  {without("/stock.json?rack_ids=9"), "stock", "about 2 of 3 racks", 2, nil},
		"all batches":              {without("/stock.json?rack_ids=7,8")[:5], "stock", "about 0 of 3 racks", 0, []string{"audits", "loans"}},
		"the list of one article":  {without("/articles/4/audits.json"), "audits", "of 3 of 4 articles", 2, nil},
		"a list":                   {without("/racks.json"), "racks", "there is no answer for /racks.json", 0, nil},
		"one of two lists":         {without("/articles.json?state=sold"), "articles", "there is no answer for /articles.json?state=sold", 3, nil},
		"a list that may not be":   {without("/loans.json"), "loans", "there is no answer for /loans.json", 0, nil},
		"what the source counts":   {append(without("/articles/count.json?state=all"), get(t, "/articles/count.json?state=all", `{"count":6}`, "")), "articles", "/articles/count.json counts 6", 4, nil},
		"a page that links itself": {append(without("/articles.json?state=sold"), get(t, "/articles.json?state=sold", `{"articles":[]}`, "/articles.json?page_info=loop"), get(t, "/articles.json?page_info=loop", `{"articles":[]}`, "/articles.json?page_info=loop")), "articles", "is /articles.json?page_info=loop again", 3, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := collect(t, c.answers)
			if len(o.Incomplete) != 1+len(c.followed) || o.Incomplete[0].Object != c.object || !strings.Contains(o.Incomplete[0].What, c.says) {
				t.Errorf("incomplete is %v, want %s: %s", o.Incomplete, c.object, c.says)
			}
			if n := len(o.Populations[c.object].Items); n != c.offered {
				t.Errorf("%d %s are offered, want %d", n, c.object, c.offered)
			}
		})
	}
}

func TestOneWholeWayThroughAListIsEnough(t *testing.T) {
	answers := append(depotAnswers(t), get(t, "/racks.json?limit=1", `{"racks":[{"id":7,"name":"left"}]}`, "/racks.json?page_info=lost"))
	if o := collect(t, answers); len(o.Incomplete) != 0 || len(o.Populations["racks"].Items) != 3 {
		t.Errorf("incomplete is %v", o.Incomplete)
	}
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	for name, a := range map[string]oracle.Answer{
		"a count that is none":     get(t, "/articles/count.json?state=all", `{"count":"many"}`, ""),
		"a count below zero":       get(t, "/articles/count.json?state=all", `{"count":-1}`, ""),
		"two counts that differ":   get(t, "/articles/count.json?state=all", `{"count":5}`, ""),
		"an element of no kind":    get(t, "/racks.json", `{"racks":[1]}`, ""),
		"half of a composite key":  get(t, "/stock.json?rack_ids=9", `{"stock":[{"article_id":1}]}`, ""),
		"a page with another body": get(t, "/articles.json?page_info=two", `[]`, ""),
	} {
		answers := append([]oracle.Answer{a}, depotAnswers(t)...)
		if o, err := oracle.Collect(depot(), answers); err == nil || !strings.Contains(err.Error(), a.Ref) {
			t.Errorf("%s: %v, %v", name, err, o.Incomplete)
		}
	}
}

func TestLinkHeaders(t *testing.T) {
	for header, further := range map[string]bool{
		`<https://x.example/api/racks.json?page_info=2>; rel="next"`:                  true,
		`</api/racks.json?page_info=2>; rel=next`:                                     true,
		`<https://x.example/api/racks.json?page_info=2>; title="x"; REL="last NEXT"`:  true,
		`<https://x.example/a,b>; rel="prev",<racks.json?page_info=2>;rel="next"`:     true,
		`<https://x.example/api/racks.json?page_info=2>; rel="previous"`:              false,
		`<https://x.example/api/racks.json?page_info=2>; title="next"`:                false,
		`<https://x.example/api/racks.json?page_info=2`:                               false,
		`https://x.example/api/racks.json?page_info=2; rel="next"`:                    false,
		`<https://x.example/api/racks.json?page_info=2>; rel="previous", rel="nexts"`: false,
	} {
		first := get(t, "/racks.json", `{"racks":[{"id":7}]}`, "")
		first.Header.Set("Link", header)
		o := collect(t, []oracle.Answer{first, get(t, "/racks.json?page_info=2", `{"racks":[{"id":8}]}`, "")})
		if n := len(o.Populations["racks"].Items); n != 1 && !further || n != 2 && further {
			t.Errorf("%s: %d racks", header, n)
		}
	}
}

func TestStoresThatDoNotFitTheManifest(t *testing.T) {
	for name, c := range map[string]struct {
		object, body string
		context      map[string]string
		says         string
	}{
		"an unknown object": {"ladders", `{"id":1}`, nil, "has ladders"},
		"no object":         {"racks", `[7]`, nil, "racks 3 of the store"},
		"no JSON":           {"racks", `{`, nil, "racks 3"},
		"no key":            {"stock", `{"article_id":2}`, nil, "lacks its key"},
		"a key twice":       {"racks", `{"id":8}`, nil, "key 8 is taken"},
		"no parent":         {"audits", `{"id":23}`, nil, `below articles ""`},
		"a strange parent":  {"audits", `{"id":23}`, map[string]string{"article_id": "99"}, `below articles "99"`},
	} {
		store := depotStore()
		store[c.object] = append(store[c.object], oracle.Stored{Body: []byte(c.body), Context: c.context, Ref: "made up"})
		if _, err := oracle.FromStore(depot(), store); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCounted(t *testing.T) {
	o := fromStore(t)
	if err := o.Counted(depotAnswers(t)); err != nil || o.Populations["articles"].Count != 4 {
		t.Errorf("%d, %v", o.Populations["articles"].Count, err)
	}
	m := depot()
	if got := oracle.CountURL(m, &m.Objects[0]); got != "/api/articles/count.json?state=all" {
		t.Error(got)
	}
	if got := oracle.CountURL(m, &m.Objects[1]); got != "" {
		t.Error(got)
	}
}
