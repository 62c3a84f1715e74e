package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// grants opens a branch that has no token yet; issued collects those it issues.
func grants(t *testing.T, issued *[]string) *Account {
	return openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) {
		delete(c.Credentials, "token")
		c.Scopes = []string{"read_books", "write_readers"}
		c.Issued = func(token string) { *issued = append(*issued, token) }
	})
}

// authorize asks the owner, and returns the parameters of the call back.
func authorize(t *testing.T, a *Account, scope string) url.Values {
	t.Helper()
	q := url.Values{"client_id": {"app"}, "scope": {scope}, "state": {"s t&ä"}, "redirect_uri": {"http://127.0.0.1:9/back?of=library"}}
	w := request(a, http.MethodGet, "", "/oauth/authorize?"+q.Encode(), "")
	if w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	back, err := url.Parse(w.Header().Get("Location"))
	if err != nil || back.Host != "127.0.0.1:9" || back.Path != "/back" || back.Query().Get("of") != "library" {
		t.Fatalf("the owner is sent to %s (%v)", w.Header().Get("Location"), err)
	}
	return back.Query()
}

// exchange asks for a token.
func exchange(a *Account, fields map[string]string) (int, map[string]any) {
	all := map[string]string{"client_id": "app", "client_secret": "app-secret"}
	for name, v := range fields {
		all[name] = v
	}
	body, _ := json.Marshal(all)
	return tokenOf(request(a, http.MethodPost, "", "/oauth/token", string(body)))
}

func tokenOf(w *httptest.ResponseRecorder) (int, map[string]any) {
	var answer map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &answer)
	return w.Code, answer
}

func TestConsentIsSignedAndGrantsWhatThereIs(t *testing.T) {
	var issued []string
	a := grants(t, &issued)
	back := authorize(t, a, "read_books read_readers read_past nonsense")
	signed := "code=" + back.Get("code") + "&shop=north.example.test&state=s%20t%26%C3%A4&ts=" + "1777636800"
	mac := hmac.New(sha256.New, []byte("app-secret"))
	mac.Write([]byte(signed))
	if want := hex.EncodeToString(mac.Sum(nil)); back.Get("sig") != want || back.Get("state") != "s t&ä" || back.Get("shop") != "north.example.test" {
		t.Errorf("the call back has %v, want the signature %s", back, want)
	}
	status, answer := exchange(a, map[string]string{"code": back.Get("code")})
	token, _ := answer["access_token"].(string)
	if status != 200 || answer["scope"] != "read_books read_readers" || len(answer) != 2 {
		t.Errorf("the exchange gives %d %v", status, answer)
	}
	if len(issued) != 1 || issued[0] != token {
		t.Errorf("told of %q, issued %q", issued, token)
	}
	if got := request(a, http.MethodGet, token, "/oauth/scopes", "").Body.String(); got != `{"granted":[{"name":"read_books"},{"name":"read_readers"}]}` {
		t.Errorf("granted are %s", got)
	}
	if get(a, token, "/books").Code != 200 || get(a, token, "/readers").Code != 200 || get(a, "other", "/books").Code != 401 {
		t.Error("the token does not open what it grants, or another does")
	}
	if status, answer := exchange(a, map[string]string{"code": back.Get("code")}); status != 400 {
		t.Errorf("a code is taken twice: %d %v", status, answer)
	}
}

func TestTokenRequestsThatAreWrong(t *testing.T) {
	var issued []string
	a := grants(t, &issued)
	code := authorize(t, a, "read_books").Get("code")
	for name, fields := range map[string]map[string]string{
		"secret": {"code": code, "client_secret": "wrong"}, "client": {"code": code, "client_id": "other"}, "code": {"code": "other"},
		"grant": {"code": code, "grant_type": "password"}, "refresh": {"grant_type": "refresh_token", "refresh_token": "other"},
	} {
		if status, answer := exchange(a, fields); status != 400 {
			t.Errorf("a wrong %s: %d %v", name, status, answer)
		}
	}
	for _, query := range []string{"client_id=other&redirect_uri=http://a.example.test", "client_id=app", "client_id=app&redirect_uri=nowhere"} {
		if w := request(a, http.MethodGet, "", "/oauth/authorize?"+query, ""); w.Code != 400 {
			t.Errorf("asking with %s: %d", query, w.Code)
		}
	}
	if len(issued) != 0 {
		t.Errorf("tokens were issued: %q", issued)
	}
	form := "client_id=app&client_secret=app-secret&grant_type=authorization_code&code=" + code
	if status, answer := tokenOf(request(a, http.MethodPost, "", "/oauth/token", form)); status != 200 || answer["scope"] != "read_books" {
		t.Errorf("after all that the code, in a form, gives %d %v", status, answer)
	}
}

func TestExpiringTokens(t *testing.T) {
	var issued []string
	a := grants(t, &issued)
	status, first := exchange(a, map[string]string{"code": authorize(t, a, "read_books").Get("code"), "expiring": "1"})
	if status != 200 || first["expires_in"] != 3600.0 || first["refresh_token_expires_in"] != 7776000.0 {
		t.Fatalf("%d %v", status, first)
	}
	token, refresh := first["access_token"].(string), first["refresh_token"].(string)
	a.Advance(time.Hour - time.Second)
	if got := get(a, token, "/books").Code; got != 200 {
		t.Errorf("a second before its end the token gives %d", got)
	}
	a.Advance(time.Second)
	if got := get(a, token, "/books").Code; got != 401 {
		t.Errorf("at its end the token gives %d", got)
	}
	renew := func(refresh string) (int, map[string]any) {
		return exchange(a, map[string]string{"grant_type": "refresh_token", "refresh_token": refresh})
	}
	_, lost := renew(refresh) // its answer is lost: the old one must do once more
	status, second := renew(refresh)
	if status != 200 || second["refresh_token"] == refresh || second["access_token"] == token || second["access_token"] == lost["access_token"] {
		t.Fatalf("renewing again gives %d %v", status, second)
	}
	if got := get(a, second["access_token"].(string), "/books").Code; got != 200 {
		t.Errorf("the new token gives %d", got)
	}
	if status, _ := renew(refresh); status != 200 {
		t.Errorf("the old refresh token gives %d after the new access token was used: it ends with the new refresh token's use", status)
	}
	status, third := renew(second["refresh_token"].(string))
	if status != 200 {
		t.Errorf("the new refresh token gives %d %v", status, third)
	}
	if status, _ := renew(refresh); status != 400 {
		t.Errorf("the old refresh token works after the new one was used: %d", status)
	}
	if len(issued) != 5 {
		t.Errorf("%d tokens were told of", len(issued))
	}
}

// TestRefreshTokensEnd: by their age, and 30 days after their first use though what replaced them was never used.
func TestRefreshTokensEnd(t *testing.T) {
	const day = 24 * time.Hour
	var issued []string
	a := grants(t, &issued)
	renew := func(refresh any) (int, any) {
		status, answer := exchange(a, map[string]string{"grant_type": "refresh_token", "refresh_token": refresh.(string)})
		return status, answer["refresh_token"]
	}
	_, first := exchange(a, map[string]string{"code": authorize(t, a, "read_books").Get("code"), "expiring": "1"})
	a.Advance(60*day - time.Second)
	status, second := renew(first["refresh_token"])
	if status != 200 {
		t.Fatalf("a refresh token of less than 60 days gives %d", status)
	}
	a.Advance(30*day - time.Second)
	if status, _ := renew(first["refresh_token"]); status != 200 {
		t.Errorf("a second before 30 days have passed since its first use it gives %d", status)
	}
	a.Advance(time.Second)
	if status, _ := renew(first["refresh_token"]); status != 400 {
		t.Errorf("30 days after its first use, and a second before its own end, it gives %d", status)
	}
	a.Advance(60*day - time.Second)
	status, third := renew(second)
	if status != 200 {
		t.Fatalf("unused, a second before its end, it gives %d", status)
	}
	a.Advance(90 * day)
	if status, _ := renew(third); status != 400 {
		t.Errorf("unused, at its end, it gives %d", status)
	}
}

// TestGrantsAreToldOf: of accounts with one client id only the code, and later the refresh token, says whose token is asked for.
func TestGrantsAreToldOf(t *testing.T) {
	var told []string
	a := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) {
		delete(c.Credentials, "token")
		c.Granted = func(grant string) { told = append(told, grant) }
	})
	code := authorize(t, a, "read_books").Get("code")
	_, first := exchange(a, map[string]string{"code": code, "expiring": "1"})
	_, second := exchange(a, map[string]string{"grant_type": "refresh_token", "refresh_token": first["refresh_token"].(string)})
	if want := []string{code, first["refresh_token"].(string), second["refresh_token"].(string)}; !slices.Equal(told, want) {
		t.Errorf("told of %q, given away were %q", told, want)
	}
	exchange(a, map[string]string{"code": "other"})
	exchange(a, map[string]string{"code": authorize(t, a, "read_books").Get("code")}) // a token for good
	if len(told) != 4 {
		t.Errorf("told of %d", len(told))
	}
}
