package reference

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// verifyCallback checks that the provider sent the owner back, just now, and from the account that was meant.
func verifyCallback(m *manifest.Manifest, c connection, query url.Values, now time.Time) error {
	if rule := m.OAuth.Callback; rule != nil {
		if err := verifyCallbackSignature(rule, c.Account.Credentials[clientSecret], query); err != nil {
			return err
		}
		if err := verifyAge(rule, query, now); err != nil {
			return err
		}
	}
	return verifyAccount(m, c.Account, query)
}

// verifyCallbackSignature checks the hexadecimal HMAC over all other parameters as a query: sorted by name,
// percent-encoded, joined. The values as they read decoded would be another text.
func verifyCallbackSignature(rule *manifest.Callback, secret string, query url.Values) error {
	unauthorized := func(why string) error {
		return &httpError{http.StatusUnauthorized, fmt.Errorf("%w of the callback: parameter %s %s", ErrSignature, rule.Param, why)}
	}
	given := query[rule.Param]
	if len(given) != 1 || given[0] == "" {
		return unauthorized("must be there once")
	}
	others := maps.Clone(query)
	delete(others, rule.Param)
	got, err := hex.DecodeString(given[0])
	if err != nil {
		return unauthorized("is not hexadecimal")
	}
	// Encoders differ in how they write a space, and the provider's is not known.
	form := others.Encode()
	for _, text := range []string{form, strings.ReplaceAll(form, "+", "%20")} {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(text))
		if hmac.Equal(got, mac.Sum(nil)) {
			return nil
		}
	}
	return unauthorized("does not fit the other parameters and the client secret")
}

// verifyAge refuses a callback that somebody may have kept. One from the future is as wrong.
func verifyAge(rule *manifest.Callback, query url.Values, now time.Time) error {
	most, err := time.ParseDuration(rule.MaxAge)
	if rule.TimestampParam == "" || err != nil || most <= 0 {
		return nil
	}
	seconds, err := strconv.ParseInt(query.Get(rule.TimestampParam), 10, 64)
	if err != nil {
		return &httpError{http.StatusUnauthorized, fmt.Errorf("%w of the callback: parameter %s is no Unix time", ErrSignature, rule.TimestampParam)}
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > most || age < -most {
		return &httpError{http.StatusUnauthorized, fmt.Errorf("%w of the callback: it is %s old, and may be %s: connect again", ErrSignature, age.Round(time.Second), most)}
	}
	return nil
}

// verifyAccount refuses the grant of another account than the one that was to be connected. The callback may give the
// account's name as base_url has it, the whole host, or the host of the address that the account is reached by.
func verifyAccount(m *manifest.Manifest, account Account, query url.Values) error {
	names := accountNames(m, account)
	expected := []string{filledHost(m, names)}
	if u, err := url.Parse(account.URL); err == nil {
		expected = append(expected, u.Host)
	}
	host, _ := splitBase(m)
	for _, found := range placeholderForm.FindAllStringSubmatch(host, -1) {
		name := found[1]
		got := query.Get(name)
		if got == "" || got == names[name] || slices.Contains(expected, got) {
			continue
		}
		return forbidden("%s: the grant is of %q, and %s was to be connected; if that is the same account, connect with account.%s", name, got, account.URL, name)
	}
	return nil
}
