package sandbox

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wooList are the parameters of a list, as the index of the recorded shop describes them.
type wooList struct {
	// orderby and order are the defaults.
	orderby, order string
	// orders are the values of orderby.
	orders []string
	// enums are the values that other parameters may have; status is checked as a list where statuses says so.
	enums    map[string][]string
	statuses bool
	// status is the default of the parameter status.
	status string
	// dated lists know modified_after and its like, created ones after and before.
	dated, created bool
	// same are parameters that compare with a field, by its path.
	same map[string]string
}

// wooLists are the lists by the manifest's object.
func wooLists() map[string]wooList {
	post := []string{"date", "id", "include", "title", "slug", "modified"}
	postStatus := []string{"any", "future", "trash", "draft", "pending", "private", "publish"}
	term := wooList{orderby: "name", order: "asc", orders: []string{"id", "include", "name", "slug", "term_group", "description", "count"},
		same: map[string]string{"parent": "parent", "slug": "slug"}}
	return map[string]wooList{
		"orders": {orderby: "date", order: "desc", orders: post, status: "any", statuses: true, dated: true, created: true,
			enums: map[string][]string{"status": {"any", "trash", "auto-draft", "pending", "processing", "on-hold", "completed",
				"cancelled", "refunded", "failed", "checkout-draft"}},
			same: map[string]string{"customer": "customer_id", "parent": "parent_id", "product": "line_items.product_id",
				"created_via": "created_via"}},
		"products": {orderby: "date", order: "desc", status: "any", dated: true, created: true,
			orders: append(slices.Clone(post), "popularity", "rating", "post__in", "price", "sales", "menu_order", "random",
				"popularity", "rating", "menu_order", "price", "popularity", "rating"),
			enums: map[string][]string{"status": postStatus, "type": {"simple", "grouped", "external", "variable"},
				"stock_status": {"instock", "outofstock", "onbackorder"}, "tax_class": {"standard", "reduced-rate", "zero-rate"}},
			same: map[string]string{"type": "type", "sku": "sku", "slug": "slug", "featured": "featured", "on_sale": "on_sale",
				"stock_status": "stock_status", "category": "categories.id", "tag": "tags.id", "virtual": "virtual",
				"downloadable": "downloadable", "parent": "parent_id"}},
		"variations": {orderby: "date", order: "desc", status: "any", dated: true, created: true, orders: append(slices.Clone(post), "menu_order"),
			enums: map[string][]string{"status": postStatus, "stock_status": {"instock", "outofstock", "onbackorder"}},
			same: map[string]string{"sku": "sku", "on_sale": "on_sale", "stock_status": "stock_status", "parent": "parent_id",
				"virtual": "virtual", "downloadable": "downloadable"}},
		"customers": {orderby: "name", order: "asc", orders: []string{"id", "include", "name", "registered_date"},
			enums: map[string][]string{"role": {"all", "administrator", "editor", "author", "contributor", "subscriber", "customer",
				"shop_manager"}},
			same: map[string]string{"email": "email"}},
		"coupons": {orderby: "date", order: "desc", orders: post, status: "publish", dated: true, created: true,
			same: map[string]string{"code": "code"}},
		"refunds": {orderby: "date", order: "desc", orders: post, dated: true, created: true, same: map[string]string{"parent": "parent_id"}},
		"reviews": {orderby: "date_gmt", order: "desc", orders: []string{"date", "date_gmt", "id", "include", "product"}, status: "approved",
			created: true, enums: map[string][]string{"status": {"all", "hold", "approved", "spam", "trash"}},
			same: map[string]string{"product": "product_id", "reviewer_email": "reviewer_email"}},
		"categories": term, "tags": term, "attribute_terms": term,
		"tax_rates": {orderby: "order", order: "asc", orders: []string{"id", "order", "priority"},
			enums: map[string][]string{"class": {"standard", "reduced-rate", "zero-rate"}}, same: map[string]string{"class": "class"}},
		"order_notes": {orderby: "date", order: "desc", enums: map[string][]string{"type": {"any", "customer", "internal"}}},
		"attributes":  {orderby: "id", order: "asc"},
		hooksName: {orderby: "date", order: "desc", orders: []string{"date", "id", "title"}, status: "all",
			enums: map[string][]string{"status": {"all", "active", "paused", "disabled"}}},
	}
}

// wooDate is what WordPress takes for a time.
var wooDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}(:\d{2})?)?$`)

// wooTimes are the parameters that bound a time, with what bounds they are.
var wooTimes = []struct {
	param    string
	modified bool
	after    bool
}{
	{"after", false, true}, {"before", false, false}, {"modified_after", true, true}, {"modified_before", true, false},
}

// fault holds the parameters against what the list takes; a parameter that it does not know is ignored.
func (w *woocommerce) fault(q *query) *refusal {
	l, ok := w.lists[q.kind.Name]
	if !ok {
		return nil
	}
	for _, name := range []string{"page", "per_page", "offset"} {
		if value := q.params.Get(name); q.has(name) {
			if _, err := strconv.Atoi(value); err != nil {
				return &refusal{why: badParam, param: name, value: "type"}
			}
		}
	}
	enums := map[string][]string{}
	if l.orders != nil {
		enums["order"], enums["orderby"] = []string{"asc", "desc"}, l.orders
	}
	for name, values := range l.enums {
		enums[name] = values
	}
	for _, name := range sortedKeys(enums) {
		values := q.params[name]
		if name == "status" && l.statuses {
			values = q.list(name)
		}
		if slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(enums[name], v) }) {
			return &refusal{why: badParam, param: name, value: "enum"}
		}
	}
	for _, t := range wooTimes {
		if known := t.modified && l.dated || !t.modified && l.created; known && q.has(t.param) && !wooDate.MatchString(q.params.Get(t.param)) {
			return &refusal{why: badParam, param: t.param, value: "date"}
		}
	}
	return nil
}

// skip is the parameter offset.
func (w *woocommerce) skip(q *query) (int, bool) {
	n, err := strconv.Atoi(q.params.Get("offset"))
	return n, err == nil && n >= 0
}

func (w *woocommerce) selects(q *query) func(*record) bool {
	l := w.lists[q.kind.Name]
	tests := []func(*record) bool{w.statusTest(q, l)}
	for _, t := range wooTimes {
		if known := t.modified && l.dated || !t.modified && l.created; known && q.has(t.param) {
			tests = append(tests, w.timeTest(q, t.param, t.modified, t.after))
		}
	}
	for param, field := range l.same {
		if wanted := q.list(param); len(wanted) > 0 {
			tests = append(tests, func(r *record) bool {
				return slices.ContainsFunc(texts(r.body, field), func(v string) bool { return slices.Contains(wanted, v) })
			})
		}
	}
	if kind := q.params.Get("type"); q.kind.Name == "order_notes" && (kind == "customer" || kind == "internal") {
		tests = append(tests, func(r *record) bool { return (r.text("customer_note") == "true") == (kind == "customer") })
	}
	if ids := q.list("include"); len(ids) > 0 && l.orders != nil {
		tests = append(tests, func(r *record) bool { return slices.Contains(ids, r.key) })
	}
	if ids := q.list("exclude"); len(ids) > 0 && l.orders != nil {
		tests = append(tests, func(r *record) bool { return !slices.Contains(ids, r.key) })
	}
	if words := []byte(strings.ToLower(q.params.Get("search"))); len(words) > 0 && l.orders != nil {
		// The shop looks into some fields, this into all: what is found may be more.
		tests = append(tests, func(r *record) bool { return bytes.Contains(bytes.ToLower(r.body), words) })
	}
	return func(r *record) bool {
		for _, t := range tests {
			if !t(r) {
				return false
			}
		}
		return true
	}
}

// statusTest lets through what has the status, or for customers the role, that was asked for.
func (w *woocommerce) statusTest(q *query, l wooList) func(*record) bool {
	field, fallback := "status", l.status
	switch {
	case q.kind.Name == "customers":
		field, fallback = "role", "customer"
	case fallback == "": // the list does not know the parameter
		return func(*record) bool { return true }
	}
	wanted := q.list(field)
	if len(wanted) == 0 {
		wanted = []string{fallback}
	}
	return func(r *record) bool {
		switch has := r.text(field); {
		case slices.Contains(wanted, has):
			return true
		case slices.Contains(wanted, "any"):
			return has != "trash" && has != "auto-draft"
		case slices.Contains(wanted, "all"):
			return has != "spam" && has != "trash"
		}
		return false
	}
}

// timeTest bounds a time. A time is compared as the clock on the wall shows it: in UTC where dates_are_gmt says so, else in
// the shop's zone. One that names a zone is first put into the shop's, flag or not; so with the flag it is off.
func (w *woocommerce) timeTest(q *query, param string, modified, after bool) func(*record) bool {
	flag := q.params.Get("dates_are_gmt")
	gmt := flag == "true" || flag == "1"
	bound, err := time.Parse(naiveUTC, strings.ToUpper(strings.Replace(q.params.Get(param), " ", "T", 1)))
	if err != nil {
		if bound, err = time.Parse(time.RFC3339, q.params.Get(param)); err != nil {
			return func(*record) bool { return true }
		}
		bound = wall(bound, w.zone)
	}
	return func(r *record) bool {
		field := "date_created_gmt"
		if modified && q.kind.UpdatedAt != nil {
			field = q.kind.UpdatedAt.Field
		}
		at, err := time.Parse(naiveUTC, r.text(field))
		if err != nil {
			return false
		}
		if !gmt {
			at = wall(at, w.zone)
		}
		if after {
			return at.After(bound)
		}
		return at.Before(bound)
	}
}

// wall is what the clock on the wall shows in a zone, as if it were UTC.
func wall(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// order is that of the parameters; equal ones are by id, in the same direction.
func (w *woocommerce) order(q *query) order {
	l := w.lists[q.kind.Name]
	by, dir := l.orderby, l.order
	if q.has("orderby") && l.orders != nil {
		by = q.params.Get("orderby")
	}
	if q.has("order") && l.orders != nil {
		dir = q.params.Get("order")
	}
	o := order{desc: dir == "desc"}
	switch by {
	case "date", "date_gmt", "registered_date":
		o.by = func(r *record) rank { return rank{S: r.text("date_created_gmt")} }
		if (q.kind.Name == hooksName || q.kind.Name == "order_notes") && o.desc { // nothing breaks a tie here, so the oldest of a second comes first
			o = order{by: func(r *record) rank { return rank{N: -unixOf(r.text("date_created_gmt"))} }}
		}
	case "modified":
		o.by = func(r *record) rank { return rank{S: r.text("date_modified_gmt")} }
	case "name", "title", "slug", "description":
		field := map[string]string{"customers": "username", "coupons": "code"}[q.kind.Name]
		if field == "" {
			field = map[string]string{"title": "name"}[by]
		}
		if field == "" {
			field = by
		}
		o.by = func(r *record) rank { return rank{S: fold(r.text(field))} }
	case "product", "count", "order", "priority", "menu_order", "price", "rating", "popularity", "sales":
		field := map[string]string{"product": "product_id", "rating": "average_rating", "popularity": "total_sales", "sales": "total_sales"}[by]
		if field == "" {
			field = by
		}
		o.by = func(r *record) rank {
			return rank{N: int64(wooNumber(r.text(field)) * 10000)}
		}
	case "include":
		ids := q.list("include")
		o = order{by: func(r *record) rank { return rank{N: int64(slices.Index(ids, r.key))} }}
	}
	return o
}

func unixOf(s string) int64 {
	t, err := time.Parse(naiveUTC, s)
	if err != nil {
		return 0
	}
	return t.Unix()
}

// fold makes letters with accents those without, as the database's collation has it.
func fold(s string) string {
	return accents.Replace(strings.ToLower(s))
}

var accents = strings.NewReplacer("ä", "a", "à", "a", "á", "a", "â", "a", "å", "a", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "ï", "i", "ö", "o", "ó", "o", "ø", "o", "ü", "u", "ú", "u", "ñ", "n", "ç", "c", "ß", "ss")
