package sandbox

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// BenchmarkList serves a list page by page, a hundred objects each.
func BenchmarkList(b *testing.B) {
	a := wooAccount(b, wooSandbox(b))
	pages := []*http.Request{}
	for _, page := range []string{"1", "2", "3"} {
		r := httptest.NewRequest(http.MethodGet, wooURL+"/wp-json/wc/v3/orders?status=any&orderby=id&order=asc&per_page=100&page="+page, nil)
		r.SetBasicAuth(wooKey, wooSecret)
		pages = append(pages, r)
	}
	served, bytes := 0, 0
	for b.Loop() {
		for _, r := range pages {
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r.Clone(r.Context()))
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
			served += 100
			bytes += w.Body.Len()
		}
	}
	b.ReportMetric(float64(served)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
}

// BenchmarkAccount opens accounts of one sandbox: untouched, and with one object changed.
func BenchmarkAccount(b *testing.B) {
	s := wooSandbox(b)
	for name, change := range map[string]func(*Account){
		"untouched": func(*Account) {},
		"changed": func(a *Account) {
			if _, err := a.Update("orders", "355", map[string]any{"customer_note": "changed"}); err != nil {
				b.Fatal(err)
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			var before, after runtime.MemStats
			var kept []*Account
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				a := wooAccount(b, s)
				change(a)
				kept = append(kept, a)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(kept)), "B/account")
			runtime.KeepAlive(kept)
		})
	}
}
