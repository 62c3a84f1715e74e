package harness_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnGitHub: a run on GitHub tells the job's page what it found, and annotates what was red; so does one that was
// refused before there was anything to run.
func TestOnGitHub(t *testing.T) {
	tr := newTree(t)
	page := filepath.Join(tr.root, "page.md")
	env := []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + page}
	code, out := tr.run(t, env, tr.binary, "--ginkgo.label-filter=check:configuration.unique-key")
	if code != 0 || strings.Contains(out, "::error") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	remove(t, tr, "specs/woocommerce.yaml")
	code, out = tr.run(t, env, tr.binary)
	if code != 1 || strings.Count(out, "::error ") != 1 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	contains(t, out, "::error title=woocommerce run/prepared%3A not-prepared::run/prepared [woocommerce]: harness error: ")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), "## WooCommerce REST API v3: PARTIAL\n\n- Target: reference (the bundled reference", "\n\n## woocommerce: CRITICAL ISSUES\n",
		"woocommerce.yaml: no such file or directory")
}
