package reference

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
)

func oauthManifest() *manifest.Manifest {
	m := &manifest.Manifest{Source: "shop"}
	m.API.BaseURL = "https://{shop}.example.net/api"
	m.API.Auth = manifest.Auth{Kind: "header", Header: "X-Token", Credentials: []string{"access_token"}}
	m.OAuth = &manifest.OAuth{
		AuthorizePath: "/authorize", TokenPath: "/token", ScopeSeparator: ",", WriteIncludesRead: true,
		Callback: &manifest.Callback{Param: "hmac", TimestampParam: "timestamp", MaxAge: "90s"},
	}
	return m
}

func TestCallbackSignature(t *testing.T) {
	// printf 'code=…&…' | openssl dgst -sha256 -hmac hush, with the space of state written as + and as %20
	const plus, percent = "7f6c1b61569f8bfe09e9898efc4a5d3555ce04ca92b50034118b240cfe82487a", "7d420ea82c04091b6a4cd3a2f34834613490d16ef672a45f230b2f903bec28c3"
	at := time.Unix(1763899200, 0)
	verify := func(change func(q url.Values), now time.Time) error {
		q := url.Values{
			"timestamp": {"1763899200"}, "state": {"a b"}, "shop": {"a.example:80"}, "host": {"YWRtaW4=+x"}, "code": {"c0de01"}, "hmac": {plus},
		}
		change(q)
		c := connection{Account: Account{URL: "http://a.example:80", Credentials: map[string]string{clientSecret: "hush"}}}
		return verifyCallback(oauthManifest(), c, q, now)
	}
	same := func(url.Values) {}
	for name, err := range map[string]error{
		"as it came":      verify(same, at),
		"%20":             verify(func(q url.Values) { q.Set("hmac", percent) }, at),
		"upper case":      verify(func(q url.Values) { q.Set("hmac", strings.ToUpper(plus)) }, at),
		"90 s old":        verify(same, at.Add(90*time.Second)),
		"90 s to come":    verify(same, at.Add(-90*time.Second)),
		"a second before": verify(same, at.Add(time.Second)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"missing":        verify(func(q url.Values) { q.Del("hmac") }, at),
		"twice":          verify(func(q url.Values) { q.Add("hmac", plus) }, at),
		"no hex":         verify(func(q url.Values) { q.Set("hmac", "x") }, at),
		"another code":   verify(func(q url.Values) { q.Set("code", "c0de02") }, at),
		"another shop":   verify(func(q url.Values) { q.Set("shop", "b.example") }, at),
		"one more":       verify(func(q url.Values) { q.Set("extra", "1") }, at),
		"too old":        verify(same, at.Add(91*time.Second)),
		"too new":        verify(same, at.Add(-91*time.Second)),
		"without a time": verify(func(q url.Values) { q.Del("timestamp"); q.Set("hmac", plus) }, at),
	} {
		var status *httpError
		if !errors.As(err, &status) || status.status != http.StatusUnauthorized || !strings.HasPrefix(err.Error(), "signature") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheGrantIsOfTheAccountThatWasMeant(t *testing.T) {
	m := oauthManifest()
	for _, c := range []struct {
		url, given, shop string
		ok               bool
	}{
		{"https://acme.example.net", "", "acme.example.net", true},
		{"https://acme.example.net", "", "acme", true},
		{"https://acme.example.net", "", "other.example.net", false},
		{"http://127.0.0.1:99", "", "127.0.0.1:99", true},
		{"http://127.0.0.1:99", "", "127.0.0.1:98", false},
		{"http://127.0.0.1:99", "", "acme.example.net", false},
		{"http://127.0.0.1:99", "acme", "acme.example.net", true},
		{"http://127.0.0.1:99", "acme", "acme", true},
		{"http://127.0.0.1:99", "acme", "evil.example.net", false},
		{"https://acme.example.net.evil.test", "", "acme.example.net", false},
		{"https://acme.example.net", "", "", true},
	} {
		account := Account{URL: c.url, Values: map[string]string{}}
		if c.given != "" {
			account.Values["shop"] = c.given
		}
		err := verifyAccount(m, account, url.Values{"shop": {c.shop}})
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestScopesToAskFor(t *testing.T) {
	m := oauthManifest()
	m.API.Pagination.Next.From = "header_link"
	m.Objects = []manifest.Object{
		{Name: "orders", Sync: "orders", Scope: "read_orders", Key: []string{"id"}, Table: "orders", Webhooks: []manifest.Topic{
			{Topic: "orders/sent", Event: manifest.Update, Scope: "read_sendings"}}},
		{Name: "reports", Sync: "reports", Scope: "read_reports", NotApplicable: "gone"},
	}
	m.Scopes = []manifest.Scope{
		{Name: "read_orders", Enables: []string{"orders"}},
		{Name: "read_more_orders", Enables: []string{"orders"}},
		{Name: "read_old_orders", Enables: []string{"orders"}, Status: "retired"},
		{Name: "read_reports", Enables: []string{"reports"}},
		{Name: "read_sendings", Enables: []string{}},
		{Name: "read_nothing", Enables: []string{}},
		{Name: "write_hooks", Enables: []string{"webhooks"}},
	}
	s, err := newSource(m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"read_orders", "read_more_orders", "read_sendings"}, s.needed()); diff != "" {
		t.Error(diff)
	}
	m.Webhooks.Registration = &manifest.Registration{}
	if diff := cmp.Diff([]string{"read_orders", "read_more_orders", "read_sendings", "write_hooks"}, s.needed()); diff != "" {
		t.Error(diff)
	}

	asked := []string{"read_orders", "read_items", "write_hooks"}
	if diff := cmp.Diff([]string{"write_hooks"}, ungranted(m, asked, []string{"write_orders", "read_items", "read_hooks"})); diff != "" {
		t.Error(diff)
	}
	m.OAuth.WriteIncludesRead = false
	if diff := cmp.Diff([]string{"read_orders", "read_items"}, ungranted(m, asked, []string{"write_orders", "write_hooks"})); diff != "" {
		t.Error(diff)
	}
}
