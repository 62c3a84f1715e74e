package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
)

const woocommerce = "../../specs/woocommerce.yaml"

// TestModeIsChosen goes through the ways to choose a mode, and to choose none.
func TestModeIsChosen(t *testing.T) {
	stranger := &supervise.Command{Name: "stranger"}
	for name, c := range map[string]struct {
		given, env string
		target     *supervise.Command
		want       string
		refusal    string
	}{
		"bundled target":               {want: Replay},
		"any other target":             {target: stranger, want: Sandbox},
		"by the environment":           {env: "sandbox", want: Sandbox},
		"of a stranger":                {env: "replay", target: stranger, want: Replay},
		"option before environment":    {given: Sandbox, env: "replay", want: Sandbox},
		"live":                         {env: "live", refusal: "SYNCSPEC_MODE is live, and runs against the provider itself are not there yet: choose replay or sandbox"},
		"mistyped":                     {env: "Replay", refusal: `SYNCSPEC_MODE is "Replay": choose replay or sandbox`},
		"a mode of results, not runs":  {given: "recorded", refusal: `the mode is "recorded": choose replay or sandbox`},
		"an option that is not chosen": {given: "live", env: "replay", refusal: "the mode is live"},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := Prepare(Options{Manifest: woocommerce, Reports: t.TempDir(), Mode: c.given, Command: c.target, Getenv: func(key string) string {
				if key == ModeEnv {
					return c.env
				}
				return ""
			}})
			if c.refusal != "" {
				var r *Refusal
				if !errors.As(err, &r) || !strings.Contains(err.Error(), c.refusal) {
					t.Fatalf("%v, want %q", err, c.refusal)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if j.Mode != c.want {
				t.Errorf("the mode is %s, want %s", j.Mode, c.want)
			}
			run := j.Run(1, time.Now())
			mode, provenance := result.Recorded, "recorded: WooCommerce 10.7.0"
			if c.want == Sandbox {
				mode, provenance = result.Sandbox, "sandbox: WooCommerce REST API v3 as syncspec imitates it, seeded from the recording of WooCommerce 10.7.0"
			}
			if run.Mode != mode || !strings.HasPrefix(run.Provenance, provenance) {
				t.Errorf("the run is of %s, %s", run.Mode, run.Provenance)
			}
		})
	}
}

// TestEveryResultNamesItsMode: in a replay those that need a source which changes are not replayed, and say so.
func TestEveryResultNamesItsMode(t *testing.T) {
	for mode, most := range map[string]result.Mode{Replay: result.Recorded, Sandbox: result.Sandbox} {
		j, err := Prepare(Options{Manifest: woocommerce, Reports: t.TempDir(), Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, s := range j.Plan.Specs {
			all = append(all, s.Key())
		}
		seen := map[result.Mode]int{}
		for i, res := range j.SetupResults(errors.New("no luck"), 1, all)[1:] {
			want := most
			switch j.Plan.Specs[i].Check.Scenario {
			case scenario.Authorized, scenario.Faulted, scenario.Resumed, scenario.Unrefined:
				want = result.Sandbox
			}
			if seen[res.Mode]++; res.Mode != want {
				t.Errorf("in %s %s is of the mode %q, want %q", mode, res.Key(), res.Mode, want)
			}
		}
		if seen[most] == 0 || seen[result.Sandbox] == 0 {
			t.Errorf("in %s the modes are %v", mode, seen)
		}
	}
}

// TestSandboxDoesWithoutARecording: the source need not have one, but then there must be fixtures, and they must fit.
func TestSandboxDoesWithoutARecording(t *testing.T) {
	none := t.TempDir()
	if _, err := Prepare(Options{Manifest: "../../specs/shopify.yaml", Reports: t.TempDir(), Cassettes: none, Mode: Replay}); err == nil || !strings.Contains(err.Error(), "recording.yaml: there is no such file") {
		t.Errorf("a replay of nothing: %v", err)
	}
	if j, err := Prepare(Options{Manifest: "../../specs/shopify.yaml", Reports: t.TempDir(), Mode: Sandbox}); err != nil || j.Recording != nil {
		t.Errorf("a recording of the sandbox was loaded for a run in the sandbox, or: %v", err)
	}
	j, err := Prepare(Options{Manifest: "../../specs/shopify.yaml", Reports: t.TempDir(), Cassettes: none, Mode: Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.sandbox(); err != nil || j.Recording != nil {
		t.Errorf("recording %v: %v", j.Recording, err)
	}
	seed := filepath.Join(t.TempDir(), "seed")
	if err := os.Mkdir(seed, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"seed.yaml": "at: 2026-11-20T00:00:00Z\n", "orders.json": `[{"name": "without a key"}]`} {
		if err := os.WriteFile(filepath.Join(seed, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j.Fixtures = os.DirFS(filepath.Dir(seed))
	if _, err := j.imitate(); err == nil || !strings.Contains(err.Error(), "filling the sandbox of shopify from fixtures/shopify/seed") || !strings.Contains(err.Error(), "orders") {
		t.Errorf("fixtures that do not fit: %v", err)
	}
}
