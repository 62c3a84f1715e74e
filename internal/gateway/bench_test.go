package gateway

import (
	"io"
	"net/http"
	"testing"
)

// BenchmarkRequests asks for every interaction of the backfill in turn over loopback HTTP.
func BenchmarkRequests(b *testing.B) {
	g := startWoo(b)
	newAccount(b, g, "ck_bench", "backfill")
	interactions, err := wooRecording(b).Phase("backfill")
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			in := interactions[i%len(interactions)]
			req, err := http.NewRequest(http.MethodGet, g.URL()+in.URL.RequestURI(), nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.SetBasicAuth("ck_bench", "x")
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Errorf("%s: %d", in.Ref(), res.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// BenchmarkEnter is what a scenario pays for a phase that another has entered before.
func BenchmarkEnter(b *testing.B) {
	g := startWoo(b)
	a := newAccount(b, g, "ck_bench", "backfill")
	for b.Loop() {
		a.route.past = map[string][]*position{}
		if err := a.route.Enter("backfill"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonicalQuery(b *testing.B) {
	r := newRules(wooManifest())
	b.ReportAllocs()
	for b.Loop() {
		r.canonicalQuery("order=asc&orderby=id&page=1&per_page=100&status%5B0%5D=any&dates_are_gmt=1")
	}
}
