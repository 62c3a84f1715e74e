package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

// watchedLog is a log that tells when a line matches.
type watchedLog struct {
	mu    sync.Mutex
	all   bytes.Buffer
	form  *regexp.Regexp
	found chan string
}

func (l *watchedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.form.FindSubmatch(p); m != nil {
		l.found <- string(m[1])
	}
	return l.all.Write(p)
}

func (l *watchedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func TestTermFinishesTheCallsInFlight(t *testing.T) {
	asked, release := make(chan bool, 1), make(chan bool)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		<-release
		w.Header().Set("X-WP-TotalPages", "1")
		fmt.Fprint(w, `[{"id":1,"name":"a"}]`)
	}))
	defer provider.Close()

	env := map[string]string{"DATABASE_URL": freshDatabase(t), "SYNCSPEC_MANIFESTS": "../../specs/woocommerce.yaml", "SYNCSPEC_LISTEN": "127.0.0.1:0"}
	log := &watchedLog{form: regexp.MustCompile(`msg=listening addr=(\S+)`), found: make(chan string, 1)}
	ended := make(chan error, 1)
	go func() {
		ended <- reference.Run(context.Background(), func(name string) string { return env[name] }, log)
	}()
	w := &world{t: t}
	select {
	case addr := <-log.found:
		w.target = "http://" + addr
	case err := <-ended:
		t.Fatal(err)
	}
	w.connect(provider.URL, nil)

	synced := make(chan string, 1)
	go func() {
		in, _ := json.Marshal(map[string]any{"integration_id": w.integration, "functions": []string{"fetch_and_ingest_tags"}})
		resp, err := speaking(t).Post(w.target+"/conformance/v1/sync", "application/json", bytes.NewReader(in))
		if err != nil {
			synced <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		synced <- string(body)
	}()
	<-asked
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	// Once nobody new is let in, the end has begun.
	fresh := &http.Client{Transport: judged{t, &http.Transport{DisableKeepAlives: true}}, Timeout: time.Second}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		resp, err := fresh.Get(w.target + "/healthz")
		if err != nil {
			break
		}
		resp.Body.Close()
	}
	close(release)
	if got := <-synced; !strings.Contains(got, `"ingested":1`) {
		t.Errorf("the sync in flight ended with %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"cs_test", "ck_test", webhookSecret} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has the secret %s", secret)
		}
	}
}

func TestOneOrderHammered(t *testing.T) {
	w := newWorld(t, "")
	const versions = 120
	order := rand.New(rand.NewPCG(7, 0)).Perm(2 * versions)
	next := make(chan int)
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			for v := range next {
				w.delivered("order.updated", orderBody(v))
			}
		})
	}
	for _, v := range order {
		next <- v % versions // each version twice
	}
	close(next)
	group.Wait()
	w.want("119", `SELECT status FROM woocommerce_order`)
	w.want("119,120", `SELECT string_agg(woocommerce_object_id::text, ',' ORDER BY woocommerce_object_id) FROM woocommerce_order_line_item`)
	w.want("120", `SELECT count(*)::text FROM woocommerce_raw_ingest WHERE processing_status = 'processed'`)
	if s := w.stats(); s.Raw.Processed != versions || s.Objects["orders"].Rows != 1 {
		t.Errorf("%+v", s)
	}
}

// orderBody is version v of an order whose line items change with every version.
func orderBody(v int) []byte {
	at := time.Date(2026, 1, 1, 0, 0, v, 0, time.UTC).Format("2006-01-02T15:04:05")
	return order(1, at, fmt.Sprintf(`"status":"%d","line_items":[{"id":%d},{"id":%d}]`, v, v, v+1))
}

func TestSyncsAtOnce(t *testing.T) {
	w := newWorld(t, "backfill")
	totals := make(chan int, 3)
	var group sync.WaitGroup
	for range cap(totals) {
		group.Go(func() {
			sum := 0
			for name, r := range w.sync(nil) {
				if r.Errors > 0 {
					t.Errorf("%s: %+v", name, r)
				}
				sum += r.Ingested
			}
			totals <- sum
		})
	}
	group.Wait()
	close(totals)
	sum := 0
	for n := range totals {
		sum += n
	}
	w.want(fmt.Sprint(sum), `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	w.want("320", `SELECT count(*)::text FROM woocommerce_order`)
}
