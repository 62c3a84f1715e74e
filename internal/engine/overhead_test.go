package engine_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/supervise"
)

// roleNothing is the role in which this test binary is a target that does nothing.
const roleNothing = "nothing-target"

// nothingTarget is the process's work in that role, and nothing in any other: a target that answers every verb at once and
// does nothing, but for what there would be nothing to judge without: connecting makes an integration, and a sync asks the
// source once.
func nothingTarget() {
	if os.Getenv(supervise.RoleEnv) != roleNothing {
		return
	}
	type account struct {
		Account     struct{ URL string }
		Credentials map[string]string
		Webhook     struct {
			BaseURL string `json:"base_url"`
		}
	}
	var mu sync.Mutex
	accounts := map[string]account{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			account
			ID string `json:"integration_id"`
		}
		verb := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		_ = json.NewDecoder(r.Body).Decode(&in) // not every verb has a body
		var answer any = struct{}{}
		mu.Lock()
		defer mu.Unlock()
		switch verb {
		case "describe":
			answer = map[string]any{"sources": map[string]any{"woocommerce": map[string]any{"scopes": []any{}, "functions": []any{}, "topics": []any{}}}}
		case "connect":
			id := integrate(r.Context(), in.Account.URL)
			accounts[id] = in.account
			answer = map[string]any{"integration_id": id, "company_id": id, "webhook_url": in.Webhook.BaseURL + "/hook"}
		case "register_webhooks":
			answer = map[string]any{"registered": []any{}}
		case "sync":
			a := accounts[in.ID]
			if req, err := http.NewRequest("GET", a.Account.URL+"/wp-json/wc/v3/products", nil); err == nil {
				req.SetBasicAuth(a.Credentials["consumer_key"], a.Credentials["consumer_secret"])
				if res, err := http.DefaultClient.Do(req); err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
			}
			answer = map[string]any{"functions": map[string]any{}}
		case "retry":
			answer = map[string]any{"retried": 0, "healed": 0}
		case "stats":
			answer = map[string]any{"objects": map[string]any{}}
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Getenv("SYNCSPEC_LISTEN"), handler))
	os.Exit(1)
}

// BenchmarkOverhead is what the harness itself takes: a whole run against a target that does nothing. Beside the time per spec of
// all of it stand that of the checks alone, and what a run takes before its first spec once Postgres is up.
func BenchmarkOverhead(b *testing.B) {
	j, err := engine.Prepare(engine.Options{Source: "woocommerce", Mode: engine.Sandbox, Reports: b.TempDir(),
		Command: &supervise.Command{Name: "nothing", Role: roleNothing}})
	if err != nil {
		b.Fatal(err)
	}
	j.Plan.Manifest.Webhooks.Deadline = "10ms" // patience with what never comes is not work
	shared, err := engine.Share(b.Context(), j)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := shared.Close(); err != nil {
			b.Error(err)
		}
	}()
	specs, opening, checking := 0, time.Duration(0), 0.0
	statuses := map[result.Status]int{}
	for b.Loop() {
		began := time.Now()
		session, err := engine.Open(b.Context(), j, nil, shared, 1)
		if err != nil {
			b.Fatal(err)
		}
		opening += time.Since(began)
		for _, s := range j.Plan.Specs {
			res, root := session.Run(b.Context(), s)
			if root != nil {
				b.Logf("%s %s: %s", root.Key(), root.Cause, root.Summary)
			}
			statuses[res.Status]++
			checking += res.Seconds
			specs++
		}
		b.Log(session.Timing())
		if err := session.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Log(statuses)
	if statuses[result.Fail] == 0 || statuses[result.Blocked] > 0 {
		b.Error("not all was judged")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(specs), "ns/spec")
	b.ReportMetric(checking*1e9/float64(specs), "check-ns/spec")
	b.ReportMetric(float64(opening.Milliseconds())/float64(b.N), "open-ms/run")
}
