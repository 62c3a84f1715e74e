package recorder

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	made "github.com/syncspec/syncspec/internal/recording"
)

var shop = sync.OnceValues(func() (*manifest.Manifest, error) { return manifest.Load("../../specs/shopify.yaml") })

func options(t *testing.T, dir string) Options {
	t.Helper()
	m, err := shop()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Manifest: m, Fixtures: os.DirFS("../../fixtures/shopify"), Dir: dir}
}

// recorded is a recording made once for all tests that only look at one.
var recorded = struct {
	sync.Once
	dir     string
	summary Summary
	err     error
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if recorded.dir != "" {
		_ = os.RemoveAll(recorded.dir)
	}
	os.Exit(code)
}

func record(t *testing.T) (string, Summary) {
	t.Helper()
	recorded.Do(func() {
		if recorded.dir, recorded.err = os.MkdirTemp("", "syncspec-recorder-*"); recorded.err == nil {
			recorded.summary, recorded.err = Record(context.Background(), options(t, filepath.Join(recorded.dir, "shopify")))
		}
	})
	if recorded.err != nil {
		t.Fatal(recorded.err)
	}
	return filepath.Join(recorded.dir, "shopify"), recorded.summary
}

// files are the contents of a folder, by path.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		out[path] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func differences(one, two map[string][]byte) []string {
	var out []string
	for name, data := range one {
		if other, ok := two[name]; !ok {
			out = append(out, name+" is only in the first")
		} else if !bytes.Equal(data, other) {
			out = append(out, name+" differs")
		}
	}
	for name := range two {
		if _, ok := one[name]; !ok {
			out = append(out, name+" is only in the second")
		}
	}
	slices.Sort(out)
	return out
}

func TestSameStateGivesSameBytes(t *testing.T) {
	dir, first := record(t)
	again := filepath.Join(t.TempDir(), "deeper", "shopify")
	second, err := Record(t.Context(), options(t, again))
	if err != nil {
		t.Fatal(err)
	}
	if first.Interactions != second.Interactions || first.Bytes != second.Bytes {
		t.Errorf("%s\n%s", first, second)
	}
	if d := differences(files(t, dir), files(t, again)); len(d) > 0 {
		t.Errorf("the second recording is another:\n%s", strings.Join(d, "\n"))
	}
	if left, err := os.ReadDir(filepath.Dir(again)); err != nil || len(left) != 1 {
		t.Errorf("beside the recording there are left: %v %v", left, err)
	}
}

// TestCommittedRecording: what is in the tree was made of the fixtures, the manifest and the sandbox that are in the tree.
func TestCommittedRecording(t *testing.T) {
	dir, _ := record(t)
	if d := differences(files(t, "../../cassettes/shopify"), files(t, dir)); len(d) > 0 {
		t.Errorf("make cassettes/shopify anew with: syncspec record shopify\n%d files differ, such as\n%s", len(d), strings.Join(d[:min(len(d), 5)], "\n"))
	}
}

func TestRecordingSaysWhatItIs(t *testing.T) {
	dir, summary := record(t)
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if i := rec.Info; i.Mode != "recorded-sandbox" || i.Software != "syncspec sandbox" || i.BaseURL != "https://syncspec-example.myshopify.com" ||
		i.APIVersion != "2026-07" || i.RecordedAt.Format("2006-01-02T15:04:05Z") != "2026-11-20T09:00:00Z" || !i.RecordedUntil.After(i.RecordedAt) {
		t.Errorf("%+v", i)
	}
	if names := rec.PhaseNames(); !slices.Equal(names, []string{"registration", "backfill", "changes", "after"}) {
		t.Errorf("phases %v", names)
	}
	if len(rec.CassetteNames()) != summary.Cassettes || summary.Interactions < 900 || summary.Interactions > 1500 || summary.Bytes > 6<<20 {
		t.Errorf("%s; loaded are %d cassettes", summary, len(rec.CassetteNames()))
	}
}

// TestRecordingHasNoSecrets scans every byte that was written.
func TestRecordingHasNoSecrets(t *testing.T) {
	dir, _ := record(t)
	for name, data := range files(t, dir) {
		if bytes.Contains(data, []byte(accessToken)) {
			t.Errorf("%s has the access token in it", name)
		}
	}
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := rec.Secrets(); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
	for _, phase := range rec.PhaseNames() {
		all, err := rec.Phase(phase)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range all {
			if in.RequestHeader.Get("X-Shopify-Access-Token") != scrubbed {
				t.Fatalf("%s: the token reads %q", in.Ref(), in.RequestHeader.Get("X-Shopify-Access-Token"))
			}
		}
	}
}

// TestRecordedDeliveries: every topic is told, some deliveries come twice and some late, and what one refers to was read.
func TestRecordedDeliveries(t *testing.T) {
	dir, summary := record(t)
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := rec.Deliveries()
	if err != nil || len(all) != summary.Deliveries {
		t.Fatalf("%d deliveries, %v", len(all), err)
	}
	m, _ := shop()
	told, ids, twice, late := map[string]int{}, map[string]string{}, 0, 0
	newest := map[string]string{}
	for _, d := range all {
		told[d.Topic]++
		header := http.Header{}
		for _, pair := range d.Header {
			header.Add(pair[0], pair[1])
		}
		id := header.Get(m.Webhooks.DeliveryIDHeader)
		if first, seen := ids[id]; seen {
			if twice++; first != string(d.Body) {
				t.Errorf("%s came before with another body", d.File)
			}
		}
		ids[id] = string(d.Body)
		if header.Get("X-Shopify-Topic") != d.Topic || header.Get("X-Shopify-Hmac-Sha256") == "" || d.Path != "/webhooks/shopify" || d.Phase == "" {
			t.Errorf("%s: %v", d.File, d)
		}
		doc, err := decode(d.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := doc.(map[string]any)
		object, _, _ := strings.Cut(d.Topic, "/")
		what, at := object+" "+scalarAt(body, "id"), scalarAt(body, "updated_at")
		if at != "" && at < newest[what] {
			late++
		}
		newest[what] = max(newest[what], at)
		if d.Topic == "orders/edited" {
			answers(t, rec, "changes", "/orders/"+scalarAt(body, "order_edit.order_id")+".json")
		}
	}
	if !slices.IsSortedFunc(all, func(a, b made.Delivery) int { return a.ReceivedAt.Compare(b.ReceivedAt) }) {
		t.Error("the deliveries are not in the order of arrival")
	}
	for _, topic := range m.Registrable() {
		if told[topic] == 0 {
			t.Errorf("nothing is told of %s", topic)
		}
	}
	if len(m.Registrable()) != 24 || twice < 3 || late < 4 || told["products/update"] < 14 {
		t.Errorf("%d topics, %d deliveries came twice, %d late, %d tell of products", len(m.Registrable()), twice, late, told["products/update"])
	}
}

// answers wants one answer to a path in a phase.
func answers(t *testing.T, rec *made.Recording, phase, path string) {
	t.Helper()
	all, err := rec.Phase(phase)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, in := range all {
		if strings.HasSuffix(in.URL.Path, path) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("phase %s has %d answers for %s", phase, n, path)
	}
}

// TestRecordingIsWhole: it holds every page of every list, before and after.
func TestRecordingIsWhole(t *testing.T) {
	dir, _ := record(t)
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := shop()
	sizes := map[string]map[string]int{}
	for _, phase := range []string{backfillPhase, afterPhase} {
		interactions, err := rec.Phase(phase)
		if err != nil {
			t.Fatal(err)
		}
		var answers []oracle.Answer
		for _, in := range interactions {
			answers = append(answers, oracle.Answer{Method: in.Method, URL: in.URL, Status: in.Status, Header: in.Header, Body: in.Body, Ref: in.Ref()})
		}
		offer, err := oracle.Collect(m, answers)
		if err != nil {
			t.Fatal(err)
		}
		for _, gap := range offer.Incomplete {
			t.Errorf("%s: %s", phase, gap)
		}
		sizes[phase] = map[string]int{}
		for name, p := range offer.Populations {
			sizes[phase][name] = len(p.Items)
		}
	}
	for name, want := range map[string][2]int{
		"orders": {262, 263}, "customers": {256, 256}, "products": {66, 66}, "checkouts": {5, 5}, "disputes": {3, 4}, "locations": {3, 3},
	} {
		if got := [2]int{sizes[backfillPhase][name], sizes[afterPhase][name]}; got != want {
			t.Errorf("%s: %v before and after, want %v", name, got, want)
		}
	}
	for i := range m.Objects {
		if o := m.Objects[i]; o.NotApplicable == "" && sizes[backfillPhase][o.Name] == 0 {
			t.Errorf("there are no %s", o.Name)
		}
	}
}

// TestGatewayServesIt walks the recording through the gateway, as a target does.
func TestGatewayServesIt(t *testing.T) {
	dir, _ := record(t)
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := shop()
	g, err := gateway.Start(t.Context(), gateway.Config{Manifest: m, Recording: rec})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}()
	route, err := g.Route("of the test")
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{manifest: m, origin: g.URL(), authorize: authorizer(m.API.Auth, "of the test"), client: http.DefaultClient, items: map[string][]item{}}
	if err := route.Enter(registrationPhase); err != nil {
		t.Fatal(err)
	}
	for _, topic := range m.Registrable() {
		if err := w.subscribe(t.Context(), *m.Webhooks.Registration, topic, "http://127.0.0.1:1/elsewhere"); err != nil {
			t.Error(err)
		}
	}
	for phase, orders := range map[string]int{backfillPhase: 262, afterPhase: 263} {
		if err := route.Enter(phase); err != nil {
			t.Fatal(err)
		}
		w.items = map[string][]item{}
		for i := range m.Objects {
			if err := w.object(t.Context(), &m.Objects[i]); err != nil {
				t.Fatalf("%s: %v", phase, err)
			}
		}
		if err := w.counts(t.Context()); err != nil {
			t.Error(err)
		}
		if len(w.items["orders"]) != orders {
			t.Errorf("%s: %d orders by way of the gateway, want %d", phase, len(w.items["orders"]), orders)
		}
	}
	if missed := route.Misses(); len(missed) > 0 {
		t.Errorf("%d requests were not recorded, such as %s %s", len(missed), missed[0].Method, missed[0].URL())
	}
}

func TestInterruptedRecordingLeavesTheOldOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shopify")
	old := map[string][]byte{made.SidecarName: []byte("mode: recorded-sandbox\nrecorded_at: 2026-01-01T00:00:00Z\n"), "orders.yaml": []byte("old")}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range old {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Record(ctx, options(t, dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d := differences(old, files(t, dir)); len(d) > 0 {
		t.Errorf("the old recording was touched: %v", d)
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
		t.Errorf("left over: %v %v", left, err)
	}
}

func TestOnlyWhatHasAScript(t *testing.T) {
	o := options(t, filepath.Join(t.TempDir(), "x"))
	other := *o.Manifest
	other.Source = "stripe"
	o.Manifest = &other
	if _, err := Record(t.Context(), o); err == nil || !strings.Contains(err.Error(), "recording stripe: the recorder has no series of changes") {
		t.Errorf("%v", err)
	}
}
