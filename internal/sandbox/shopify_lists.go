package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// orderWindow is how far back orders are shown to those who may not read all.
const orderWindow = 60 * 24 * time.Hour

// shopifyEquals are the parameters of a list that are the name of a field and compare with it.
func shopifyEquals(object string) []string {
	switch object {
	case "orders":
		return []string{"name", "financial_status"}
	case "products":
		return []string{"title", "vendor", "handle", "product_type"}
	case "payouts":
		return []string{"date", "status"}
	case "disputes":
		return []string{"status"}
	case "balance_transactions":
		return []string{"payout_id", "payout_status", "test"}
	case hooksName:
		return []string{"topic", "address"}
	}
	return nil
}

// shopifyTimes are the fields by which a list can be bounded: with _min and _max, both inclusive.
func shopifyTimes(object string) []string {
	switch object {
	case "orders":
		return []string{"created_at", "updated_at", "processed_at"}
	case "products":
		return []string{"created_at", "updated_at", "published_at"}
	case "price_rules":
		return []string{"created_at", "updated_at", "starts_at", "ends_at"}
	case "customers", "checkouts", "fulfillments", hooksName:
		return []string{"created_at", "updated_at"}
	case "inventory_levels":
		return []string{"updated_at"}
	case "payouts":
		return []string{"date"}
	}
	return nil
}

// fault finds parameters that cannot be read. What it says to them was not seen.
func (s *shopify) fault(q *query) *refusal {
	for _, field := range shopifyTimes(q.kind.Name) {
		for _, param := range []string{field + "_min", field + "_max"} {
			if _, ok := shopifyTime(q.params.Get(param)); q.has(param) && !ok {
				return &refusal{why: badParam, param: param}
			}
		}
	}
	for _, param := range []string{"since_id", "last_id"} {
		if _, err := strconv.ParseInt(q.params.Get(param), 10, 64); q.has(param) && err != nil {
			return &refusal{why: badParam, param: param}
		}
	}
	return nil
}

// shopifyTime reads a time with an offset, or a day; to the second, as the provider compares.
func shopifyTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", naiveUTC, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

func (s *shopify) selects(q *query) func(*record) bool {
	tests := s.byStatus(q)
	if ids := q.list("ids"); len(ids) > 0 {
		tests = append(tests, func(r *record) bool { return slices.Contains(ids, r.key) })
	}
	if since, err := strconv.ParseInt(q.params.Get("since_id"), 10, 64); err == nil {
		tests = append(tests, func(r *record) bool { return number(r.key) > since })
	}
	if last, err := strconv.ParseInt(q.params.Get("last_id"), 10, 64); err == nil {
		tests = append(tests, func(r *record) bool { return number(r.key) < last })
	}
	for _, field := range shopifyEquals(q.kind.Name) {
		if wanted := q.params.Get(field); wanted != "" && wanted != "any" {
			tests = append(tests, func(r *record) bool { return r.text(field) == wanted })
		}
	}
	for _, field := range shopifyTimes(q.kind.Name) {
		bound := func(param string, outside int) {
			if limit, ok := shopifyTime(q.params.Get(param)); ok {
				tests = append(tests, func(r *record) bool {
					at, ok := shopifyTime(r.text(field))
					return ok && at.Compare(limit) != outside
				})
			}
		}
		bound(field+"_min", -1)
		bound(field+"_max", 1)
	}
	if q.kind.Name == "disputes" && q.has("initiated_at") { // a day, and no range
		day := q.params.Get("initiated_at")
		tests = append(tests, func(r *record) bool { return strings.HasPrefix(r.text("initiated_at"), day) })
	}
	return func(r *record) bool {
		return !slices.ContainsFunc(tests, func(t func(*record) bool) bool { return !t(r) })
	}
}

// byStatus are the filters that apply also where nothing was asked for.
func (s *shopify) byStatus(q *query) []func(*record) bool {
	wanted := q.list("status")
	asked := func(status string) bool { return slices.Contains(wanted, status) }
	switch q.kind.Name {
	case "orders":
		return append(s.ordersByStatus(q, wanted), fulfilled(q.params.Get("fulfillment_status")), s.inWindow(q))
	case "checkouts":
		return []func(*record) bool{func(r *record) bool { return (r.text("closed_at") != "") == asked("closed") }}
	case "products":
		if len(wanted) == 0 && q.route.does == count {
			return nil
		}
		if len(wanted) == 0 {
			wanted = []string{"active"} // so the reference, of lists; what a live shop does is not known
		}
		return []func(*record) bool{func(r *record) bool {
			status := r.text("status")
			// A status that REST has no filter for, such as unlisted, is a kind of active one: where it is listed is not known.
			return asked(status) || slices.Contains(wanted, "active") && status != "archived" && status != "draft"
		}}
	}
	return nil
}

func (s *shopify) ordersByStatus(q *query, wanted []string) []func(*record) bool {
	status := "open"
	if len(wanted) > 0 {
		status = wanted[0]
	}
	closed := func(r *record) bool { return r.text("closed_at") != "" }
	cancelled := func(r *record) bool { return r.text("cancelled_at") != "" }
	switch status {
	case "any":
		return nil
	case "closed":
		return []func(*record) bool{closed}
	case "cancelled":
		return []func(*record) bool{cancelled}
	}
	return []func(*record) bool{func(r *record) bool { return !closed(r) && !cancelled(r) }}
}

// fulfilled compares an order's fulfillment_status, which is null before anything was sent.
func fulfilled(wanted string) func(*record) bool {
	return func(r *record) bool {
		switch is := r.text("fulfillment_status"); wanted {
		case "", "any":
			return true
		case "shipped":
			return is == "fulfilled"
		case "unshipped":
			return is == ""
		case "unfulfilled":
			return is == "" || is == "partial"
		default:
			return is == wanted
		}
	}
}

// inWindow hides old orders, without a word, from those who may not read all.
func (s *shopify) inWindow(q *query) func(*record) bool {
	scopes := q.account.config.Scopes
	if q.token != nil {
		scopes = q.token.scopes
	}
	all, oldest := q.account.holds(scopes, "read_all_orders"), q.account.Now().Add(-orderWindow)
	return func(r *record) bool {
		at, ok := shopifyTime(r.text("created_at"))
		return all || !ok || !at.Before(oldest)
	}
}

// order is by id, but for payouts and disputes, which come newest first.
func (s *shopify) order(q *query) order {
	newest := func(field string) order {
		return order{desc: true, by: func(r *record) rank {
			at, _ := shopifyTime(r.text(field))
			return rank{N: at.Unix()}
		}}
	}
	switch q.kind.Name {
	case "payouts":
		return newest("date")
	case "disputes":
		return newest("initiated_at")
	case "inventory_levels":
		return order{}
	}
	return order{by: func(r *record) rank { return rank{N: number(r.key)} }}
}

// number is an id as a number.
func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

// show leaves nothing of a webhook that was deleted.
func (s *shopify) show(q *query, r *record) []byte {
	if q.kind != nil && q.kind.Name == hooksName && q.Request != nil && q.Method == "DELETE" {
		return []byte("{}")
	}
	return r.body
}

// also counts what the manifest needs no count of.
func (s *shopify) also(q *query) *answer {
	path, ok := strings.CutSuffix(q.below, "/count.json")
	if !ok || q.Method != "GET" {
		return nil
	}
	list := *q
	list.route, list.path, _ = q.account.routes.match(s.manifest.BasePath() + path + ".json")
	if list.route == nil || list.route.does != all {
		return nil
	}
	list.kind = list.route.kind
	switch list.kind.Name {
	case "transactions", "fulfillments", "product_variants", hooksName:
	default:
		return nil
	}
	if r := q.account.permit(&list); r != nil {
		return s.refuse(q, *r)
	}
	records, _, r := list.selected()
	if r != nil {
		return s.refuse(q, *r)
	}
	return reply(200, []byte(`{"count":`+strconv.Itoa(len(records))+`}`))
}
