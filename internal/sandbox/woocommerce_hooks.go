package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// wooActions are the plugin's own names for what fires a topic; each webhook lists them.
func wooActions(topic string) []string {
	return map[string][]string{
		"coupon.created":    {"woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"},
		"coupon.updated":    {"woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"},
		"coupon.deleted":    {"wp_trash_post"},
		"coupon.restored":   {"untrashed_post"},
		"customer.created":  {"user_register", "woocommerce_created_customer", "woocommerce_new_customer"},
		"customer.updated":  {"profile_update", "woocommerce_update_customer"},
		"customer.deleted":  {"delete_user"},
		"customer.restored": {},
		"order.created":     {"woocommerce_new_order"},
		"order.updated":     {"woocommerce_update_order", "woocommerce_order_refunded"},
		"order.deleted":     {"wp_trash_post", "woocommerce_trash_order"},
		"order.restored":    {"untrashed_post", "woocommerce_untrash_order"},
		"product.created":   {"woocommerce_process_product_meta", "woocommerce_new_product", "woocommerce_new_product_variation"},
		"product.updated":   {"woocommerce_process_product_meta", "woocommerce_update_product", "woocommerce_update_product_variation"},
		"product.deleted":   {"wp_trash_post"},
		"product.restored":  {"untrashed_post"},
	}[topic]
}

// wooHook is a webhook as the API shows it.
type wooHook struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Status      string   `json:"status"`
	Topic       string   `json:"topic"`
	Resource    string   `json:"resource"`
	Event       string   `json:"event"`
	Hooks       []string `json:"hooks"`
	URL         string   `json:"delivery_url"`
	Created     string   `json:"date_created"`
	CreatedGMT  string   `json:"date_created_gmt"`
	Modified    string   `json:"date_modified"`
	ModifiedGMT string   `json:"date_modified_gmt"`
}

// hook makes a webhook. Its status is always active at first, whatever was sent: only a later change sets it.
func (w *woocommerce) hook(c *change, old *record, fields map[string][]byte) ([]byte, *refusal) {
	local, gmt := w.times(c.now)
	if old != nil {
		body := mustSet(mustSet(old.body, "date_modified", local), "date_modified_gmt", gmt)
		for _, name := range []string{"name", "status", "topic", "delivery_url"} {
			if value, sent := fields[name]; sent {
				body = mustSet(body, name, string(value))
			}
		}
		topic, _ := text(body, "topic")
		resource, event, _ := strings.Cut(topic, ".")
		actions, _ := encode(wooActions(topic))
		body = mustSet(mustSet(body, "resource", strconv.Quote(resource)), "event", strconv.Quote(event))
		return mustSet(body, "hooks", string(actions)), nil
	}
	sent := func(name string) string {
		s, _ := scalar(fields[name])
		return s
	}
	id := c.hookID()
	n, _ := strconv.ParseInt(id, 10, 64) // it counts
	h := wooHook{
		ID: n, Status: "active", Topic: sent("topic"), URL: sent("delivery_url"), Hooks: wooActions(sent("topic")),
		Created: strings.Trim(local, `"`), CreatedGMT: strings.Trim(gmt, `"`),
	}
	h.Modified, h.ModifiedGMT = h.Created, h.CreatedGMT
	h.Resource, h.Event, _ = strings.Cut(h.Topic, ".")
	h.Name = "Webhook created on " + c.now.In(w.zone).Format("Jan 2, 2006 @ 03:04 PM")
	if _, named := fields["name"]; named {
		h.Name = sent("name")
	}
	body, err := encode(h)
	if err != nil {
		return nil, &refusal{why: badBody}
	}
	list := c.config.URL + w.manifest.BasePath() + w.manifest.Webhooks.Registration.Path
	return mustSet(body, "_links", wooLinks(list, id, "")), nil
}

// times are a time in the shop's zone and in UTC, as JSON.
func (w *woocommerce) times(at time.Time) (local, gmt string) {
	return `"` + at.In(w.zone).Format(naiveUTC) + `"`, `"` + at.UTC().Format(naiveUTC) + `"`
}

func (w *woocommerce) live(hook *record) bool { return hook.text("status") == "active" }

func (w *woocommerce) unhook(q *query, _ *record) *refusal {
	if force := q.params.Get("force"); force != "true" && force != "1" {
		return &refusal{why: needsForce}
	}
	return nil
}

// wooPatience is how many failures in a row a webhook survives.
const wooPatience = 6

// giveUp disables a webhook. A failed delivery is not made again.
func (w *woocommerce) giveUp(c *change, hook *record, failures int) error {
	if failures <= wooPatience {
		return nil
	}
	_, err := c.replace(c.kinds[hooksName], hook, mustSet(hook.body, "status", `"disabled"`))
	return err
}

// deliveryID is a hash of the webhook and the second: all that a webhook sends within one share it.
func (w *woocommerce) deliveryID(c *change, hook *record) string {
	sum := md5.Sum([]byte(hook.key + strconv.FormatInt(c.now.Unix(), 10)))
	return hex.EncodeToString(sum[:])
}

func (w *woocommerce) further(hook *record) http.Header {
	return http.Header{"X-Wc-Webhook-Id": {hook.key}}
}
