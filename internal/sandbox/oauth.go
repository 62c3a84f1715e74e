package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How long expiring tokens live, and how long a refresh token is taken again after its first use: whoever lost the answer
// has nothing else.
const (
	accessLife  = time.Hour
	refreshLife = 90 * 24 * time.Hour
	retryLife   = 30 * 24 * time.Hour
)

// renewal is a refresh token.
type renewal struct {
	scopes  []string
	expires time.Time
	// previous is the refresh token that this one came from, which works until this one is used.
	previous string
	// used is when it was used first; zero for never.
	used time.Time
}

// over tells whether it can be used no more.
func (r *renewal) over(now time.Time) bool {
	return !now.Before(r.expires) || !r.used.IsZero() && !now.Before(r.used.Add(retryLife))
}

// consent is the page on which the owner grants scopes. This owner grants at once what the account may grant of what was
// asked for, and is sent back with a code.
func (a *Account) consent(q *query) *answer {
	o := a.manifest.OAuth
	clientID := a.config.Credentials["client_id"]
	back, err := url.Parse(q.params.Get("redirect_uri"))
	switch {
	case q.Method != http.MethodGet:
		return a.provider.refuse(q, refusal{why: noRoute})
	case clientID == "" || q.params.Get("client_id") != clientID:
		return a.provider.refuse(q, refusal{why: badClient})
	case err != nil || back.Scheme == "" || back.Host == "":
		return a.provider.refuse(q, refusal{why: badRedirect, param: "redirect_uri", value: q.params.Get("redirect_uri")})
	}
	var scopes []string
	for scope := range strings.SplitSeq(q.params.Get("scope"), o.ScopeSeparator) {
		if scope = strings.TrimSpace(scope); a.holds(a.config.Scopes, scope) && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	a.mu.Lock()
	code := a.unique("code")
	a.codes[code] = &grant{scopes: scopes}
	now := a.now
	a.mu.Unlock()
	a.tellOfGrant(code)

	host := a.config.URL
	if u, err := url.Parse(a.config.URL); err == nil {
		host = u.Host
	}
	params := map[string]string{"code": code, "shop": host}
	if state := q.params.Get("state"); state != "" {
		params["state"] = state
	}
	if o.Callback != nil {
		if o.Callback.TimestampParam != "" {
			params[o.Callback.TimestampParam] = strconv.FormatInt(now.Unix(), 10)
		}
		params[o.Callback.Param] = a.signQuery(params)
	}
	query := joinQuery(params)
	if back.RawQuery != "" {
		query = back.RawQuery + "&" + query
	}
	back.RawQuery = query
	return &answer{status: http.StatusFound, header: http.Header{"Location": {back.String()}}}
}

// tellOfGrant tells of a code or refresh token, before anybody has it.
func (a *Account) tellOfGrant(grant string) {
	if a.config.Granted != nil {
		a.config.Granted(grant)
	}
}

// signQuery signs parameters as the manifest's oauth.callback says.
func (a *Account) signQuery(params map[string]string) string {
	mac := hmac.New(sha256.New, []byte(a.config.Credentials["client_secret"]))
	mac.Write([]byte(joinQuery(params)))
	return hex.EncodeToString(mac.Sum(nil))
}

// joinQuery writes parameters sorted and percent-encoded, a space as %20.
func joinQuery(params map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		parts = append(parts, percent(name)+"="+percent(params[name]))
	}
	return strings.Join(parts, "&")
}

func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// exchange gives a token for a code, or for a refresh token.
func (a *Account) exchange(q *query) *answer {
	sent := sentFields(q)
	want := a.config.Credentials
	if q.Method != http.MethodPost {
		return a.provider.refuse(q, refusal{why: noRoute})
	}
	if want["client_id"] == "" || sent["client_id"] != want["client_id"] ||
		subtle.ConstantTimeCompare([]byte(sent["client_secret"]), []byte(want["client_secret"])) != 1 {
		return a.provider.refuse(q, refusal{why: badClient})
	}
	var issued string
	var body map[string]any
	var r *refusal
	switch sent["grant_type"] {
	case "", "authorization_code":
		issued, body, r = a.exchangeCode(sent)
	case "refresh_token":
		issued, body, r = a.exchangeRefresh(sent)
	default:
		r = &refusal{why: badGrant, value: sent["grant_type"]}
	}
	if r != nil {
		return a.provider.refuse(q, *r)
	}
	if a.config.Issued != nil {
		a.config.Issued(issued)
	}
	if refresh, ok := body["refresh_token"].(string); ok {
		a.tellOfGrant(refresh)
	}
	doc, err := encode(body)
	if err != nil {
		return a.provider.refuse(q, refusal{why: badBody})
	}
	return reply(http.StatusOK, doc)
}

// sentFields reads a body of JSON or of a form.
func sentFields(q *query) map[string]string {
	fields := map[string]string{}
	if json.Valid(q.body) {
		var doc map[string]any
		dec := json.NewDecoder(strings.NewReader(string(q.body)))
		dec.UseNumber()
		if dec.Decode(&doc) == nil {
			for name := range doc {
				fields[name], _ = text(q.body, name)
			}
		}
		return fields
	}
	form, _ := url.ParseQuery(string(q.body)) // what cannot be read is left out
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields
}

func (a *Account) exchangeCode(sent map[string]string) (string, map[string]any, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.codes[sent["code"]]
	if g == nil {
		return "", nil, &refusal{why: badCode, param: "code"}
	}
	delete(a.codes, sent["code"])
	token, body := a.issue(g.scopes, sent["expiring"] == "1" || sent["expiring"] == "true", "")
	return token, body, nil
}

func (a *Account) exchangeRefresh(sent map[string]string) (string, map[string]any, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.refreshes[sent["refresh_token"]]
	if old == nil || old.over(a.now) {
		return "", nil, &refusal{why: badRefresh, param: "refresh_token"}
	}
	if old.used.IsZero() {
		old.used = a.now
	}
	delete(a.refreshes, old.previous)
	token, body := a.issue(old.scopes, true, sent["refresh_token"])
	return token, body, nil
}

// issue makes a token, and for one that expires a refresh token.
func (a *Account) issue(scopes []string, expiring bool, previous string) (string, map[string]any) {
	token := "token_" + a.unique("token")
	g := &grant{scopes: scopes}
	a.tokens[token] = g
	body := map[string]any{"access_token": token, "scope": strings.Join(scopes, a.manifest.OAuth.ScopeSeparator)}
	if expiring {
		g.expires = a.now.Add(accessLife)
		refresh := "refresh_" + a.unique("refresh")
		a.refreshes[refresh] = &renewal{scopes: scopes, expires: a.now.Add(refreshLife), previous: previous}
		body["expires_in"], body["refresh_token"] = int(accessLife.Seconds()), refresh
		body["refresh_token_expires_in"] = int(refreshLife.Seconds())
	}
	return token, body
}

// grantedScopes lists what the token grants.
func (a *Account) grantedScopes(q *query) *answer {
	o := a.manifest.OAuth.Granted
	list := make([]map[string]string, 0, len(q.token.scopes))
	for _, s := range q.token.scopes {
		list = append(list, map[string]string{o.Field: s})
	}
	doc, _ := encode(list) // names in lists are always JSON
	return reply(http.StatusOK, wrap(o.At, doc))
}
