package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// runtimes are clients as they are written every day: not one of them knows of syncspec. Each is told where to go by
// variables alone, those that docs/reaching.md gives for it.
var runtimes = []struct {
	name string
	// needs is the program, and what it is to run to see that it can; command is built from that program's path.
	needs   string
	check   []string
	command []string
	// trust is the variable with the authority's file; also are further ones that its way through the proxy needs.
	trust string
	also  []string
}{
	{name: "go", needs: "go", command: []string{"golang"}, trust: "SSL_CERT_FILE"},
	{name: "python urllib", needs: "/usr/bin/python3", command: []string{"testdata/clients/with_urllib.py"}, trust: "SSL_CERT_FILE"},
	{name: "python requests", needs: "/usr/bin/python3", check: []string{"-c", "import requests"},
		command: []string{"testdata/clients/with_requests.py"}, trust: "REQUESTS_CA_BUNDLE"},
	{name: "python httpx", needs: "/usr/bin/python3", check: []string{"-c", "import httpx"},
		command: []string{"testdata/clients/with_httpx.py"}, trust: "SSL_CERT_FILE"},
	{name: "curl", needs: "curl", command: []string{"testdata/clients/with_curl.sh"}, trust: "CURL_CA_BUNDLE"},
	{name: "node fetch", needs: "node", check: []string{"-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"},
		command: []string{"testdata/clients/with_fetch.mjs"}, trust: "NODE_EXTRA_CA_CERTS", also: []string{preload}},
	{name: "node https", needs: "node", command: []string{"testdata/clients/with_https.cjs"}, trust: "NODE_EXTRA_CA_CERTS", also: []string{preload}},
}

// preload makes Node honour HTTPS_PROXY.
const preload = "NODE_OPTIONS=--require=../../fixtures/targets/node/proxy.cjs"

// client is a runtime's command, or the test is left out.
func clientOf(t *testing.T, needs string, check, command []string) []string {
	t.Helper()
	program, err := exec.LookPath(needs)
	if err != nil {
		skip(t, "with "+needs+", which is not there")
	}
	if check != nil {
		if out, err := exec.Command(program, check...).CombinedOutput(); err != nil {
			skip(t, fmt.Sprintf("with %s %s: %s", needs, strings.Join(check, " "), strings.TrimSpace(string(out))))
		}
	}
	switch {
	case command[0] == "golang":
		binary := filepath.Join(t.TempDir(), "client")
		build := exec.CommandContext(t.Context(), program, "build", "-buildvcs=false", "-o", binary, "./testdata/clients/golang")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return []string{binary}
	case strings.HasSuffix(command[0], ".sh"):
		return append([]string{"sh"}, command...)
	}
	return append([]string{program}, command...)
}

// skip leaves a test out and says so also without -v. Where everything must be tested it fails instead.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
		t.Fatalf("SYNCSPEC_REQUIRE_ALL=1, but cannot test %s", why)
	}
	fmt.Fprintf(os.Stderr, "SKIPPED %s: cannot test %s\n", t.Name(), why)
	t.SkipNow()
}

// pages answers two pages, of which the first links to the second at the host that was asked.
func pages(w http.ResponseWriter, req *http.Request) {
	if req.URL.Query().Get("page_info") == "" {
		w.Header().Set("Link", `<https://`+req.Host+req.URL.Path+`?page_info=2>; rel="next"`)
		_, _ = io.WriteString(w, "first\n")
		return
	}
	_, _ = io.WriteString(w, "second\n")
}

// run runs a client with nothing in its environment but what is given, and returns what it wrote.
func run(t *testing.T, command []string, env ...string) (out, errs string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(env, "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir(), "TMPDIR="+t.TempDir(), "TOKEN=hide_token")
	var said, complained strings.Builder
	c.Stdout, c.Stderr = &said, &complained
	err = c.Run()
	return said.String(), complained.String(), err
}

// TestUnmodifiedClients: programs of every kind that speak to https://north.myshopify.com reach the gateway by the proxy,
// and by its address with TLS.
func TestUnmodifiedClients(t *testing.T) {
	for _, r := range runtimes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			command := clientOf(t, r.needs, r.check, r.command)
			g := startSecure(t, shopManifest(), "https://{shop}.myshopify.com/admin/api")
			route := serving(t, g, "hide_token", pages)
			if err := route.Host("north.myshopify.com"); err != nil {
				t.Fatal(err)
			}
			trust := r.trust + "=" + g.CAFile()
			proxied := append([]string{"SOURCE_URL=https://north.myshopify.com", "HTTPS_PROXY=" + g.ProxyURL(), trust}, r.also...)
			for way, env := range map[string][]string{
				"proxy": proxied,
				"TLS":   {"SOURCE_URL=" + g.SecureURL(), trust},
			} {
				before := len(route.Log())
				out, errs, err := run(t, command, env...)
				if log := route.Log(); err != nil || out != "first\nsecond\n" || len(log) != before+2 {
					t.Errorf("by %s: %v, it wrote %q and %s; %d requests came, refused are %+v", way, err, out, errs, len(log)-before, g.Refused())
				}
			}
			if len(g.Refused())+len(g.Unrouted()) != 0 {
				t.Errorf("refused %+v, unrouted %+v", g.Refused(), g.Unrouted())
			}
			// What does not trust the run's authority gets nowhere, and that is told.
			before := len(route.Log())
			out, _, err := run(t, command, slices.DeleteFunc(proxied, func(kv string) bool { return kv == trust })...)
			if err == nil || out != "" || len(route.Log()) != before {
				t.Errorf("without %s: %v, it wrote %q", r.trust, err, out)
			}
			eventually(t, "a refusal that names the way out", func() bool {
				all := g.Refused()
				return len(all) == 1 && all[0].Method == "TLS" && strings.Contains(all[0].Why, "{source.ca_file}")
			})
		})
	}
}

// TestClientsThatAreSentElsewhere: what a client says when it asks the proxy for another host.
func TestClientsThatAreSentElsewhere(t *testing.T) {
	for _, r := range runtimes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			command := clientOf(t, r.needs, r.check, r.command)
			g := startSecure(t, shopManifest(), "https://{shop}.myshopify.com/admin/api")
			_, errs, err := run(t, command, append([]string{"SOURCE_URL=https://pay.invalid", "HTTPS_PROXY=" + g.ProxyURL(), r.trust + "=" + g.CAFile()}, r.also...)...)
			if err == nil || !strings.Contains(errs, "403") && !strings.Contains(errs, "refused by syncspec's proxy") {
				t.Errorf("%v: %s", err, errs)
			}
			if all := g.Refused(); len(all) == 0 || all[0].Host != "pay.invalid:443" || all[0].Method != http.MethodConnect {
				t.Errorf("refused: %+v", all)
			}
		})
	}
}

// TestNodeWithoutThePreload: the reason that there is one.
func TestNodeWithoutThePreload(t *testing.T) {
	command := clientOf(t, "node", []string{"-e", "process.exit(Number(process.versions.node.split('.')[0]) < 24 ? 0 : 1)"}, []string{"testdata/clients/with_fetch.mjs"})
	g := startSecure(t, shopManifest(), "https://{shop}.shop.invalid/api")
	route := serving(t, g, "hide_token", pages)
	env := []string{"SOURCE_URL=https://north.shop.invalid", "HTTPS_PROXY=" + g.ProxyURL(), "NODE_EXTRA_CA_CERTS=" + g.CAFile()}
	if _, errs, err := run(t, command, env...); err == nil || len(route.Log())+len(g.Refused()) != 0 {
		t.Errorf("without it: %v %s; %d requests came, refused are %+v", err, errs, len(route.Log()), g.Refused())
	}
	if out, errs, err := run(t, command, append(env, preload)...); err != nil || out != "first\nsecond\n" {
		t.Errorf("with it: %v %q %s", err, out, errs)
	}
}

// TestNodeBypassesTheProxy: what NO_PROXY names, and http, does not go through it.
func TestNodeBypassesTheProxy(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.invalid/api")
	route := serving(t, g, "hide_token", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct\n") })
	for _, file := range []string{"testdata/clients/with_fetch.mjs", "testdata/clients/with_https.cjs"} {
		command := clientOf(t, "node", nil, []string{file})
		for _, url := range []string{g.SecureURL(), g.URL()} {
			if strings.HasPrefix(url, "http:") && strings.HasSuffix(file, ".cjs") {
				continue // it speaks https alone
			}
			out, errs, err := run(t, command, "SOURCE_URL="+url, "HTTPS_PROXY="+g.ProxyURL(), "NO_PROXY=localhost, 127.0.0.1", "NODE_EXTRA_CA_CERTS="+g.CAFile(), preload)
			if err != nil || out != "direct\n" {
				t.Errorf("%s to %s: %v %q %s", file, url, err, out, errs)
			}
		}
	}
	if err := errors.Join(g.Close()); err != nil || len(g.Refused()) != 0 || len(route.Log()) != 3 {
		t.Errorf("%v; refused %+v, %d requests came", err, g.Refused(), len(route.Log()))
	}
}

// TestReachingIsDocumented: the page names for each runtime the variable that it was seen to take.
func TestReachingIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/reaching.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runtimes {
		words := strings.Fields(strings.ToLower(r.name))
		if !slices.ContainsFunc(strings.Split(string(page), "\n"), func(row string) bool {
			small := strings.ToLower(row)
			return strings.HasPrefix(row, "| ") && strings.Contains(small, words[0]) && strings.Contains(small, words[len(words)-1]) &&
				strings.Contains(row, "`HTTPS_PROXY`") && strings.Contains(row, "`"+r.trust+"`") && strings.Contains(row, "preload") == (r.also != nil)
		}) {
			t.Errorf("docs/reaching.md has no row of %s with %s", r.name, r.trust)
		}
	}
}
