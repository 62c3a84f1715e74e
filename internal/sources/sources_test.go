package sources_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sources"
)

const root = "../.."

// TestEveryManifestIsCarried holds what is carried against the files: all of them, and not one byte of another version.
func TestEveryManifestIsCarried(t *testing.T) {
	files, err := manifest.Files(filepath.Join(root, "specs"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, file := range files {
		want = append(want, strings.TrimSuffix(filepath.Base(file), ".yaml"))
	}
	if diff := cmp.Diff(want, sources.Names()); diff != "" || len(want) == 0 {
		t.Fatalf("carried are (-files +carried)\n%s", diff)
	}
	for i, name := range want {
		onDisk, err := manifest.Load(files[i])
		if err != nil {
			t.Fatal(err)
		}
		carried, err := sources.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if carried.Path != path.Join("specs", name+".yaml") {
			t.Errorf("messages call it %s", carried.Path)
		}
		carried.Path = onDisk.Path
		if diff := cmp.Diff(onDisk, carried); diff != "" {
			t.Errorf("%s (-file +carried)\n%s", name, diff)
		}
	}
}

// TestFixturesAreCarried compares the files of every source's fixtures, byte by byte.
func TestFixturesAreCarried(t *testing.T) {
	compared := 0
	for _, name := range sources.Names() {
		carried, err := sources.Fixtures(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := os.DirFS(filepath.Join(root, "fixtures", name))
		err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			want, err := fs.ReadFile(folder, file)
			if err != nil {
				return err
			}
			if got, err := fs.ReadFile(carried, file); err != nil || string(got) != string(want) {
				t.Errorf("%s of %s is carried as %d bytes, not %d: %v", file, name, len(got), len(want), err)
			}
			compared++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestRecordingIsCarried loads a recording whole: its sidecar's checksums hold.
func TestRecordingIsCarried(t *testing.T) {
	r, err := sources.Recording("woocommerce")
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := r.Deliveries()
	if err != nil || len(deliveries) == 0 || r.Info.Source != "woocommerce" {
		t.Errorf("%d deliveries of %q: %v", len(deliveries), r.Info.Source, err)
	}
}

// TestUnknown names the nearest source, or all.
func TestUnknown(t *testing.T) {
	for name, want := range map[string]string{
		"woocomerce": `there is no source "woocomerce": did you mean "woocommerce"?`,
		"magento":    `there is no source "magento": known: `,
		"sop":        `there is no source "sop": known: `,
	} {
		if _, err := sources.Load(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
	if _, err := sources.Load("./no/such.yaml"); err == nil || err.Error() != "./no/such.yaml: no such file or directory" {
		t.Errorf("a file: %v", err)
	}
	if _, err := sources.Recording("magento"); err == nil || !strings.Contains(err.Error(), "cassettes/magento/recording.yaml") {
		t.Errorf("a source without a recording: %v", err)
	}
}
