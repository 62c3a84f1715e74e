package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// TestPasswordsAreRemoved goes through the forms in which a dsn gives a password and those in which a target prints it.
func TestPasswordsAreRemoved(t *testing.T) {
	for name, c := range map[string]struct{ dsn, printed, want string }{
		"user":            {"postgres://u:geheim@h/d", "connect postgres://u:geheim@h/d failed", "connect postgres://u:xxxxx@h/d failed"},
		"query":           {"postgres://h/d?user=u&password=geheim", "at postgres://h/d?password=geheim&user=u", "at postgres://h/d?password=xxxxx&user=u"},
		"key=value":       {"host=h user=u password='ge heim'", "host=h password='ge heim' user=u", "host=h password='xxxxx' user=u"},
		"to another form": {"postgres://h/d?user=u&password=geheim", "mysql://u:geheim@h PGPASSWORD=geheim", "mysql://u:xxxxx@h PGPASSWORD=xxxxx"},
		"escaped":         {"postgres://u:p%40ss%20w0rd@h/d", "u:p%40ss%20w0rd@h, p%40ss+w0rd, p@ss w0rd", "u:xxxxx@h, xxxxx, xxxxx"},
		"quoted":          {`postgres://u:gehe'im"1@h/d`, `password='gehe\'im"1' {"Password": "gehe'im\"1"}`, `password='xxxxx' {"Password": "xxxxx"}`},
		"JSON":            {"postgres://u:geheim@h/d", `{"password": "geheim"}`, `{"password": "xxxxx"}`},
		"on its own":      {"postgres://u:VQ7XK2M4N5PABCDEFGHIJKLMNO@h/d", "the key is VQ7XK2M4N5PABCDEFGHIJKLMNO", "the key is xxxxx"},
		"a common word":   {"postgres://u:postgres@h/d", "postgres does not answer at u:postgres@h", "postgres does not answer at u:xxxxx@h"},
		"a stranger's":    {"", "postgresql+psycopg://u:p@ss@h/d, jdbc:postgresql://h/d?user=u&password=p", "postgresql+psycopg://u:xxxxx@h/d, jdbc:postgresql://h/d?user=u&password=xxxxx"},
		"none":            {"postgres://u@h/d", "postgres://u@h/d, 12:30@noon", "postgres://u@h/d, 12:30@noon"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PGPASSFILE", "/dev/null")
			var s secrets
			s.learn("postgres://other:another@h/d") // a run may know of several
			if c.dsn != "" {
				s.learn(c.dsn)
			}
			text := c.printed
			if s.text(&text); text != c.want {
				t.Errorf("%q became %q, want %q", c.printed, text, c.want)
			}
		})
	}
}

// TestEveryTextOfAResultIsScrubbed: no field is forgotten, neither of a check's result nor of a cause outside checks.
func TestEveryTextOfAResultIsScrubbed(t *testing.T) {
	const said = "postgres://u:geheim12@h/d"
	j := &Job{Plan: &plan.Plan{Manifest: &manifest.Manifest{Source: "shop"}}, secrets: &secrets{}}
	j.secrets.learn(said)
	evidence := []result.Evidence{{Kind: "log", Text: said}}
	res := result.Result{Cause: said, Summary: said, Expected: said, Actual: said, Evidence: evidence, Why: said, Remedy: said}
	j.secrets.result(&res)
	f := &scenario.Failure{Cause: said, Summary: said, Remedy: said, Evidence: evidence}
	for what, v := range map[string]any{
		"result": res, "root": j.Root("run/setup", 1, f), "failure": *j.secrets.failure(f),
		"set-up":   j.SetupResults(fmt.Errorf("first %s\nsecond %s", said, said), 1, nil),
		"clean-up": j.CleanupResult(fmt.Errorf("first %s\nsecond %s", said, said), 1),
	} {
		if text := fmt.Sprintf("%+v", v); strings.Contains(text, "geheim12") || !strings.Contains(text, ":xxxxx@") {
			t.Errorf("%s: %s", what, text)
		}
	}
	if evidence[0].Text != said {
		t.Error("what was handed in was changed: others still read it")
	}
}

// TestWhatIsRememberedIsRemoved: what a scenario made, or came from the environment, goes wherever it stands; but what is as
// short as a word goes where it is said to be a password.
func TestWhatIsRememberedIsRemoved(t *testing.T) {
	var s secrets
	for _, secret := range []string{"backfilled-consumer_secret", "backfilled-consumer", `shpat_"1"`, "true", ""} {
		s.remember(secret)
	}
	for printed, want := range map[string]string{
		"?consumer_secret=backfilled-consumer_secret&page=2": "?consumer_secret=xxxxx&page=2",
		"backfilled-consumer is known":                       "xxxxx is known",
		`{"token": "shpat_\"1\""}, shpat_%221%22`:            `{"token": "xxxxx"}, xxxxx`,
		`it is true, and password: "true"`:                   `it is true, and password: "xxxxx"`,
		"the scenario backfilled":                            "the scenario backfilled",
	} {
		text := printed
		if s.text(&text); text != want {
			t.Errorf("%q became %q, want %q", printed, text, want)
		}
	}
	late := "of probed-access_token"
	s.remember("probed-access_token") // also when texts were looked at before
	if s.text(&late); late != "of xxxxx" {
		t.Errorf("learned later: %q", late)
	}
}

// BenchmarkText is what a body costs that has no secret in it, as nearly all have none, with as many secrets as a run has.
func BenchmarkText(b *testing.B) {
	var s secrets
	s.learn("postgres://u:postgres@h/d")
	s.learn("postgres://u:VQ7XK2M4N5PABCDEFGHIJKLMNO@h/d")
	for _, name := range scenario.Names() {
		for _, what := range []string{"consumer_key", "consumer_secret", "secret"} {
			s.remember(string(name) + "-" + what)
		}
	}
	body := strings.Repeat(`{"id": 4711, "billing": {"email": "someone@example.org", "phone": "+1 555"}, "_links": {"self": "https://shop.example/wp-json/wc/v3/orders/4711?page=2"}, "total": "17.99"},`, 1<<20/175)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		text := body
		if s.text(&text); text != body {
			b.Fatal("it found something")
		}
	}
}
