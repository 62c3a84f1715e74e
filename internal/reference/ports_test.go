package reference_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

// The wrappers below are what a caller may write around the ports; each breaks one thing.

type stopAfterPage struct {
	reference.Fetcher
	last int
}

func (f stopAfterPage) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	page, err := f.Fetcher.Fetch(ctx, req)
	if req.Number >= f.last {
		page.Next = nil
	}
	return page, err
}

type saltedHash struct {
	reference.Hasher
	n *atomic.Int64
}

func (h saltedHash) Hash(doc reference.Document) (string, error) {
	hash, err := h.Hasher.Hash(doc)
	return fmt.Sprintf("%s-%d", hash, h.n.Add(1)), err
}

type hashAsReceived struct{}

func (hashAsReceived) Hash(doc reference.Document) (string, error) {
	sum := sha256.Sum256(doc.Payload)
	return hex.EncodeToString(sum[:]), nil
}

type believesAll struct{}

func (believesAll) Verify(reference.Delivery) error { return nil }

type moneyAsFloat struct{ reference.Refiner }

func (r moneyAsFloat) Refine(doc reference.Document) (reference.Row, error) {
	row, err := r.Refiner.Refine(doc)
	for _, f := range doc.Object.Fields {
		if v := row.Values[f.Column]; f.Type == manifest.Decimal && v != nil {
			x, _ := strconv.ParseFloat(*v, 64)
			s := fmt.Sprintf("%.2f", float64(int64(x*100))/100)
			row.Values[f.Column] = &s
		}
	}
	return row, err
}

func wrapped(wrap func(*reference.Ports)) option {
	return func(cfg *reference.Config) {
		cfg.Wrap = func(p reference.Ports) reference.Ports {
			wrap(&p)
			return p
		}
	}
}

func TestPortsCanBeWrapped(t *testing.T) {
	t.Run("fetcher", func(t *testing.T) {
		w := newWorld(t, "backfill", wrapped(func(p *reference.Ports) { p.Fetcher = stopAfterPage{p.Fetcher, 2} }))
		r := w.sync(map[string]any{"functions": []string{"fetch_and_ingest_orders"}})["fetch_and_ingest_orders"]
		if r.Fetched != 208 || r.Errors != 0 {
			t.Errorf("%+v, want two pages of 100 and 8 of the trash", r)
		}
	})
	body := []byte(`{"id":1,"total":"1.115","status":"x"}`)
	t.Run("hasher", func(t *testing.T) {
		var n atomic.Int64
		w := newWorld(t, "", wrapped(func(p *reference.Ports) { p.Hasher = saltedHash{p.Hasher, &n} }))
		w.exec(`DROP INDEX woocommerce_raw_ingest_dedupe`)
		w.delivered("order.updated", body)
		w.delivered("order.updated", body)
		w.want("2", `SELECT count(*)::text FROM woocommerce_raw_ingest WHERE processing_status = 'processed'`)
	})
	t.Run("hasher as received", func(t *testing.T) {
		w := newWorld(t, "", wrapped(func(p *reference.Ports) { p.Hasher = hashAsReceived{} }))
		w.delivered("order.updated", body)
		w.delivered("order.updated", []byte(`{"total":"1.115","id":1,"status":"x"}`))
		w.want("2", `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	})
	t.Run("verifier", func(t *testing.T) {
		w := newWorld(t, "", wrapped(func(p *reference.Ports) { p.Verifier = believesAll{} }))
		if status, _ := w.post(body, map[string]string{"X-WC-Webhook-Topic": "order.updated"}); status != http.StatusOK {
			t.Errorf("HTTP %d", status)
		}
	})
	t.Run("refiner", func(t *testing.T) {
		w := newWorld(t, "", wrapped(func(p *reference.Ports) { p.Refiner = moneyAsFloat{p.Refiner} }))
		w.delivered("order.updated", body)
		w.want("1.11", `SELECT total::text FROM woocommerce_order`)
	})
}

// TestOneBadObjectCostsNothingElse reads from a provider that is made up here.
func TestOneBadObjectCostsNothingElse(t *testing.T) {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/products/tags") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-WP-TotalPages", "1")
		fmt.Fprint(w, `[{"id":1,"name":"a","count":1},{"id":2,"name":"zero \u0000","count":1},{"id":3,"count":"many"},
			{"id":4,"name":"d","count":4},5,{"name":"no id"},{"id":1,"name":"again"},{"id":7,"name":"g"}]`)
	}))
	defer provider.Close()
	w := newWorld(t, "")
	w.connect(provider.URL, nil)
	got := w.sync(map[string]any{"functions": []string{"fetch_and_ingest_tags", "fetch_and_ingest_orders"}})
	if r := got["fetch_and_ingest_tags"]; r.Fetched != 8 || r.Ingested != 8 || r.Errors != 4 {
		t.Errorf("tags: %+v", r)
	}
	// Both lists are asked for once: a refusal is not tried again, and other functions go on.
	if r := got["fetch_and_ingest_orders"]; r.Errors != 2 || !strings.Contains(r.Error, "401") {
		t.Errorf("orders: %+v", r)
	}
	w.want("1=again 4=d 7=g", `SELECT string_agg(woocommerce_object_id || '=' || name, ' ' ORDER BY woocommerce_object_id) FROM woocommerce_product_tag`)
	w.want("1", `SELECT count::text FROM woocommerce_product_tag WHERE woocommerce_object_id = 1`)
	w.want("error,error,error,error", `SELECT string_agg(processing_status, ',') FROM woocommerce_raw_ingest WHERE error_message IS NOT NULL`)
}

// TestStandsAlone holds the reference to writing itself what the harness writes too.
func TestStandsAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if strings.HasPrefix(path, "github.com/syncspec/") && path != "github.com/syncspec/syncspec/internal/manifest" {
				t.Errorf("%s imports %s: the reference may share nothing but the manifest with the harness", file, path)
			}
		}
	}
}
