package reference_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

type registrations []reference.Registration

func (r registrations) of(topic string) reference.Registration {
	for _, one := range r {
		if one.Topic == topic {
			return one
		}
	}
	return reference.Registration{}
}

func (s *shop) register() registrations {
	s.t.Helper()
	var out struct{ Registered registrations }
	s.call("POST", "/conformance/v1/register_webhooks", map[string]string{"integration_id": s.integration}, &out)
	return out.Registered
}

// hooks answers registrations, and counts them by topic.
func (s *shop) hooks(refuse func(topic string, try int) (status int, body string)) func(topic string) int {
	tries := map[string]int{}
	s.on("POST /webhooks.json", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Error(err)
		}
		var in struct {
			Webhook struct{ Topic, Address, Format string }
		}
		if err := json.Unmarshal(body, &in); err != nil || in.Webhook.Format != "json" || in.Webhook.Address != s.webhookURL {
			s.t.Errorf("registration %s: %v", body, err)
		}
		s.mu.Lock()
		tries[in.Webhook.Topic]++
		n := tries[in.Webhook.Topic]
		s.mu.Unlock()
		if status, body := refuse(in.Webhook.Topic, n); status != 0 {
			answer(w, status, body)
			return
		}
		answer(w, http.StatusCreated, fmt.Sprintf(`{"webhook":{"id":6001,"topic":%q,"address":%q}}`, in.Webhook.Topic, in.Webhook.Address))
	})
	return func(topic string) int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return tries[topic]
	}
}

const someTopic = "orders/create"

func refuseOnce(status int) func(string, int) (int, string) {
	return func(topic string, try int) (int, string) {
		if topic == someTopic && try == 1 {
			return status, `{"errors":"Something went wrong"}`
		}
		return 0, ""
	}
}

func TestRegistrationInAnEnvelope(t *testing.T) {
	s := newShop(t)
	tries := s.hooks(func(string, int) (int, string) { return 0, "" })
	got := s.register()
	if len(got) != 24 {
		t.Errorf("%d topics, want the 24: %+v", len(got), got)
	}
	for _, r := range got {
		if r.Status != "registered" || r.ID != "6001" || r.Error != "" || !r.At.Equal(s.clock.Now()) {
			t.Errorf("%+v", r)
		}
	}
	for topic, times := range map[string]int{"app/uninstalled": 1, "orders/edited": 1, "products/update": 1, "customers/redact": 0, "shop/redact": 0} {
		if n := tries(topic); n != times {
			t.Errorf("%s was registered %d times, want %d", topic, n, times)
		}
	}
	var meta struct {
		Webhooks map[string]reference.Registration
	}
	s.metadata(&meta)
	if r := meta.Webhooks[someTopic]; len(meta.Webhooks) != 24 || r.Status != "registered" || r.ID != "6001" || !r.At.Equal(s.clock.Now()) {
		t.Errorf("%+v", meta)
	}
	s.register()
	if n := tries(someTopic); n != 1 {
		t.Errorf("registering again asked %d times", n)
	}
}

func TestAFailedRegistrationIsTriedAgain(t *testing.T) {
	t.Run("within the call", func(t *testing.T) {
		s := newShop(t)
		tries := s.hooks(refuseOnce(http.StatusInternalServerError))
		if r := s.register().of(someTopic); r.Status != "registered" || tries(someTopic) != 2 || len(s.clock.slept) != 1 {
			t.Errorf("%+v after %d tries and waits of %v", r, tries(someTopic), s.clock.slept)
		}
	})
	t.Run("by the next call", func(t *testing.T) {
		s := newShop(t)
		tries := s.hooks(refuseOnce(http.StatusForbidden))
		if r := s.register().of(someTopic); r.Status != "failed" || !strings.Contains(r.Error, "Something went wrong") || r.ID != "" {
			t.Errorf("%+v", r)
		}
		var meta struct {
			Webhooks map[string]reference.Registration
		}
		s.metadata(&meta)
		if r := meta.Webhooks[someTopic]; r.Status != "failed" || !strings.Contains(r.Error, "HTTP 403") || r.At.IsZero() {
			t.Errorf("stored is %+v", r)
		}
		s.clock.move(time.Minute)
		got := s.register()
		if r := got.of(someTopic); r.Status != "registered" || r.Error != "" || !r.At.Equal(s.clock.Now()) {
			t.Errorf("%+v", r)
		}
		if len(got) != 24 || tries(someTopic) != 2 || tries("orders/delete") != 1 {
			t.Errorf("%d answers; the failed topic was tried %d times and another one %d times", len(got), tries(someTopic), tries("orders/delete"))
		}
		s.metadata(&meta)
		if r := meta.Webhooks[someTopic]; r.Status != "registered" || r.Error != "" {
			t.Errorf("stored is %+v", r)
		}
	})
}

// TestWhatIsThereAlreadyCounts: the same status means that the topic is taken and that it is not allowed.
func TestWhatIsThereAlreadyCounts(t *testing.T) {
	s := newShop(t)
	s.hooks(func(topic string, _ int) (int, string) {
		switch topic {
		case someTopic:
			return http.StatusUnprocessableEntity, `{"errors":{"address":["for this topic has already been taken"]}}`
		case "disputes/create":
			return http.StatusUnprocessableEntity, `{"errors":{"topic":["Invalid topic specified: disputes/create"]}}`
		}
		return 0, ""
	})
	s.on("GET /webhooks.json", func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.Query().Has("page_info") {
			w.Header().Set("Link", fmt.Sprintf(`<%s%s?page_info=2>; rel="next"`, s.URL, r.URL.Path))
			answer(w, http.StatusOK, fmt.Sprintf(`{"webhooks":[{"id":1,"topic":%q,"address":"http://elsewhere.invalid/"},{"id":2,"topic":"orders/delete","address":%q}]}`, someTopic, s.webhookURL))
			return
		}
		answer(w, http.StatusOK, fmt.Sprintf(`{"webhooks":[{"id":3,"topic":%q,"address":%q}]}`, someTopic, s.webhookURL))
	})
	got := s.register()
	if r := got.of(someTopic); r.Status != "registered" || r.ID != "3" {
		t.Errorf("%+v", r)
	}
	if r := got.of("disputes/create"); r.Status != "failed" || !strings.Contains(r.Error, "topic: Invalid topic specified: disputes/create") {
		t.Errorf("%+v", r)
	}
}

// The wrappers below are what defects may be written as.

type hasty struct{ reference.Pacer }

func (p hasty) Pause(f reference.Failure) (time.Duration, bool) {
	f.Header = nil
	return p.Pacer.Pause(f)
}

type neverAgain struct{ reference.Registrar }

func (neverAgain) Missing(topics []string, known map[string]reference.Registration) []string {
	if len(known) > 0 {
		return nil
	}
	return topics
}

type forgetful struct{ reference.Registrar }

func (forgetful) Store(context.Context, string, map[string]reference.Registration) error { return nil }

func TestRegistrationAndPaceCanBeWrapped(t *testing.T) {
	t.Run("pacer", func(t *testing.T) {
		s := newShop(t, wrapped(func(p *reference.Ports) { p.Pacer = hasty{p.Pacer} }))
		asked := 0
		s.on("GET /customers.json", func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked == 1 {
				w.Header().Set("Retry-After", "4.0")
				answer(w, http.StatusTooManyRequests, `{"errors":"Exceeded 2 calls per second"}`)
				return
			}
			answer(w, http.StatusOK, `{"customers":[]}`)
		})
		s.sync("", "fetch_and_ingest_customers")
		if len(s.clock.slept) != 1 || s.clock.slept[0] >= time.Second {
			t.Errorf("waited %v", s.clock.slept)
		}
	})
	t.Run("registrar that tries once", func(t *testing.T) {
		s := newShop(t, wrapped(func(p *reference.Ports) { p.Registrar = neverAgain{p.Registrar} }))
		tries := s.hooks(refuseOnce(http.StatusForbidden))
		s.register()
		if r := s.register().of(someTopic); r.Status != "failed" || tries(someTopic) != 1 {
			t.Errorf("%+v after %d tries", r, tries(someTopic))
		}
	})
	t.Run("registrar that forgets", func(t *testing.T) {
		s := newShop(t, wrapped(func(p *reference.Ports) { p.Registrar = forgetful{p.Registrar} }))
		tries := s.hooks(func(string, int) (int, string) { return 0, "" })
		s.register()
		s.register()
		if tries(someTopic) != 2 {
			t.Errorf("%d tries", tries(someTopic))
		}
	})
}
