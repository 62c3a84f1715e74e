package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// fill gives a new object its times, in the shop's zone and in UTC.
func (w *woocommerce) fill(c *change, k *kind, body []byte) ([]byte, error) {
	fields := []*manifest.TimeField{k.created, k.UpdatedAt}
	for _, f := range fields {
		if f == nil {
			continue
		}
		if _, has := text(body, f.Field); !has {
			body = w.setTimes(c, body, f.Field)
		}
	}
	return body, nil
}

// setTimes sets a time in UTC and beside it the one in the shop's zone.
func (w *woocommerce) setTimes(c *change, body []byte, field string) []byte {
	local, gmt := w.times(c.now)
	return mustSet(mustSet(body, strings.TrimSuffix(field, "_gmt"), local), field, gmt)
}

// stamp moves the time of change, and what an order says of its status. The time of a coupon moves only with what the post
// itself holds: its code, description and status. The amount is beside it, and a change of it leaves no trace that a list
// could show.
func (w *woocommerce) stamp(c *change, k *kind, body []byte, fields map[string]any) ([]byte, error) {
	if _, moved := fields["status"]; moved {
		body = w.settle(c, k, body)
	}
	if k.UpdatedAt == nil {
		return body, nil
	}
	if said, there := fields[k.UpdatedAt.Field]; there {
		s, _ := said.(string)
		at, err := parseTime(manifest.NaiveUTC, s)
		if err != nil {
			return nil, err
		}
		local, _ := w.times(at)
		return mustSet(body, strings.TrimSuffix(k.UpdatedAt.Field, "_gmt"), local), nil
	}
	if k.Name == "coupons" && !slices.ContainsFunc(sortedKeys(fields), func(f string) bool {
		return f == "code" || f == "description" || f == "status"
	}) {
		return body, nil
	}
	return w.setTimes(c, body, k.UpdatedAt.Field), nil
}

// The notes that the trash makes in an object's meta data, and what it puts behind a slug.
const (
	metaStatus = "_wp_trash_meta_status"
	metaTime   = "_wp_trash_meta_time"
	metaSlug   = "_wp_desired_post_slug"
	trashed    = "__trashed"
)

// settle makes an object agree with its status.
func (w *woocommerce) settle(c *change, k *kind, body []byte) []byte {
	status, _ := text(body, "status")
	if k.Name == "orders" {
		total, _ := text(body, "total")
		owed := strings.Trim(total, "0.") != "" && slices.Contains([]string{"pending", "failed", "checkout-draft"}, status)
		body = mustSet(body, "needs_payment", strconv.FormatBool(owed))
		body = mustSet(body, "is_editable", strconv.FormatBool(status == "pending" || status == "on-hold"))
	}
	if status == "trash" {
		return body
	}
	kept, all := []json.RawMessage{}, 0
	if meta, ok := raw(body, "meta_data"); ok && meta[0] == '[' {
		elements(meta, 0, func(at span) bool {
			all++
			key, _ := text(meta[at.start:at.end], "key")
			if !slices.Contains([]string{metaStatus, metaTime, metaSlug}, key) {
				kept = append(kept, meta[at.start:at.end])
			}
			return true
		})
		if len(kept) < all {
			if code, ok := text(body, "code"); ok && k.Name == "coupons" { // its slug was not put back by the trash
				old, _ := encode(wooMeta{c.nextID(), "_wp_old_slug", code + trashed}) // text is always JSON
				kept = append(kept, old)
			}
			list, _ := encode(kept) // they were JSON before
			body = mustSet(body, "meta_data", string(list))
		}
	}
	if slug, _ := text(body, "slug"); strings.HasSuffix(slug, trashed) {
		slug = strings.TrimSuffix(slug, trashed)
		body = mustSet(body, "slug", strconv.Quote(slug))
		if link, ok := text(body, "permalink"); ok {
			shop, _, _ := strings.Cut(link, "/?")
			body = mustSet(body, "permalink", strconv.Quote(shop+"/product/"+slug+"/"))
		}
	}
	return body
}

// erase puts an object into the trash, and removes what is there already or has none.
func (w *woocommerce) erase(c *change, k *kind, r *record) error {
	if k.DeletedWhen == nil || r.text("status") == "trash" {
		c.remove(k, r)
		return w.along(c, manifest.Delete, k, r, nil)
	}
	body, err := w.discard(c, k, r)
	if err != nil {
		return err
	}
	after, err := c.replace(k, r, w.setTimes(c, body, k.UpdatedAt.Field))
	if err != nil {
		return err
	}
	return w.along(c, manifest.Delete, k, r, after)
}

// discard is an object's body in the trash: it notes what it was.
func (w *woocommerce) discard(c *change, k *kind, r *record) ([]byte, error) {
	was := r.text("status")
	notes := [][2]string{{metaStatus, was}, {metaTime, strconv.FormatInt(c.now.Unix(), 10)}}
	body := w.settle(c, k, mustSet(r.body, "status", `"trash"`))
	switch k.Name {
	case "orders":
		notes[0][1] = "wc-" + was
	case "products":
		slug := r.text("slug")
		notes = append(notes, [2]string{metaSlug, slug})
		body = mustSet(body, "slug", strconv.Quote(slug+trashed))
		if shop, _, ok := strings.Cut(r.text("permalink"), "/product/"); ok {
			body = mustSet(body, "permalink", strconv.Quote(shop+"/?post_type=product&p="+r.key))
		}
	case "coupons":
		notes = append(notes, [2]string{metaSlug, r.text("code")})
	}
	for _, note := range notes {
		made, err := encode(wooMeta{c.nextID(), note[0], note[1]})
		if err != nil {
			return nil, err
		}
		if body, err = added(body, "meta_data", made); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// wooMeta is an entry of an object's meta data.
type wooMeta struct {
	ID    int64  `json:"id"`
	Key   string `json:"key"`
	Value string `json:"value"`
}
