package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the shop's zone must be known on every machine
)

// woocommerce is what WooCommerce does unlike any other. Its facts were seen in the recording in cassettes/woocommerce.
type woocommerce struct {
	generic
	// zone is that of the shop, whose times come in it and in UTC.
	zone *time.Location
	// lists are the parameters of each object's list.
	lists map[string]wooList
}

// wooZone is the zone of the recorded shop.
const wooZone = "Europe/Berlin"

func newWooCommerce(g generic) *woocommerce {
	zone, err := time.LoadLocation(wooZone)
	if err != nil {
		zone = time.UTC // it is linked in
	}
	return &woocommerce{generic: g, zone: zone, lists: wooLists()}
}

func (w *woocommerce) known(string) []string {
	return []string{"status", "type", "role", "date_created_gmt", "date_modified_gmt"}
}

// singles: the shop has a single one of everything, also where a copy has no need of it.
func (w *woocommerce) singles(k *kind) []string {
	path := map[string]string{
		"variations": "/products/{product_id}/variations/{id}", "refunds": "/orders/{order_id}/refunds/{id}",
		"order_notes": "/orders/{order_id}/notes/{id}", "attribute_terms": "/products/attributes/{attribute_id}/terms/{id}",
	}[k.Name]
	if path == "" && k.One == "" && len(k.Lists) > 0 {
		path = oneOf(k.Lists[0].Path)
	}
	if path == "" {
		return w.generic.singles(k)
	}
	return []string{path}
}

// show gives the few things that differ between two routes to one object.
func (w *woocommerce) show(q *query, r *record) []byte {
	switch {
	case q.kind.Name == "refunds" && q.path["order_id"] != "": // here the order is known
		return unset(r.body, "parent_id")
	case q.kind.Name == "variations" && q.path["product_id"] != "":
		return w.belowProduct(q, r)
	case q.kind.Name == hooksName && q.Method == http.MethodPost: // the time of change shows from the next answer on
		return mustSet(mustSet(r.body, "date_modified", "null"), "date_modified_gmt", "null")
	}
	return r.body
}

// belowProduct gives a variation with the links that it has below its product.
func (w *woocommerce) belowProduct(q *query, r *record) []byte {
	product := q.account.config.URL + w.manifest.BasePath() + "/products/" + q.path["product_id"]
	return mustSet(r.body, "_links", wooLinks(product+"/variations", r.key, product))
}

// wooLinks are an object's links to itself, its list and what it hangs on.
func wooLinks(list, id, up string) string {
	links := `{"self":[{"href":"` + list + "/" + id + `","targetHints":{"allow":["GET","POST","PUT","PATCH","DELETE"]}}],` +
		`"collection":[{"href":"` + list + `"}]`
	if up != "" {
		links += `,"up":[{"href":"` + up + `"}]`
	}
	return links + "}"
}

// mustSet sets a member of a body, which is known to be an object.
func mustSet(body []byte, path, value string) []byte {
	out, err := set(body, path, []byte(value))
	if err != nil {
		panic("sandbox: " + path + ": " + err.Error())
	}
	return out
}

// fatherless: a list below what is not there is empty, but for notes.
func (w *woocommerce) fatherless(q *query) *refusal {
	if q.kind.Name == "order_notes" || q.kind.Name == "attribute_terms" {
		return &refusal{why: noObject, param: "parent"}
	}
	return nil
}

// finish adds the headers of WordPress.
func (w *woocommerce) finish(q *query, a *answer, p *page) {
	if a.status == http.StatusTooManyRequests {
		return // nothing of it is WordPress's
	}
	h := a.header
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Access-Control-Allow-Headers", "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type")
	h.Set("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link")
	h.Set("Link", "<"+q.account.config.URL+`/wp-json/>; rel="https://api.w.org/"`)
	if q.token == nil { // nobody is signed in
		h.Set("Vary", "Origin")
	} else {
		h.Set("Cache-Control", "no-cache, must-revalidate, max-age=0, no-store, private")
		h.Set("Expires", "Wed, 11 Jan 1984 05:00:00 GMT")
	}
	if allow := w.allow(q, a); allow != "" {
		h.Set("Allow", allow)
	}
	if a.status == http.StatusCreated {
		if id, ok := text(a.body, "id"); ok {
			h.Set("Location", q.account.config.URL+q.URL.Path+"/"+id)
		}
	}
	if p != nil && (!p.whole || q.kind.Name == "attributes") { // attributes come at once, and are counted
		w.number(q, h, p)
	}
}

// allow are the methods of a route; an answer that was refused before the route was looked at has none.
func (w *woocommerce) allow(q *query, a *answer) string {
	if q.route == nil || a.status == http.StatusUnauthorized {
		return ""
	}
	name := q.kind.Name
	if q.route.does == one {
		switch {
		case a.status == http.StatusNotFound && (name == "customers" || name == "reviews" || name == "categories" || name == "tags"):
			return "" // who may see it is asked of the object itself
		case name == "order_notes" || name == "refunds":
			return "GET, DELETE"
		}
		return "GET, POST, PUT, PATCH, DELETE"
	}
	if code, _ := text(a.body, "code"); code == "rest_no_route" {
		return ""
	}
	if len(q.path) == 0 && (name == "variations" || name == "refunds") {
		return "GET"
	}
	return "GET, POST"
}

// number writes totals and links. Past their end the lists of orders and refunds have forgotten both, and point back to a
// page 0 that is none; webhooks are always said to be one page.
func (w *woocommerce) number(q *query, h http.Header, p *page) {
	total, pages, prev, given := p.total, p.pages, p.prev, len(p.records) > 0
	if p.whole {
		pages = 1
	}
	if kind := q.kind.Name; !given && (kind == "orders" || kind == "refunds") {
		total, pages = 0, 0
		if prev != "" {
			prev = "0"
		}
	} else if kind == hooksName {
		pages = 1
		p.next = ""
		if prev != "" {
			prev = "1"
		}
	}
	h["X-WP-Total"], h["X-WP-TotalPages"] = []string{strconv.Itoa(total)}, []string{strconv.Itoa(pages)}
	var links []string
	if prev != "" {
		links = append(links, "<"+w.link(q, prev, given)+`>; rel="prev"`)
	}
	if p.next != "" {
		links = append(links, "<"+w.link(q, p.next, given)+`>; rel="next"`)
	}
	if len(links) > 0 {
		h.Set("Link", strings.Join(links, ", "))
	}
}

// link is the address of another page. It repeats the query as PHP read it, with what the lists of orders and refunds put
// in while they prepare their objects.
func (w *woocommerce) link(q *query, number string, given bool) string {
	var parts []string
	paged, status := false, false
	orders, refunds := q.kind.Name == "orders", q.kind.Name == "refunds"
	for part := range strings.SplitSeq(q.URL.RawQuery, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		switch {
		case name == "page":
			value, paged = number, true
		case name == "dates_are_gmt" && w.lists[q.kind.Name].dated && (value == "true" || value == "1"):
			value = "1"
		case orders && name == "status":
			name, status = "status%5B0%5D", true
		case orders && strings.HasPrefix(name, "status"):
			status = true
		}
		parts = append(parts, name+"="+value)
	}
	if orders && !status {
		parts = append(parts, "status%5B0%5D=any")
	}
	if given && (orders || refunds) {
		parts = append(parts, "dp=2")
	}
	if given && orders {
		parts = append(parts, "context=view")
	}
	if !paged {
		parts = append(parts, "page="+number)
	}
	return q.account.config.URL + q.URL.EscapedPath() + "?" + strings.Join(parts, "&")
}
