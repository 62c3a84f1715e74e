package reference_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

// TestKeysOfSeveralFields takes an inventory level, which has no id, through everything that a key is used for.
func TestKeysOfSeveralFields(t *testing.T) {
	s := newShop(t)
	s.lists("/locations.json", "locations", `{"id":31415}`)
	s.lists("/inventory_levels.json", "inventory_levels",
		`{"inventory_item_id":612345678901234567,"location_id":31415,"available":null,"updated_at":"2026-11-01T08:00:00Z","admin_graphql_api_id":"gid://shopify/InventoryLevel/99?inventory_item_id=612345678901234567"}`)
	wants(t, s.sync("", "fetch_and_ingest_inventory"), "fetch_and_ingest_inventory", 2, 2, 0)
	const level = ` FROM shopify_inventory_level WHERE inventory_item_id = 612345678901234567 AND location_id = 31415`
	s.want("612345678901234567/31415", `SELECT shopify_object_id FROM shopify_raw_ingest WHERE object_type = 'inventory_levels'`)
	s.want("612345678901234567/31415", `SELECT shopify_object_id`+level)
	s.want("<null>", `SELECT available::text`+level)

	s.delivered("inventory_levels/update", `{"inventory_item_id":612345678901234567,"location_id":31415,"available":-2,"updated_at":"2026-11-01T09:00:00Z"}`)
	s.want("-2", `SELECT available::text`+level)
	// Another location of the same item is another level.
	s.delivered("inventory_levels/connect", `{"inventory_item_id":612345678901234567,"location_id":7,"available":1,"updated_at":"2026-11-01T09:00:00Z"}`)
	s.want("2", `SELECT count(*)::text FROM shopify_inventory_level`)
	s.delivered("inventory_levels/disconnect", `{"inventory_item_id":612345678901234567,"location_id":31415}`)
	s.want("7:false 31415:true", `SELECT string_agg(location_id || ':' || (deleted_at IS NOT NULL), ' ' ORDER BY location_id) FROM shopify_inventory_level`)
	s.want("-2", `SELECT available::text`+level)
	s.want("612345678901234567/31415", `SELECT object_id FROM shopify_deletion`)
	// What was true before it was disconnected does not bring it back; what comes later does.
	s.delivered("inventory_levels/update", `{"inventory_item_id":612345678901234567,"location_id":31415,"available":5,"updated_at":"2026-11-23T11:59:59Z"}`)
	s.want("true", `SELECT (deleted_at IS NOT NULL)::text`+level)
	s.delivered("inventory_levels/connect", `{"inventory_item_id":612345678901234567,"location_id":31415,"available":6,"updated_at":"2026-11-23T12:00:01Z"}`)
	s.want("false", `SELECT (deleted_at IS NOT NULL)::text`+level)
	// A level that was never seen can be disconnected; that makes no row.
	s.delivered("inventory_levels/disconnect", `{"inventory_item_id":1,"location_id":2}`)
	s.want("2", `SELECT count(*)::text FROM shopify_inventory_level`)
	s.stored("inventory_levels/update", `{"inventory_item_id":1,"available":1}`, "location_id")

	_, err := s.db.Exec(t.Context(), `INSERT INTO shopify_inventory_level (integration_id, company_id, shopify_object_id, inventory_item_id, location_id)
		SELECT integration_id, company_id, 'another', inventory_item_id, location_id FROM shopify_inventory_level LIMIT 1`)
	if err == nil || !strings.Contains(err.Error(), "23505") {
		t.Errorf("the two ids are not unique together: %v", err)
	}
}

const edited = `{"order_edit":{"id":3,"order_id":871234567890123456,"line_items":{"additions":[{"id":5}],"removals":[]},"committed_at":"2026-11-23T10:00:00Z"}}`

func TestABodyThatOnlyRefersToItsObject(t *testing.T) {
	s := newShop(t)
	const path = "/orders/871234567890123456.json"
	s.says("GET "+path, http.StatusOK, `{"order":{"id":871234567890123456,"updated_at":"2026-11-23T10:00:00Z","name":"#88","line_items":[{"id":5,"quantity":2}]}}`)
	s.delivered("orders/edited", edited)
	s.want("#88", `SELECT name FROM shopify_order WHERE shopify_object_id = 871234567890123456`)
	s.want("5", `SELECT string_agg(shopify_object_id::text, ',') FROM shopify_line_item`)
	s.want("orders processed, orders/edited processed", `SELECT string_agg(object_type || ' ' || processing_status, ', ' ORDER BY object_type)
		FROM shopify_raw_ingest WHERE shopify_object_id = '871234567890123456'`)
	s.want(edited, `SELECT payload::text FROM shopify_raw_ingest WHERE object_type = 'orders/edited'`)

	// What was read is an update like any other: it cannot undo something newer.
	s.delivered("orders/updated", `{"id":871234567890123456,"updated_at":"2026-11-23T11:00:00Z","name":"#88 changed"}`)
	s.delivered("orders/edited", edited)
	s.want("#88 changed", `SELECT name FROM shopify_order`)
	if n := len(s.requests(path)); n != 2 {
		t.Errorf("read %d times, want once for each delivery", n)
	}
	s.stored("orders/edited", `{"order_edit":{"committed_at":"2026-11-23T10:00:00Z"}}`, "order_edit.order_id")
	s.want("orders/edited", `SELECT object_type FROM shopify_raw_ingest WHERE processing_status = 'error' AND shopify_object_id IS NULL`)
}

// TestAnUpdateThatCarriesKeysAlone: whatever is not deleted and comes without values has to be read.
func TestAnUpdateThatCarriesKeysAlone(t *testing.T) {
	m := *shopify(t)
	m.Objects = slices.Clone(m.Objects)
	i := slices.IndexFunc(m.Objects, func(o manifest.Object) bool { return o.Name == "disputes" })
	m.Objects[i].Webhooks = []manifest.Topic{{Topic: "disputes/update", Event: manifest.Update, Payload: "key"}}
	s := newShop(t, func(cfg *reference.Config) { cfg.Manifests = []*manifest.Manifest{&m} })
	s.says("GET /shopify_payments/disputes/7.json", http.StatusOK, `{"dispute":{"id":7,"status":"won"}}`)
	s.delivered("disputes/update", `{"id":7}`)
	s.want("won", `SELECT status FROM shopify_dispute WHERE shopify_object_id = 7`)
	s.want("disputes disputes/update", `SELECT string_agg(object_type, ' ' ORDER BY object_type) FROM shopify_raw_ingest WHERE shopify_object_id = '7'`)
}

func TestAnObjectThatCannotBeReadIsReadByRetry(t *testing.T) {
	s := newShop(t)
	const path = "/orders/871234567890123456.json"
	s.says("GET "+path, http.StatusForbidden, `{"errors":"[API] not now"}`)
	s.stored("orders/edited", edited, "HTTP 403 [API] not now")
	s.want("error", `SELECT processing_status FROM shopify_raw_ingest WHERE object_type = 'orders/edited' AND error_message LIKE '%not now%'`)
	s.want("0", `SELECT count(*)::text FROM shopify_order`)
	s.retry(1, 0)
	s.says("GET "+path, http.StatusOK, `{"order":null}`)
	s.retry(1, 0)
	s.want("true", `SELECT (error_message LIKE '%has no order%')::text FROM shopify_raw_ingest WHERE object_type = 'orders/edited'`)
	s.says("GET "+path, http.StatusOK, `{"order":{"id":871234567890123456,"name":"#1"}}`)
	s.retry(1, 1)
	s.want("#1", `SELECT name FROM shopify_order`)
	s.want("<null>", `SELECT error_message FROM shopify_raw_ingest WHERE object_type = 'orders/edited'`)
	s.retry(0, 0)

	// An edit that failed is done with once the order was read for a later one.
	s.says("GET "+path, http.StatusForbidden, `{"errors":"[API] not now"}`)
	s.stored("orders/edited", strings.Replace(edited, `"id":3`, `"id":4`, 1), "not now")
	s.says("GET "+path, http.StatusOK, `{"order":{"id":871234567890123456,"name":"#2"}}`)
	s.delivered("orders/edited", strings.Replace(edited, `"id":3`, `"id":5`, 1))
	s.requests(path)
	s.retry(1, 1)
	if asked := s.requests(path); len(asked) > 0 {
		t.Errorf("read once more for nothing: %v", asked)
	}
}

func TestReadingDoesNotOutlastTheDelivery(t *testing.T) {
	s := newShop(t)
	gone := make(chan struct{})
	s.on("GET /orders/871234567890123456.json", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // until the target gives up
		close(gone)
	})
	began := time.Now()
	s.stored("orders/edited", edited, "deadline")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the answer came after %s; the provider waits 5 s", took)
	}
	<-gone
}

func TestNoticesAreKeptAndChangeNothing(t *testing.T) {
	s := newShop(t)
	s.delivered("customers/create", `{"id":5150,"first_name":"Ada"}`)
	bodies := map[string]string{
		"app/uninstalled":        `{"id":77,"name":"A Shop"}`,
		"customers/data_request": `{"shop_id":77,"customer":{"id":5150},"data_request":{"id":3}}`,
		"customers/redact":       `{"shop_id":77,"customer":{"id":5150},"orders_to_redact":[1]}`,
		"shop/redact":            `{"shop_id":77}`,
	}
	for topic, body := range bodies {
		s.delivered(topic, body)
		s.delivered(topic, body) // sent again
		s.want("1", `SELECT count(*)::text FROM shopify_raw_ingest WHERE object_type = $1 AND topic = $1 AND processing_status = 'processed' AND shopify_object_id IS NULL`, topic)
		s.want(body, `SELECT payload::text FROM shopify_raw_ingest WHERE object_type = $1`, topic)
		if status, got := s.post([]byte(body), map[string]string{"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": "bm8="}); status != http.StatusUnauthorized {
			t.Errorf("%s with a bad signature: HTTP %d %s", topic, status, got)
		}
	}
	s.want("Ada", `SELECT first_name FROM shopify_customer WHERE deleted_at IS NULL`)
	s.want("5", `SELECT count(*)::text FROM shopify_raw_ingest`)
	var meta struct{ Notices map[string]time.Time }
	s.metadata(&meta)
	if len(meta.Notices) != len(bodies) || !meta.Notices["app/uninstalled"].Equal(s.clock.Now()) {
		t.Errorf("%+v", meta)
	}
	s.retry(0, 0)
	// The integration goes on: what was copied stays, and more may come.
	s.delivered("customers/update", `{"id":5150,"first_name":"Grace"}`)
	s.want("Grace", `SELECT first_name FROM shopify_customer`)
}

func product(updated string, variants ...int) string {
	list := make([]string, len(variants))
	for i, id := range variants {
		list[i] = fmt.Sprintf(`{"id":%d,"product_id":1,"price":"1.10","updated_at":"2026-11-01T00:00:00Z"}`, id)
	}
	return fmt.Sprintf(`{"id":1,"title":"t","updated_at":%q,"variants":[%s]}`, updated, strings.Join(list, ","))
}

func TestADeliveryTellsOfTheElementsInside(t *testing.T) {
	s := newShop(t)
	const variants = `SELECT string_agg(shopify_object_id || ':' || (deleted_at IS NOT NULL), ' ' ORDER BY shopify_object_id) FROM shopify_product_variant WHERE product_id = 1`
	s.delivered("products/create", product("2026-11-01T00:00:00Z", 11, 12))
	s.want("11:false 12:false", variants)
	s.want("product_variants=2 products=1", `SELECT string_agg(t || '=' || n, ' ' ORDER BY t) FROM (SELECT object_type t, count(*) n FROM shopify_raw_ingest GROUP BY 1) x`)
	s.delivered("products/update", product("2026-11-03T00:00:00Z", 12, 13))
	s.want("11:true 12:false 13:false", variants)
	// An older body knows nothing of what came since.
	s.delivered("products/update", product("2026-11-02T00:00:00Z", 11, 12))
	s.want("11:true 12:false 13:false", variants)
	// Without the array nothing is said of the variants.
	s.delivered("products/update", `{"id":1,"title":"new","updated_at":"2026-11-04T00:00:00Z"}`)
	s.want("11:true 12:false 13:false", variants)
	// With as many as are ever given there may be more.
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 + i
	}
	s.delivered("products/update", product("2026-11-05T00:00:00Z", hundred...))
	s.want("102", `SELECT count(*)::text FROM shopify_product_variant WHERE deleted_at IS NULL`)
	s.delivered("products/update", product("2026-11-06T00:00:00Z"))
	s.want("0", `SELECT count(*)::text FROM shopify_product_variant WHERE deleted_at IS NULL`)
}

func TestAnElementThatFailsIsHealedAlone(t *testing.T) {
	s := newShop(t)
	s.exec(`ALTER TABLE shopify_product_variant ADD CONSTRAINT no CHECK (shopify_object_id <> 12)`)
	s.stored("products/create", product("2026-11-01T00:00:00Z", 11, 12), "no")
	s.want("11", `SELECT string_agg(shopify_object_id::text, ',') FROM shopify_product_variant`)
	s.want("product_variants 12", `SELECT string_agg(object_type || ' ' || shopify_object_id, ',') FROM shopify_raw_ingest WHERE processing_status = 'error'`)
	s.retry(1, 0)
	s.exec(`ALTER TABLE shopify_product_variant DROP CONSTRAINT no`)
	s.retry(1, 1)
	s.want("11,12", `SELECT string_agg(shopify_object_id::text, ',' ORDER BY shopify_object_id) FROM shopify_product_variant`)
	s.want("1", `SELECT count(*)::text FROM shopify_product`)

	// What no element's raw row can tell is told by the product's, and retry takes the elements from it again.
	s.stored("products/update", `{"id":1,"updated_at":"2026-11-02T00:00:00Z","variants":{"no":"array"}}`, "variants of products")
	s.want("products", `SELECT object_type FROM shopify_raw_ingest WHERE processing_status = 'error'`)
	s.retry(1, 0)
}

func TestAnArrayThatIsCutLosesNoRow(t *testing.T) {
	s := newShop(t)
	address := func(ids ...int) string {
		var list []string
		for _, id := range ids {
			list = append(list, fmt.Sprintf(`{"id":%d,"city":"c"}`, id))
		}
		return `"addresses":[` + strings.Join(list, ",") + `]`
	}
	const count = `SELECT count(*)::text FROM shopify_customer_address`
	ten := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	s.delivered("customers/create", `{"id":1,"updated_at":"2026-11-01T00:00:00Z",`+address(ten...)+`}`)
	s.delivered("customers/update", `{"id":1,"updated_at":"2026-11-02T00:00:00Z",`+address(slices.Concat([]int{11}, ten[1:])...)+`}`)
	s.want("11", count)
	s.delivered("customers/update", `{"id":1,"updated_at":"2026-11-03T00:00:00Z",`+address(3, 11)+`}`)
	s.want("2", count)
}

func TestElementsKnownByTheirPlace(t *testing.T) {
	s := newShop(t)
	order := func(updated, lines string) string {
		return fmt.Sprintf(`{"id":1,"updated_at":%q,"tax_lines":[%s]}`, updated, lines)
	}
	const lines = `SELECT string_agg(shopify_object_id || '=' || COALESCE(title, '?') || ' ' || COALESCE(rate::text, '?'), ', ' ORDER BY shopify_object_id) FROM shopify_order_tax_line`
	s.delivered("orders/create", order("2026-11-01T00:00:00Z", `{"title":"VAT","rate":0.19},{"title":"VAT","rate":0.07}`))
	s.want("0=VAT 0.19, 1=VAT 0.07", lines)
	// Another thing at the same place has nothing of the former.
	s.delivered("orders/updated", order("2026-11-02T00:00:00Z", `{"title":"MwSt"}`))
	s.want("0=MwSt ?", lines)
	s.delivered("orders/updated", order("2026-11-03T00:00:00Z", ``))
	s.want("<null>", lines)
}
