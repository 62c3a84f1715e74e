package sandbox

import (
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// wooProductForm is what a product has and a variation has not: in a delivery a variation comes in the form of a product,
// with these values.
var wooProductForm = [][2]string{
	{"type", `"variation"`}, {"featured", "false"}, {"catalog_visibility", `"visible"`}, {"short_description", `""`},
	{"total_sales", `"0"`}, {"external_url", `""`}, {"button_text", `""`}, {"sold_individually", "false"},
	{"reviews_allowed", "false"}, {"average_rating", `"0.00"`}, {"rating_count", "0"}, {"upsell_ids", "[]"},
	{"cross_sell_ids", "[]"}, {"purchase_note", `""`}, {"categories", "[]"}, {"brands", "[]"}, {"tags", "[]"},
	{"images", "[]"}, {"default_attributes", "[]"}, {"variations", "[]"}, {"grouped_products", "[]"},
	{"price_html", `""`}, {"related_ids", "[]"}, {"has_options", "false"}, {"post_password", `""`},
}

// payload: a delivery is what the API gives for the id at that time, and by the id of a variation that is a product.
func (w *woocommerce) payload(c *change, t manifest.Topic, k *kind, r *record) ([]byte, error) {
	if k.Name != "variations" || t.Payload == "key" {
		return w.generic.payload(c, t, k, r)
	}
	body := unset(r.body, "image")
	for _, member := range wooProductForm {
		body = mustSet(body, member[0], member[1])
	}
	shipped := "true"
	if r.text("virtual") == "true" {
		shipped = "false"
	}
	body = mustSet(mustSet(body, "shipping_required", shipped), "shipping_taxable", shipped)
	products := c.config.URL + w.manifest.BasePath() + "/products"
	body = mustSet(body, "_links", wooLinks(products, r.key, products+"/"+r.text("parent_id")))
	parent := c.store["products"].byKey[r.text("parent_id")]
	if parent == nil {
		return body, nil
	}
	name, err := encode(parent.text("name") + " - " + r.text("name"))
	if err != nil {
		return nil, err
	}
	slug, err := encode(parent.text("slug") + "-" + fold(strings.ReplaceAll(r.text("name"), ", ", "-")))
	if err != nil {
		return nil, err
	}
	return mustSet(mustSet(body, "name", string(name)), "slug", string(slug)), nil
}
