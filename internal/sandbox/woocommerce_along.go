package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// along makes what goes along with a change.
func (w *woocommerce) along(c *change, event manifest.Event, k *kind, before, after *record) error {
	r := after
	if r == nil {
		r = before
	}
	switch k.Name {
	case "orders":
		return w.withOrder(c, event, k, before, after)
	case "products", "coupons":
		return w.withPost(c, event, k, before, after)
	case "variations": // told of as a product; its product's time moves, and nothing says so
		w.tell(c, "product", event, k, r)
		return w.touch(c, r.text("parent_id"))
	case "customers":
		if after == nil {
			return w.withoutCustomer(c, k, r)
		}
		w.tell(c, "customer", event, k, r)
		if event == manifest.Create {
			w.tell(c, "customer", manifest.Update, k, r)
		}
	case "refunds":
		if event == manifest.Create {
			return w.withRefund(c, r)
		}
	case "reviews":
		return w.rate(c, r.text("product_id"), event, r)
	}
	return nil
}

// wooEvents are the provider's words for events.
func wooEvents(e manifest.Event) string {
	return map[manifest.Event]string{manifest.Create: "created", manifest.Update: "updated", manifest.Delete: "deleted", manifest.Restore: "restored"}[e]
}

// tell queues a delivery. The shop's topics go by resource and event, whichever object they are about.
func (w *woocommerce) tell(c *change, resource string, event manifest.Event, k *kind, r *record) {
	t := manifest.Topic{Topic: resource + "." + wooEvents(event), Event: event}
	if event == manifest.Delete {
		t.Payload = "key"
	}
	c.queue(t, k, r.key)
}

// touch moves a product's time of change, and gives it the lowest price of its variations; nothing says so.
func (w *woocommerce) touch(c *change, product string) error {
	r := c.store["products"].byKey[product]
	if r == nil {
		return nil
	}
	body, lowest := r.body, ""
	for _, v := range c.store["variations"].records {
		if price := v.text("price"); v.text("parent_id") == product && price != "" && (lowest == "" || wooNumber(price) < wooNumber(lowest)) {
			lowest = price
		}
	}
	if lowest != "" {
		body = mustSet(body, "price", strconv.Quote(lowest))
	}
	_, err := c.replace(c.kinds["products"], r, w.setTimes(c, body, "date_modified_gmt"))
	return err
}

// wooNumber reads what is sorted by; what is no number is 0, as the database has it.
func wooNumber(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}

// withOrder: a new order is told of twice. One that is completed makes its customer a paying one. One that is removed takes
// its refunds along, and nothing says so.
func (w *woocommerce) withOrder(c *change, event manifest.Event, k *kind, before, after *record) error {
	if after == nil {
		for _, r := range slices.Clone(c.store["refunds"].records) {
			if r.text("parent_id") == before.key {
				c.remove(c.kinds["refunds"], r)
			}
		}
		return nil
	}
	w.tell(c, "order", event, k, after)
	if event == manifest.Create {
		w.tell(c, "order", manifest.Update, k, after)
	}
	if before == nil || before.text("status") == "completed" || after.text("status") != "completed" {
		return nil
	}
	customers := c.kinds["customers"]
	customer := c.store["customers"].byKey[after.text("customer_id")]
	if customer == nil || customer.text("is_paying_customer") == "true" {
		return nil
	}
	body := w.setTimes(c, mustSet(customer.body, "is_paying_customer", "true"), "date_modified_gmt")
	paying, err := c.replace(customers, customer, body)
	if err == nil {
		w.tell(c, "customer", manifest.Update, customers, paying)
	}
	return err
}

// withPost: products and coupons are both posts, and what fires at the trash asks for no kind: either is told of as the
// other too, with its own id. What is removed for good is not told of.
func (w *woocommerce) withPost(c *change, event manifest.Event, k *kind, before, after *record) error {
	own := strings.TrimSuffix(k.Name, "s")
	switch {
	case after == nil:
		if k.Name == "products" {
			return w.withoutProduct(c, before)
		}
	case event == manifest.Delete:
		w.tell(c, "coupon", event, k, after)
		w.tell(c, "product", event, k, after)
	case event == manifest.Restore:
		if own == "product" {
			w.tell(c, own, manifest.Update, k, after)
		}
		w.tell(c, "coupon", event, c.kinds["coupons"], after)
		w.tell(c, "product", event, c.kinds["products"], after)
	default:
		w.tell(c, own, event, k, after)
		if before != nil && own == "product" && before.text("name") != after.text("name") {
			return w.renamed(c, after)
		}
	}
	return nil
}

// lines changes the lines of orders that have a product. The orders' time of change stays.
func (w *woocommerce) lines(c *change, product string, change func(body []byte, line string) []byte) error {
	orders := c.kinds["orders"]
	for _, order := range slices.Clone(c.store["orders"].records) {
		body := order.body
		for i, id := range texts(body, "line_items.product_id") {
			if id == product {
				body = change(body, "line_items."+strconv.Itoa(i))
			}
		}
		if bytes.Equal(body, order.body) {
			continue
		}
		if _, err := c.replace(orders, order, body); err != nil {
			return err
		}
	}
	return nil
}

// renamed gives the lines of a product's variations its new name.
func (w *woocommerce) renamed(c *change, product *record) error {
	name, ok := raw(product.body, "name")
	if !ok {
		return nil
	}
	return w.lines(c, product.key, func(body []byte, line string) []byte {
		if _, has := text(body, line+".parent_name"); !has {
			return body
		}
		return mustSet(body, line+".parent_name", string(name))
	})
}

// withoutProduct takes a product out of the lines of orders, and its reviews and variations with it.
func (w *woocommerce) withoutProduct(c *change, gone *record) error {
	err := w.lines(c, gone.key, func(body []byte, line string) []byte {
		for _, m := range [][2]string{{"product_id", "0"}, {"sku", "null"}, {"global_unique_id", "null"}, {"image", `{"id":0,"src":""}`}} {
			body = mustSet(body, line+"."+m[0], m[1])
		}
		return body
	})
	if err != nil {
		return err
	}
	for _, below := range []struct{ object, field string }{{"reviews", "product_id"}, {"variations", "parent_id"}} {
		for _, r := range slices.Clone(c.store[below.object].records) {
			if r.text(below.field) != gone.key {
				continue
			}
			c.remove(c.kinds[below.object], r)
			if below.object == "reviews" { // the rating is counted anew, and told of when there is no product any more
				w.tell(c, "product", manifest.Update, c.kinds["products"], gone)
			}
		}
	}
	return nil
}

// rate counts the rating of a product anew, which moves its time of change. A review that was just made is not yet counted.
func (w *woocommerce) rate(c *change, product string, event manifest.Event, review *record) error {
	r := c.store["products"].byKey[product]
	if r == nil {
		return nil
	}
	sum, n := 0, 0
	for _, other := range c.store["reviews"].records {
		if other.text("product_id") != product || other.text("status") != "approved" || event == manifest.Create && other == review {
			continue
		}
		stars, _ := strconv.Atoi(other.text("rating")) // what is no number is none
		sum, n = sum+stars, n+1
	}
	average := "0.00"
	if n > 0 {
		average = strconv.FormatFloat(float64(sum)/float64(n), 'f', 2, 64)
	}
	body := mustSet(mustSet(r.body, "average_rating", `"`+average+`"`), "rating_count", strconv.Itoa(n))
	after, err := c.replace(c.kinds["products"], r, w.setTimes(c, body, "date_modified_gmt"))
	if err == nil {
		w.tell(c, "product", manifest.Update, c.kinds["products"], after)
	}
	return err
}

// withoutCustomer: the orders of a customer who is gone become a guest's, which moves their time and is not told of.
func (w *woocommerce) withoutCustomer(c *change, k *kind, gone *record) error {
	if gone.text("role") == "customer" {
		w.tell(c, "customer", manifest.Delete, k, gone)
	}
	orders := c.kinds["orders"]
	for _, order := range slices.Clone(c.store["orders"].records) {
		if order.text("customer_id") != gone.key {
			continue
		}
		body := unset(mustSet(order.body, "customer_id", "0"), "_links.customer")
		if _, err := c.replace(orders, order, w.setTimes(c, body, "date_modified_gmt")); err != nil {
			return err
		}
	}
	return nil
}

// withRefund puts a refund into its order's own list, where its amount is negative.
func (w *woocommerce) withRefund(c *change, refund *record) error {
	orders := c.kinds["orders"]
	order := c.store["orders"].byKey[refund.text("parent_id")]
	if order == nil {
		return nil
	}
	summary, err := encode(struct {
		ID     json.Number `json:"id"`
		Reason string      `json:"reason"`
		Total  string      `json:"total"`
	}{json.Number(refund.key), refund.text("reason"), "-" + strings.TrimPrefix(refund.text("amount"), "-")})
	if err != nil {
		return err
	}
	body, err := added(order.body, "refunds", summary)
	if err != nil {
		return err
	}
	after, err := c.replace(orders, order, w.setTimes(c, body, "date_modified_gmt"))
	if err == nil {
		w.tell(c, "order", manifest.Update, orders, after)
	}
	return err
}
