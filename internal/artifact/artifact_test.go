package artifact

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// kept writes and returns the folder of it.
func kept(t *testing.T, f Failed) string {
	t.Helper()
	reports := t.TempDir()
	folder, err := Write(t.Context(), reports, f)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(reports, filepath.FromSlash(folder))
}

// files are the names of the files in a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func content(t *testing.T, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWithDatabase(t *testing.T) {
	db := checktest.Start(t)
	for name, test := range map[string]func(*testing.T, *checktest.Database){
		"rows that differ": rowsThatDiffer, "rows of several tables": rowsOfSeveralTables, "rows without a difference": rowsWithout,
		"hard deletes": hardDeletes, "columns that are not there": columnsLacking, "too many rows": tooManyRows, "requests of what differs": requestsOfWhatDiffers, "the database is gone": databaseGone,
	} {
		t.Run(name, func(t *testing.T) { test(t, db) })
	}
}

func rowsThatDiffer(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.ask(scenario.FirstSync, "GET /parts", "GET /orders?page=1", "GET /orders/7")
	w.sql(`DELETE FROM shop_order WHERE shop_object_id = 3; UPDATE shop_order SET total = 5.01 WHERE shop_object_id = 2;
		UPDATE shop_order SET deleted_at = now() WHERE shop_object_id = 10; INSERT INTO shop_order (shop_object_id, status) VALUES (77, 'a "b", c'), (1, 'open')`)
	folder := kept(t, w.failed("accuracy/fields", "table", "shop_order"))
	if !strings.HasSuffix(filepath.ToSlash(folder), "/artifacts/accuracy/fields/shop_order") {
		t.Error("the folder is", folder)
	}
	same(t, "the files", files(t, folder), []string{"expected.csv", "found.csv", "rerun.sh", "result.json", "target.log", "traffic.har"})
	same(t, "expected", strings.Split(content(t, folder, "expected.csv"), "\n"), []string{
		"key,parent,deleted,status,total", "2,,false,paid,5", `3,,false,,\N`, "10,,false,open,*", ""})
	same(t, "found", strings.Split(content(t, folder, "found.csv"), "\n"), []string{
		"key,parent,deleted,status,total", `1,,false,open,\N`, "2,,false,paid,5.01", "10,,true,open,1", `77,,false,"a ""b"", c",\N`, ""})
	entries, comment := readHAR(t, folder)
	same(t, "the requests", asked(entries), []string{
		"GET https://backfilled.shop.test/v1/orders?page=1 -> 200", "GET https://backfilled.shop.test/v1/orders/7 -> 200"})
	if answered(entries[0]) != `{"asked":"/v1/orders?page=1"}` || comment != "" {
		t.Errorf("the answer is %q, the comment %q", answered(entries[0]), comment)
	}
	if got := content(t, folder, "target.log"); got != "starting\nsyncing\n" {
		t.Errorf("the log is %q", got)
	}
	if got := content(t, folder, "rerun.sh"); !strings.HasPrefix(got, "#!/bin/sh\n# ") || !strings.HasSuffix(got, ".\nsyncspec run shop --filter accuracy/fields\n") {
		t.Errorf("the command is %q", got)
	}
	if info, err := os.Stat(filepath.Join(folder, "rerun.sh")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the command cannot be run: %v %v", info.Mode(), err)
	}
	var rec record
	if err := json.Unmarshal([]byte(content(t, folder, "result.json")), &rec); err != nil {
		t.Fatal(err)
	}
	if rec.Key() != "accuracy/fields [shop_order]" || rec.Cause != "made-up" || rec.Artifacts != "artifacts/accuracy/fields/shop_order" ||
		rec.Scenario != scenario.Backfilled || len(rec.Files) != 5 || len(rec.NotKept) != 0 {
		t.Errorf("the result is %+v", rec)
	}
}

func rowsOfSeveralTables(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.sql("UPDATE shop_order SET status = 'x' WHERE shop_object_id = 1; DELETE FROM shop_line WHERE shop_object_id = 1")
	folder := kept(t, w.failed("accuracy/counts", "object", "orders"))
	same(t, "the files", files(t, folder), []string{"expected-shop_line.csv", "expected.csv", "found-shop_line.csv", "found.csv", "rerun.sh", "result.json", "target.log"})
	if got := content(t, folder, "expected-shop_line.csv"); got != "key,parent,deleted,sum\n1,1,false,-2\n" {
		t.Error(got)
	}
	if got := content(t, folder, "found-shop_line.csv"); got != "key,parent,deleted,sum\n" {
		t.Error(got)
	}
}

func rowsWithout(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	folder := kept(t, w.failed("configuration/stamps", "table", "shop_order"))
	if got := content(t, folder, "found.csv"); strings.Count(got, "\n") != 6 {
		t.Errorf("want all five rows:\n%s", got)
	}
	if !strings.Contains(content(t, folder, "result.json"), "5 rows that are in shop_order, in all, and none differs") {
		t.Error("the result does not say that no row differs")
	}
	folder = kept(t, w.failed("configuration/scopes", "source", "shop"))
	same(t, "the files of a subject without rows", files(t, folder), []string{"rerun.sh", "result.json", "target.log"})
}

func hardDeletes(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.Names.HardDeletes, w.Names.Deleted = true, ""
	w.Reader = scenario.NewReader(db.Reading, w.Names, "i1")
	folder := kept(t, w.failed("accuracy/fields", "table", "shop_order"))
	if got := content(t, folder, "expected.csv") + content(t, folder, "found.csv"); got != "key,parent,deleted,status,total\nkey,parent,deleted,status,total\n4,,false,trash,9\n" {
		t.Error(got)
	}
}

// columnsLacking: of what a table cannot tell nothing differs.
func columnsLacking(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.sql("ALTER TABLE shop_order DROP deleted_at; UPDATE shop_order SET status = 'x' WHERE shop_object_id = 4")
	folder := kept(t, w.failed("accuracy/counts", "object", "orders"))
	if got := content(t, folder, "expected.csv") + content(t, folder, "found.csv"); got !=
		"key,parent,deleted,status,total\n4,,true,trash,9\nkey,parent,deleted,status,total\n4,,*,x,9\n" {
		t.Error(got)
	}
	w.sql("UPDATE shop_order SET status = 'trash' WHERE shop_object_id = 4")
	folder = kept(t, w.failed("configuration/stamps", "table", "shop_order"))
	if !strings.Contains(content(t, folder, "result.json"), "5 rows that are in shop_order, in all, and none differs") {
		t.Error("what nobody can look at differs")
	}
}

func tooManyRows(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.sql("INSERT INTO shop_order (shop_object_id, status) SELECT n, 'extra' FROM generate_series(1000, 5999) n")
	folder := kept(t, w.failed("accuracy/fields", "table", "shop_order"))
	lines := strings.Split(strings.TrimSpace(content(t, folder, "found.csv")), "\n")
	if len(lines) != 1001 || !strings.HasPrefix(lines[1], "1000,") || !strings.HasPrefix(lines[1000], "1999,") {
		t.Errorf("%d lines, from %s to %s", len(lines), lines[1], lines[len(lines)-1])
	}
	if !strings.Contains(content(t, folder, "result.json"), "5000 rows that are in shop_order, that differ; 4000 of them are left out") {
		t.Error("nothing says how many are left out")
	}
}

// requestsOfWhatDiffers: of too many requests those that could have brought the wrong rows are kept.
func requestsOfWhatDiffers(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	var requests []string
	for n := range 250 {
		requests = append(requests, fmt.Sprintf("GET /orders/%d", 1000+n))
	}
	w.ask(scenario.FirstSync, append(requests, "GET /orders/2", "GET /orders/3")...)
	w.sql("UPDATE shop_order SET total = 7 WHERE shop_object_id = 3")
	entries, _ := readHAR(t, kept(t, w.failed("accuracy/fields", "table", "shop_order")))
	all := asked(entries)
	if last := all[len(all)-1]; !strings.HasSuffix(last, "/orders/3 -> 200") || strings.Contains(strings.Join(all, "\n"), "/orders/2 ") {
		t.Errorf("the last of %d requests is %s", len(all), last)
	}
}

func databaseGone(t *testing.T, db *checktest.Database) {
	w := newWorld(t, db)
	w.ask(scenario.FirstSync, "GET /orders")
	w.sql("DROP TABLE shop_order")
	reports := t.TempDir()
	folder, err := Write(t.Context(), reports, w.failed("accuracy/fields", "table", "shop_order"))
	if err == nil || !strings.Contains(err.Error(), "the rows of shop_order") {
		t.Errorf("the error is %v", err)
	}
	folder = filepath.Join(reports, folder)
	same(t, "the files", files(t, folder), []string{"rerun.sh", "result.json", "target.log", "traffic.har"})
	if !strings.Contains(content(t, folder, "result.json"), `"not_kept"`) {
		t.Error("the result does not say what is missing")
	}
}

func TestWithoutASnapshot(t *testing.T) {
	f := (&world{}).failed("scenario/backfilled", "source", "shop")
	f.Snapshot = nil
	same(t, "the files", files(t, kept(t, f)), []string{"rerun.sh", "result.json", "target.log"})
	f.Rerun, f.Log = "", ""
	same(t, "the files", files(t, kept(t, f)), []string{"result.json"})
}

// TestNoSecretIsKept: neither what the run knows nor what its place tells, in whatever form it went over the wire.
func TestNoSecretIsKept(t *testing.T) {
	db := checktest.Start(t)
	w := newWorld(t, db)
	quoted, _ := json.Marshal(password)
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Set-Cookie", "session="+token)
		rw.Header().Set("X-Echo", password)
		switch r.URL.Path {
		case "/v1/orders":
			_, _ = fmt.Fprintf(rw, `{"note": %s, "secret" : "%s", "access_token":"%s", "url":"http://x/?api_secret=%s&b=1"}`, quoted, hookKey, token, apiKey)
		case "/v1/orders/count": // no text at all
			rw.Header().Set("Content-Type", "application/octet-stream")
			_, _ = rw.Write([]byte("\xff\xfe" + password + "\xff"))
		case "/v1/orders/1": // cut off in the middle of a secret
			_, _ = rw.Write([]byte(strings.Repeat("x", 64<<10-5) + password))
		}
	}
	w.ask(scenario.Registration, `POST /webhooks {"topic":"order.updated","secret":"`+hookKey+`","note":`+string(quoted)+`}`)
	w.ask(scenario.FirstSync, "GET /orders?api_secret="+apiKey+"&page=1", "GET /orders/count", "GET /orders/1")
	w.Deliveries = []*scenario.Delivery{delivery("d-1", "order.updated", "orders", "1", `{"id":1,"note":`+string(quoted)+`,"secret":"`+hookKey+`"}`)}
	w.Deliveries[0].Answer.Body = "your password is " + password
	w.Deliveries = append(w.Deliveries, delivery("d-2", "order.updated", "", "", `broken {"note":`+string(quoted)+`,"secret":"`+hookKey+`"`))
	w.sql("INSERT INTO shop_order (shop_object_id, status) VALUES (99, '" + password + "')")
	f := w.failed("realtime/delivery-applied", "topic", "order.updated", "it says "+password)
	f.Log = "connecting with postgres://u:" + password + "@h/db\nAuthorization: Bearer " + token + `-x {"access_token":"` + token + `"}` + "\n"
	f.Rerun = "DATABASE_URL=postgres://u:" + password + "@h/db syncspec run"
	folder := kept(t, f)
	names := files(t, folder)
	same(t, "the files", names, []string{"delivery-1.json", "delivery-2.json", "expected.csv", "found.csv", "rerun.sh", "result.json", "target.log", "traffic.har"})
	for _, name := range names {
		text := content(t, folder, name)
		for what, secret := range map[string]string{"the password": password, "the password in JSON": string(quoted[1 : len(quoted)-1]),
			"half the password": "p4ss", "the account's key": apiKey, "the webhook's secret": hookKey, "a token": token} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s has %s: …%s…", name, what, text[max(0, i-60):min(len(text), i+60)])
			}
		}
	}
	entries, _ := readHAR(t, folder)
	binary := 0
	for _, e := range entries {
		if e["response"].(map[string]any)["content"].(map[string]any)["encoding"] == "base64" {
			binary++
			if body, err := base64.StdEncoding.DecodeString(answered(e)); err != nil || string(body) != "\xff\xfexxxxx\xff" {
				t.Errorf("what is no text is kept as %q: %v", body, err)
			}
		}
		for _, side := range []string{"request", "response"} {
			for _, h := range e[side].(map[string]any)["headers"].([]any) {
				switch name := h.(map[string]any)["name"].(string); name {
				case "Authorization", "Cookie", "Set-Cookie", "X-Api-Key":
					t.Errorf("the header %s is kept", name)
				}
			}
		}
	}
	if binary != 1 {
		t.Errorf("%d answers that are no text are kept", binary)
	}
	if text := content(t, folder, "delivery-1.json"); !strings.Contains(text, `"id": 1`) || !strings.Contains(text, `"secret": "[redacted]"`) || !strings.Contains(text, "X-Shop-Signature") {
		t.Errorf("the delivery is not what it was but for its secrets:\n%s", text)
	}
}

func TestWhichRequests(t *testing.T) {
	w := newWorld(t, nil)
	w.ask(scenario.Registration, `POST /webhooks {"topic":"order.updated"}`, `POST /webhooks {"topic":"part.updated"}`)
	w.ask(scenario.FirstSync, "GET /orders?page=1", "GET /orders?page=10", "GET /orders/count", "GET /orders/7", "GET /parts", "GET /elsewhere")
	const host = "https://backfilled.shop.test/v1"
	for _, c := range []struct {
		kind, subject, evidence string
		want                    []string
	}{
		{"object", "orders", "", []string{"/orders?page=1", "/orders?page=10", "/orders/count", "/orders/7"}},
		{"table", "shop_line", "", []string{"/orders?page=1", "/orders?page=10", "/orders/count", "/orders/7"}},
		{"function", "fetch_and_ingest_parts", "", []string{"/parts"}},
		{"scope", "read_parts", "", []string{"/parts"}},
		{"topic", "part.updated", "", []string{"/webhooks", "/parts"}},
		{"scope", "write_hooks", "", []string{"/webhooks", "/webhooks"}},
		{"object", "parts", "GET /v1/elsewhere was asked", []string{"/parts", "/elsewhere"}},
		{"source", "shop", "GET /v1/orders?page=1 was asked twice", []string{"/orders?page=1"}},
		{"source", "shop", "", []string{"/webhooks", "/webhooks", "/orders?page=1", "/orders?page=10", "/orders/count", "/orders/7", "/parts", "/elsewhere"}},
	} {
		entries, _ := readHAR(t, kept(t, w.failed("a/b", c.kind, c.subject, c.evidence)))
		var got []string
		for _, e := range entries {
			got = append(got, strings.TrimPrefix(e["request"].(map[string]any)["url"].(string), host))
		}
		same(t, c.kind+" "+c.subject+" "+c.evidence, got, c.want)
	}
}

// TestTheTrafficIsBounded: what is left out is the least important, and counted.
func TestTheTrafficIsBounded(t *testing.T) {
	w := newWorld(t, nil)
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "page=299" {
			rw.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = rw.Write([]byte(strings.Repeat("€", 30_000)))
	}
	var requests []string
	for n := range 300 {
		requests = append(requests, fmt.Sprintf("GET /orders?page=%d", n))
	}
	w.ask(scenario.FirstSync, requests...)
	folder := kept(t, w.failed("a/b", "object", "orders", "GET /v1/orders?page=290 was asked twice"))
	entries, comment := readHAR(t, folder)
	if len(entries) != 200 || comment != "100 of 300 requests and deliveries are left out" {
		t.Errorf("%d are kept: %s", len(entries), comment)
	}
	all := asked(entries)
	for n, want := range map[int]string{0: "page=0 -> 200", 197: "page=197 -> 200", 198: "page=290 -> 200", 199: "page=299 -> 500"} {
		if !strings.HasSuffix(all[n], want) {
			t.Errorf("request %d is %s, want %s", n, all[n], want)
		}
	}
	whole, size := 0, 0
	for _, e := range entries {
		size += len(answered(e))
		if len(answered(e)) > 50_000 {
			whole++
		}
	}
	if whole < 20 || size > 2<<20 || len(answered(entries[198])) < 50_000 {
		t.Errorf("%d bodies are kept, with %d bytes; that of the named request has %d", whole, size, len(answered(entries[198])))
	}
	if comment := fmt.Sprint(entries[0]["response"].(map[string]any)["content"].(map[string]any)["comment"]); !strings.Contains(comment, "bytes of 90000") {
		t.Errorf("nothing says that the body was cut off: %s", comment)
	}
}

func TestDeliveries(t *testing.T) {
	w := newWorld(t, nil)
	w.Scenario = scenario.Probed
	order := func(status string) *scenario.Probe {
		d := delivery("order "+status, "order.updated", "orders", "1", `{"id":1,"status":"`+status+`"}`)
		return &scenario.Probe{Object: "orders", Key: "1", Delivery: d}
	}
	good, bad := order("paid"), order("forged")
	w.offer(map[string][]string{"orders": {`{"id":1,"status":"paid"}`}})
	good.Expected, w.Expected = w.Expected.Objects["orders"]["1"], nil
	good.Row = &scenario.Row{Key: "1", Values: good.Expected.Row.Values, Deleted: true}
	bad.Proper = delivery("proper", "order.updated", "orders", "1", "not JSON \xff")
	w.Probes = map[scenario.ProbeName]*scenario.Probe{scenario.ProbeFirst: good, scenario.ProbeTampered: bad}
	w.Notices = []*scenario.NoticeProbe{{Good: delivery("notice", "app.removed", "", "", `{}`)}}

	folder := kept(t, w.failed("webhook/signature-refused", "signature", "tampered"))
	same(t, "the files", files(t, folder), []string{"delivery-1.json", "delivery-2.json", "rerun.sh", "result.json", "target.log", "traffic.har"})
	entries, _ := readHAR(t, folder)
	same(t, "the entries", asked(entries), []string{"POST http://127.0.0.1:1/hooks/i1 -> 200", "POST http://127.0.0.1:1/hooks/i1 -> 200"})
	if text := content(t, folder, "delivery-2.json"); !strings.Contains(text, `"body": "not JSON �"`) || !strings.Contains(text, `"body": "thank you"`) {
		t.Error(text)
	}

	folder = kept(t, w.failed("realtime/delivery-applied", "object", "orders"))
	if got := content(t, folder, "expected.csv") + content(t, folder, "found.csv"); got !=
		"after,key,parent,deleted,status,total\nfirst,1,,false,paid,*\nafter,key,parent,deleted,status,total\nfirst,1,,true,paid,*\n" {
		t.Error(got)
	}
	folder = kept(t, w.failed("webhook/notice-acknowledged", "topic", "app.removed"))
	same(t, "the files", files(t, folder), []string{"delivery-1.json", "rerun.sh", "result.json", "target.log", "traffic.har"})
	if got := content(t, folder, "delivery-1.json"); !strings.Contains(got, `"ref": "notice"`) || slices.Contains(files(t, folder), "delivery-2.json") {
		t.Error(got)
	}
}

// full is a disk with room for so many bytes.
type full struct {
	io.Writer
	room *int
}

func (f full) Write(p []byte) (int, error) {
	if len(p) > *f.room {
		n, _ := f.Writer.Write(p[:*f.room])
		*f.room -= n
		return n, syscall.ENOSPC
	}
	*f.room -= len(p)
	return f.Writer.Write(p)
}

// TestFullDisk: wherever the disk fills up, what is there is whole, and what is missing is said.
func TestFullDisk(t *testing.T) {
	w := newWorld(t, nil)
	w.ask(scenario.FirstSync, "GET /orders?page=1", "GET /orders?page=2")
	w.Deliveries = []*scenario.Delivery{delivery("d-1", "order.updated", "orders", "1", `{"id":1}`)}
	f := w.failed("a/b", "object", "orders")
	whole := map[string]string{}
	complete := kept(t, f)
	total := 0
	for _, name := range files(t, complete) {
		whole[name] = content(t, complete, name)
		total += len(whole[name])
	}
	for room := 0; room < total; room += 97 {
		reports, left := t.TempDir(), room
		folder, err := write(t.Context(), reports, f, standard(), func(to io.Writer) io.Writer { return full{to, &left} })
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
			t.Fatalf("with %d bytes of room the error is %v", room, err)
		}
		if folder == "" {
			if left, err := os.ReadDir(reports); err != nil || len(left) > 0 {
				t.Errorf("with %d bytes of room nothing is kept, and left are %v: %v", room, left, err)
			}
			continue
		}
		for _, name := range files(t, filepath.Join(reports, folder)) {
			if text := content(t, filepath.Join(reports, folder), name); name != "result.json" && text != whole[name] {
				t.Errorf("with %d bytes of room %s has %d bytes of %d", room, name, len(text), len(whole[name]))
			}
		}
	}
}

func TestClean(t *testing.T) {
	reports := t.TempDir()
	if err := Clean(filepath.Join(reports, "nowhere")); err != nil {
		t.Error(err)
	}
	f := (&world{}).failed("a/b", "source", "shop")
	f.Snapshot = nil
	if _, err := Write(t.Context(), reports, f); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(reports, "report.json")
	if err := os.WriteFile(report, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Clean(reports); err != nil {
		t.Fatal(err)
	}
	same(t, "what is left", files(t, reports), []string{"report.json"})
	if err := Clean(report); err == nil || !strings.Contains(err.Error(), "remove") {
		t.Errorf("a folder that is a file: %v", err)
	}
}

// TestAnotherTryReplacesTheFirst: a file of the first is not taken for one of the second.
func TestAnotherTryReplacesTheFirst(t *testing.T) {
	reports := t.TempDir()
	f := (&world{}).failed("a/b", "source", "shop")
	f.Snapshot = nil
	for range 2 {
		if _, err := Write(t.Context(), reports, f); err != nil {
			t.Fatal(err)
		}
		f.Log = ""
	}
	same(t, "the files", files(t, filepath.Join(reports, "artifacts/a/b/shop")), []string{"rerun.sh", "result.json"})
}

// TestNothingIsWrittenElsewhere: neither a name nor a link leads out of the report folder.
func TestNothingIsWrittenElsewhere(t *testing.T) {
	outside, reports := t.TempDir(), filepath.Join(t.TempDir(), "reports")
	f := (&world{}).failed("../../x", "source", "../../../y\x00/z")
	f.Snapshot = nil
	folder, err := Write(t.Context(), reports, f)
	if err != nil || !strings.HasPrefix(folder, "artifacts/") || !filepath.IsLocal(folder) {
		t.Errorf("%q: %v", folder, err)
	}
	same(t, "beside the report folder", files(t, filepath.Dir(reports)), []string{"reports"})
	if err := Clean(reports); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(reports, Folder)); err != nil {
		t.Fatal(err)
	}
	if folder, err := Write(t.Context(), reports, f); err == nil {
		t.Error("a link out of the report folder was followed: ", folder)
	}
	same(t, "outside", files(t, outside), nil)
	if err := Clean(reports); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(reports, Folder)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the link is still there: ", err)
	}
}
