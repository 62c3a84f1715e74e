package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// shopify is what Shopify does unlike any other. Where it is not known what it does, the comment says so.
type shopify struct {
	generic
	// zone is the shop's: times are written with its offset.
	zone *time.Location
}

func newShopify(g generic) *shopify {
	return &shopify{generic: g, zone: time.FixedZone("shop", int(time.Hour/time.Second))}
}

func (s *shopify) written(at time.Time) []byte { return quoted(at.In(s.zone).Format(time.RFC3339)) }

func (s *shopify) known(object string) []string {
	switch object {
	case "orders":
		return []string{"closed_at", "cancelled_at", "created_at"}
	case "products":
		return []string{"status"}
	case "checkouts":
		return []string{"closed_at"}
	case "transactions", "refunds", "fulfillments":
		return []string{"order_id"}
	case "product_variants":
		return []string{"product_id"}
	}
	return nil
}

// fill completes a new object: with its times, its global id, and every other field that objects of its kind have, in
// their order, for REST leaves none out. Nothing hangs below it yet.
func (s *shopify) fill(c *change, k *kind, body []byte) ([]byte, error) {
	for _, field := range map[string][]string{"orders": {"refunds", "fulfillments"}, "products": {"variants"}}[k.Name] {
		var err error
		if body, err = set(body, field, []byte("[]")); err != nil {
			return nil, err
		}
	}
	for _, field := range []string{"created_at", "updated_at", "processed_at"} {
		if _, has := raw(body, field); has || !s.likes(c, k, field) {
			continue
		}
		var err error
		if body, err = set(body, field, s.written(c.now)); err != nil {
			return nil, err
		}
	}
	if gid := s.globalID(c, k, body); gid != "" {
		var err error
		if body, err = set(body, "admin_graphql_api_id", quoted(gid)); err != nil {
			return nil, err
		}
	}
	return s.capped(k, inShape(body, s.newest(c, k)))
}

// newest is the body of the newest object of a kind, nil where there is none.
func (s *shopify) newest(c *change, k *kind) []byte {
	if all := c.store[k.Name].records; len(all) > 0 {
		return all[len(all)-1].body
	}
	return nil
}

// likes tells whether objects of a kind have a field; of a kind of which there is none the manifest knows the times.
func (s *shopify) likes(c *change, k *kind, field string) bool {
	if shape := s.newest(c, k); shape != nil {
		_, has := raw(shape, field)
		return has
	}
	return k.UpdatedAt != nil && k.UpdatedAt.Field == field || k.created != nil && k.created.Field == field
}

// globalID is the id by which GraphQL knows an object; empty where there is none.
func (s *shopify) globalID(c *change, k *kind, body []byte) string {
	name := map[string]string{
		"orders": "Order", "transactions": "OrderTransaction", "refunds": "Refund", "fulfillments": "Fulfillment",
		"products": "Product", "product_variants": "ProductVariant", "customers": "Customer", "locations": "Location",
		"inventory_items": "InventoryItem", "price_rules": "PriceRule", "marketing_events": "MarketingEvent",
	}[k.Name]
	id, _ := text(body, "id")
	if name != "" {
		return `gid:\/\/shopify\/` + name + `\/` + id
	}
	if k.Name != "inventory_levels" {
		return ""
	}
	// The number stands for the location and is not its id.
	location, _ := text(body, "location_id")
	item, _ := text(body, "inventory_item_id")
	n, err := strconv.ParseInt(location, 10, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(`gid:\/\/shopify\/InventoryLevel\/%d?inventory_item_id=%s`, n/7+1, item)
}

// inShape puts a body's fields into the order that another has them in. What the body lacks is null, an empty list or
// false; what the other lacks comes last.
func inShape(body, shape []byte) []byte {
	if shape == nil {
		return body
	}
	out := []byte{'{'}
	add := func(key, value []byte) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	members(shape, skipSpace(shape, 0), func(key, value span) bool {
		name, _ := scalar(shape[key.start:key.end])
		if own, has := find(body, []string{name}); has {
			add(shape[key.start:key.end], body[own.start:own.end])
			return true
		}
		add(shape[key.start:key.end], nothingLike(shape[value.start]))
		return true
	})
	members(body, skipSpace(body, 0), func(key, value span) bool {
		name, _ := scalar(body[key.start:key.end])
		if _, has := find(shape, []string{name}); !has {
			add(body[key.start:key.end], body[value.start:value.end])
		}
		return true
	})
	return append(out, '}')
}

// nothingLike is what stands in the place of a value that is not given, by the value's first byte.
func nothingLike(first byte) []byte {
	switch first {
	case '[':
		return []byte("[]")
	case 't', 'f':
		return []byte("false")
	}
	return []byte("null")
}

func (s *shopify) stamp(c *change, k *kind, body []byte, fields map[string]any) ([]byte, error) {
	if _, said := fields["updated_at"]; !said && k.UpdatedAt != nil {
		var err error
		if body, err = set(body, k.UpdatedAt.Field, s.written(c.now)); err != nil {
			return nil, err
		}
	}
	return s.capped(k, body)
}

// shownAddresses is how many of a customer's addresses there are to see.
const shownAddresses = 10

// capped leaves a customer the ten addresses that were touched last, the default one among them. No route gives the
// others, so they are not kept.
func (s *shopify) capped(k *kind, body []byte) ([]byte, error) {
	if k.Name != "customers" {
		return body, nil
	}
	list, ok := raw(body, "addresses")
	if !ok || list[0] != '[' {
		return body, nil
	}
	var all []json.RawMessage
	elements(list, 0, func(at span) bool {
		all = append(all, slices.Clone(list[at.start:at.end]))
		return true
	})
	if len(all) <= shownAddresses {
		return body, nil
	}
	for i := 0; len(all) > shownAddresses; {
		if first, _ := text(all[i], "default"); first == "true" {
			i++
			continue
		}
		all = slices.Delete(all, i, i+1)
	}
	value, err := encode(all)
	if err != nil {
		return nil, err
	}
	return set(body, "addresses", value)
}

// clear removes what hangs below an object: what is listed below it, and what is asked for by it. Of that nothing is told.
func (s *shopify) clear(c *change, k *kind, r *record) {
	for _, name := range sortedKeys(c.kinds) {
		below := c.kinds[name]
		for _, l := range slices.Concat(below.Lists, below.Alternatives) {
			for _, one := range slices.Clone(c.store[name].records) {
				each, batch := l.Each, l.Batch
				if each != nil && each.Object == k.Name && hangsOn(below, one, each.As) == r.text(each.Field) ||
					batch != nil && batch.Object == k.Name && one.text(batchField(below, batch.Param)) == r.text(batch.Field) {
					s.clear(c, below, one)
					c.remove(below, one)
				}
			}
		}
	}
}
