package target_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/target"
)

const whole = `"integration_id":"i","company_id":"c","webhook_url":"http://127.0.0.1:1/w"`

// client speaks to a target that answers everything alike.
func client(t *testing.T, status int, body string) *target.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	c := target.NewClient(s.URL, 5*time.Second)
	t.Cleanup(c.Close)
	return c
}

var integration = target.Integration{ID: "i", CompanyID: "c", WebhookURL: "http://127.0.0.1:1/w"}

func TestConnect(t *testing.T) {
	for body, want := range map[string]target.Connected{
		`{` + whole + `}`:                          {Integration: integration},
		`{"authorize_url":"http://127.0.0.1:1/a"}`: {AuthorizeURL: "http://127.0.0.1:1/a"},
	} {
		got, err := client(t, 200, body).Connect(context.Background(), target.Connection{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", body, err, diff)
		}
	}
	for body, says := range map[string]string{
		`{}`:                     "lacks integration_id",
		`{"integration_id":"i"}`: "lacks integration_id",
		`{"authorize_url":"http://127.0.0.1:1/a",` + whole + `}`:        "one of the two",
		`{"authorize_url":"http://127.0.0.1:1/a","integration_id":"i"}`: "one of the two",
		`<html>`: "not the JSON",
	} {
		_, err := client(t, 200, body).Connect(context.Background(), target.Connection{})
		wantError(t, body, err, "target-garbage", 0, says)
	}
}

func TestAuthorized(t *testing.T) {
	c := client(t, 200, `{`+whole+`,"granted":["read_orders"]}`)
	got, err := c.Authorized(context.Background(), c.BaseURL()+"/oauth/shop/callback?code=hush")
	if diff := cmp.Diff(target.Authorized{Integration: integration, Granted: []string{"read_orders"}}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}

	c = client(t, 403, `{"error":"not connected: the owner did not grant read_orders"}`)
	_, err = c.Authorized(context.Background(), c.BaseURL()+"/oauth/shop/callback?code=hush")
	wantError(t, "refused", err, "target-refused", 403, "read_orders")

	c = client(t, 200, `{"integration_id":"i"}`)
	_, err = c.Authorized(context.Background(), c.BaseURL()+"/x?code=hush")
	wantError(t, "garbage", err, "target-garbage", 0, "lacks integration_id")

	_, err = c.Authorized(context.Background(), "/relative?code=hush")
	wantError(t, "no address", err, "target-garbage", 0, "no address")

	closed := httptest.NewServer(nil)
	closed.Close()
	_, err = c.Authorized(context.Background(), closed.URL+"/x?code=hush")
	wantError(t, "nobody there", err, "target-unreachable", 0, "no answer")
}

// wantError wants an Error with a cause, and never the code that a callback carries.
func wantError(t *testing.T, what string, err error, cause string, status int, says string) {
	t.Helper()
	var e *target.Error
	if !errors.As(err, &e) || e.Cause != cause || e.Status != status || !strings.Contains(e.Error(), says) {
		t.Errorf("%s: %#v, want %s with status %d that says %q", what, err, cause, status, says)
		return
	}
	if strings.Contains(e.Error(), "hush") {
		t.Errorf("%s: the error shows the code: %v", what, e)
	}
}
