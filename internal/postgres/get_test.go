package postgres

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/syncspec/syncspec/internal/supervise"
)

func TestWanted(t *testing.T) {
	simulated := `Reading package lists...
Inst libpq5 (15.18-0+deb12u1 Debian-Security:12/oldstable-security [amd64])
Inst libssl3 [3.0.1-1] (3.0.17-1~deb12u2 Debian:12/oldstable [amd64]) []
Inst libjson-perl (4.10000-1 Debian:12/oldstable [all])
Inst libllvm14 (1:14.0.6-12 Debian:12/oldstable [amd64])
Inst postgresql-common (248 Debian:12/oldstable [all])
Inst postgresql-client-15 (15.18-0+deb12u1 Debian-Security:12/oldstable-security [amd64])
Inst tzdata (2025b-0+deb12u2 Debian:12/oldstable [all])
Inst postgresql-15 (15.18-0+deb12u1 Debian-Security:12/oldstable-security [amd64])
Inst postgresql (15+248 Debian:12/oldstable [all])
Conf libpq5 (15.18-0+deb12u1 Debian-Security:12/oldstable-security [amd64])
`
	want := []string{"libpq5=15.18-0+deb12u1", "libssl3=3.0.17-1~deb12u2", "tzdata=2025b-0+deb12u2", "postgresql-15=15.18-0+deb12u1"}
	if diff := cmp.Diff(want, wanted(simulated)); diff != "" {
		t.Error(diff)
	}
	if got := wanted("postgresql is already the newest version\nInst libpq5 (15 x)\n"); got != nil {
		t.Errorf("without a server: %v", got)
	}
}

// TestRelocatable serves an archive of the form that the real ones have.
func TestRelocatable(t *testing.T) {
	if _, err := exec.LookPath("xz"); err != nil {
		if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
			t.Fatal("SYNCSPEC_REQUIRE_ALL=1, but there is no xz to make an archive with; install it")
		}
		t.Skip("there is no xz to make an archive with")
	}
	work := t.TempDir()
	if err := os.MkdirAll(filepath.Join(work, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "bin", "postgres"), []byte("a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	txz := filepath.Join(t.TempDir(), "postgres.txz")
	if out, err := exec.Command("tar", "-cJf", txz, "-C", work, "bin").CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	content, err := os.ReadFile(txz)
	if err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	f, _ := z.Create("postgres-some-system.txz")
	_, _ = f.Write(content)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/name/1.2.3/name-1.2.3.jar" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(jar.Bytes())
	}))
	defer server.Close()
	g, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()

	sum := sha256.Sum256(jar.Bytes())
	r := relocatable{url: server.URL, version: "1.2.3",
		artifacts: map[string]artifact{runtime.GOOS + "/" + runtime.GOARCH: {"name", hex.EncodeToString(sum[:])}}}
	stage := t.TempDir()
	if err := r.fetch(t.Context(), g, stage, io.Discard); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(stage, "root", "bin", "postgres")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("unpacked: %v, %v", info, err)
	}

	r.artifacts[runtime.GOOS+"/"+runtime.GOARCH] = artifact{"name", strings.Repeat("0", 64)}
	stage = t.TempDir()
	if err := r.fetch(t.Context(), g, stage, io.Discard); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("with a wrong checksum: %v", err)
	}
	if _, err := os.Stat(filepath.Join(stage, "root")); !os.IsNotExist(err) {
		t.Error("it was unpacked all the same")
	}
	r.version = "1.2.4"
	if err := r.fetch(t.Context(), g, t.TempDir(), io.Discard); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("with a wrong version: %v", err)
	}
	r.artifacts = nil
	if err := r.fetch(t.Context(), g, t.TempDir(), io.Discard); err == nil {
		t.Error("no error for an unknown system")
	}
}

// TestWhoseCacheIsTrusted: the user's own and root's, and one that is yet to be made.
func TestWhoseCacheIsTrusted(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	us := os.Geteuid()
	if us == 0 {
		if err := trusted(dir, 65534); err != nil {
			t.Errorf("root's own: %v", err)
		}
		us = 65534
		if err := os.Chown(dir, us, -1); err != nil {
			t.Fatal(err)
		}
	}
	for _, where := range []string{dir, filepath.Join(dir, "none")} {
		if err := trusted(where, us); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	for _, other := range []int{0, us + 1} {
		if err := trusted(dir, other); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
			t.Errorf("of user %d, for user %d: %v", us, other, err)
		}
	}
}

// TestPrivateZones: the path that is written into the server must not be longer than the one that it replaces.
func TestPrivateZones(t *testing.T) {
	if len(privateZones) > len(systemZones) {
		t.Errorf("%s is longer than %s", privateZones, systemZones)
	}
	root := t.TempDir()
	for name, content := range map[string]string{
		"usr/lib/postgresql/15/bin/postgres": "\x7fELF\x00/usr/share/zoneinfo\x00and so on",
		"usr/share/zoneinfo/UTC":             "TZif2",
		"usr/share/doc/x/copyright":          "text",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := settle(root); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "usr/lib/postgresql/15/bin/postgres"))
	if want := "\x7fELF\x00../zoneinfo\x00\x00\x00\x00\x00\x00\x00\x00\x00and so on"; err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(root, "usr/share/doc")); !os.IsNotExist(err) {
		t.Error("the documentation was kept")
	}
}
