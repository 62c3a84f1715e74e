package reference_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/recording"
)

func recordedDeliveries(t *testing.T) []recording.Delivery {
	t.Helper()
	d, err := recorded(t).Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	if len(d) != 77 {
		t.Fatalf("%d deliveries are recorded, want 77", len(d))
	}
	return d
}

// afterInOrder is the state that the recorded deliveries leave behind when they come as they were sent.
func afterInOrder(t *testing.T) (*world, []string) {
	t.Helper()
	w := newWorld(t, "backfill")
	w.sync(nil)
	for _, d := range recordedDeliveries(t) {
		w.replay(d)
	}
	return w, w.dump()
}

func TestDeliveriesInOrder(t *testing.T) {
	w, _ := afterInOrder(t)
	const (
		deleted = `SELECT (deleted_at IS NOT NULL)::text FROM `
		order   = deleted + `woocommerce_order WHERE woocommerce_object_id = $1`
		product = deleted + `woocommerce_product WHERE woocommerce_object_id = $1`
		coupon  = deleted + `woocommerce_coupon WHERE woocommerce_object_id = $1`
	)
	for _, id := range []int{505, 535, 565, 723} {
		w.want("true", order, id)
	}
	w.want("false", order, 361) // restored
	w.want("false", order, 718)
	w.want("true", product, 80)
	w.want("false", product, 140) // restored
	w.want("true", coupon, 335)
	w.want("false", coupon, 353) // restored
	w.want("true", deleted+`woocommerce_customer WHERE woocommerce_object_id = $1`, 52)

	// Trashing a product also says coupon.deleted with the product's id, and the other way round: no row is made.
	w.want("0", `SELECT count(*)::text FROM woocommerce_coupon WHERE woocommerce_object_id = 80`)
	w.want("0", `SELECT count(*)::text FROM woocommerce_product WHERE woocommerce_object_id = 335`)
	// A variation's update comes as product.updated: it belongs to the variation.
	for _, id := range []int{243, 273, 301} {
		w.want("0", `SELECT count(*)::text FROM woocommerce_product WHERE woocommerce_object_id = $1`, id)
		w.want("variations", `SELECT object_type FROM woocommerce_raw_ingest WHERE source = 'webhook' AND woocommerce_object_id = $1::int::text`, id)
	}
	// A coupon's amount changes without its time of change.
	w.want("2026-05-07 09:24:02+00", `SELECT max(woocommerce_updated_at)::text FROM woocommerce_coupon WHERE woocommerce_object_id = 334`)
	w.want("true", `SELECT (diff->'changed' ? 'amount')::text FROM woocommerce_raw_ingest WHERE topic = 'coupon.updated' AND woocommerce_object_id = '334'`)
	// Bodies that are the provider's errors are kept and change nothing: 5 came, 3 of them different per object.
	w.want("3", `SELECT count(*)::text FROM woocommerce_raw_ingest WHERE processing_status = 'error'`)
	w.want("3", `SELECT count(*)::text FROM woocommerce_raw_ingest WHERE processing_status = 'error' AND woocommerce_object_id IS NULL AND payload::jsonb ? 'code'`)
	w.want("0", `SELECT count(*)::text FROM woocommerce_raw_ingest WHERE processing_status = 'pending'`)

	stats := w.stats()
	if o := stats.Objects["orders"]; o.Rows != 324 || o.Deleted != 11 {
		t.Errorf("orders: %+v, want 324 rows (4 came in) and 11 deleted (8, 1 restored, 4 trashed)", o)
	}
}

func TestDeliveriesShuffledDuplicatedAndConcurrent(t *testing.T) {
	_, want := afterInOrder(t)
	seed := uint64(time.Now().UnixNano())
	for _, fixed := range []uint64{1, 2, seed} {
		t.Logf("seed %d", fixed)
		r := rand.New(rand.NewPCG(fixed, 0))
		deliveries := recordedDeliveries(t)
		deliveries = append(deliveries, deliveries[:40]...)
		r.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })

		w := newWorld(t, "backfill")
		w.sync(nil)
		var group sync.WaitGroup
		next := make(chan recording.Delivery)
		for range 8 {
			group.Go(func() {
				for d := range next {
					w.replay(d)
				}
			})
		}
		started := time.Now()
		for _, d := range deliveries {
			next <- d
		}
		close(next)
		group.Wait()
		t.Logf("%d deliveries in %s", len(deliveries), time.Since(started))
		got := w.dump()
		for _, lines := range [][]string{want, got} {
			slices.Sort(lines)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seed %d: state differs from that of the order sent (-want +got):\n%s", fixed, shorten(diff))
		}
		// The last count must have seen every row.
		if n := w.stats().Raw; n.Pending != 0 || n.Error != 3 {
			t.Errorf("seed %d: raw rows %+v", fixed, n)
		}
	}
}

func shorten(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = l[:min(len(l), 600)]
	}
	return strings.Join(lines[:min(len(lines), 60)], "\n")
}
