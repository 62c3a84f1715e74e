package scenario

import (
	"net/http"
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// TestTheSandboxIsAskedForItsCounts holds that a population's count is the source's own, and unknown where it is refused.
func TestTheSandboxIsAskedForItsCounts(t *testing.T) {
	m, err := manifest.Load("../../specs/shopify.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := sandbox.SeedFromFixtures(m, os.DirFS("../../fixtures/shopify"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Config{Manifest: m, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	credentials := map[string]string{"access_token": "tok_counts"}
	account, err := box.Open(sandbox.AccountConfig{Name: "north", URL: "http://127.0.0.1:1", Credentials: credentials, Scopes: grants(m)})
	if err != nil {
		t.Fatal(err)
	}
	i := &imitated{manifest: m, account: account, credentials: credentials}
	offer, err := i.inStore()
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, p := range offer.Populations {
		switch {
		case p.Object.Count == nil && p.Count != -1:
			t.Errorf("%s have a count, and the source has none of them", p.Object.Name)
		case p.Object.Count != nil && p.Count != len(p.Items):
			t.Errorf("%d %s are counted, %d offered", p.Count, p.Object.Name, len(p.Items))
		case p.Object.Count != nil:
			counted++
		}
	}
	if counted == 0 {
		t.Error("nothing was counted")
	}
	i.credentials = map[string]string{"access_token": "tok_other"}
	if offer, err = i.inStore(); err != nil || offer.Populations["orders"].Count != -1 {
		t.Errorf("a refusal was taken for a count: %d, %v", offer.Populations["orders"].Count, err)
	}
}

func TestProve(t *testing.T) {
	for name, c := range map[string]struct {
		auth         manifest.Auth
		header, want string
	}{
		"basic":  {manifest.Auth{Kind: "basic", Credentials: []string{"a", "b"}}, "Authorization", "Basic MTox"},
		"bearer": {manifest.Auth{Kind: "bearer", Credentials: []string{"a"}}, "Authorization", "Bearer 1"},
		"header": {manifest.Auth{Kind: "header", Header: "X-Token", Credentials: []string{"b"}}, "X-Token", "1"},
	} {
		req, err := http.NewRequest(http.MethodGet, "/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if prove(req, c.auth, map[string]string{"a": "1", "b": "1"}); req.Header.Get(c.header) != c.want {
			t.Errorf("%s: %v", name, req.Header)
		}
	}
}
