package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// endpoint starts an integration's webhook endpoint, which answers all deliveries alike, and puts its address into URL.
// What it receives goes to the file received, a line each: endpoint 401 '{"error": "signature"}'. Instead of a status it
// may have the name of a fault: hangs, closes, plain (which speaks no HTTP) or tls.
func endpoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: endpoint status|fault [answer]")
	}
	e := &receiver{file: ts.MkAbs("received"), released: make(chan struct{})}
	if status, err := strconv.Atoi(args[0]); err == nil {
		e.status = status
	} else {
		e.fault = args[0]
	}
	if len(args) == 2 {
		e.answer = args[1]
	}
	ts.Check(os.WriteFile(e.file, nil, 0o600))
	server := httptest.NewUnstartedServer(e)
	if e.fault == "tls" {
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate is what is wanted
		server.StartTLS()
	} else {
		server.Start()
	}
	ts.Defer(server.Close)
	ts.Defer(sync.OnceFunc(func() { close(e.released) })) // deferred calls run last first
	ts.Setenv("URL", server.URL)
	ts.Setenv("HOST", strings.TrimPrefix(strings.TrimPrefix(server.URL, "http://"), "https://"))
}

type receiver struct {
	file          string
	status        int
	fault, answer string
	released      chan struct{}

	mu sync.Mutex
	// n counts the deliveries.
	n int
}

func (e *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	e.note(r, body)
	switch e.fault {
	case "hangs":
		select {
		case <-e.released:
		case <-r.Context().Done():
		}
		return
	case "closes":
		panic(http.ErrAbortHandler)
	}
	if e.status/100 == 3 {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(e.status)
	fmt.Fprint(w, e.answer)
}

// note writes a delivery down: its topic, whether its signature is the one of the secret "geheim", and what is in it.
func (e *receiver) note(r *http.Request, body []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	mac := hmac.New(sha256.New, []byte("geheim"))
	mac.Write(body)
	signature := "badly signed"
	// The headers of WooCommerce, or of Shopify.
	header := func(names ...string) string { return r.Header.Get(names[0]) + r.Header.Get(names[1]) }
	if header("X-WC-Webhook-Signature", "X-Shopify-Hmac-Sha256") == base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		signature = "well signed"
	}
	var object struct {
		ID       json.Number
		Modified string `json:"date_modified_gmt"`
		Updated  string `json:"updated_at"`
	}
	_ = json.Unmarshal(body, &object) // what is no object has no id
	file, err := os.OpenFile(e.file, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintf(file, "%d: %s %s %s, delivery %s, %s, %d bytes, id %s, modified %s\n", e.n, r.Method, r.URL, header("X-WC-Webhook-Topic", "X-Shopify-Topic"),
		header("X-WC-Webhook-Delivery-ID", "X-Shopify-Webhook-Id"), signature, len(body), object.ID, object.Modified+object.Updated)
}

// changing is what differs from run to run in what the command prints.
var changing = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "HOST"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), "UUID"},
	{regexp.MustCompile(`[A-Za-z0-9+/]{43}=`), "SIGNATURE"},
	{regexp.MustCompile(`after [0-9.]+(ns|µs|ms|s)`), "after TIME"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC, [0-9.]+ s,`), "DAY, TIME,"},
	{regexp.MustCompile(`\d+ of \d+ planned specs`), "SOME of ALL planned specs"},
	{regexp.MustCompile(`of \d+ specs would run`), "of ALL specs would run"},
	{regexp.MustCompile(`(?s)\nNotes:\n.*?\n\n`), "\nNotes:\n   FACTS\n\n"},
}

// same compares a command's output with a file, but for what changes from run to run: same stdout want
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same stdout|stderr|file file")
	}
	got := strings.ReplaceAll(ts.ReadFile(args[0]), ts.Getenv("WORK"), "$WORK")
	for _, c := range changing {
		got = c.what.ReplaceAllString(got, c.as)
	}
	if want := ts.ReadFile(args[1]); got != want {
		ts.Fatalf("%s is not %s:\n%s", args[0], args[1], got)
	}
}

// deaf listens at an address in URL, where whoever asks is sent something that is no HTTP.
func deaf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: deaf text")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { listener.Close() })
	ts.Setenv("URL", "http://"+listener.Addr().String())
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1)) // an answer that comes before the request is another story
			fmt.Fprint(conn, args[0])
			conn.Close()
		}
	}()
}
