package postgres

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/syncspec/syncspec/internal/supervise"
)

// relocatable is a release of io.zonky.test.postgres: postgres binaries that run from any folder, each a .txz inside a .jar.
type relocatable struct {
	url, version string
	artifacts    map[string]artifact // by GOOS/GOARCH
}

type artifact struct {
	name   string
	sha256 string // of the .jar
}

// maxArchive is far more than any of the archives has, in bytes.
const maxArchive = 200 << 20

// mavenCentral is the pinned release. The sum of the macOS archive, which holds programs for both of its processors, is the one that several
// independent projects pin. No sum of the Linux archives is attested as well, so they are not fetched.
func mavenCentral() relocatable {
	mac := artifact{"embedded-postgres-binaries-darwin-arm64v8", "e9d3398e10c2ec926395498b03e75ad1a24eeaed82895e756a7e173b202cf6de"}
	return relocatable{
		url:       "https://repo1.maven.org/maven2/io/zonky/test/postgres",
		version:   "17.5.0",
		artifacts: map[string]artifact{"darwin/arm64": mac, "darwin/amd64": mac},
	}
}

// fetch downloads the archive for this system, checks its sum, and unpacks it to stage/root.
func (r relocatable) fetch(ctx context.Context, g *supervise.Guardian, stage string, w io.Writer) error {
	a, ok := r.artifacts[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return fmt.Errorf("no checked binaries are known for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	url := fmt.Sprintf("%s/%s/%s/%s-%s.jar", r.url, a.name, r.version, a.name, r.version)
	fmt.Fprintf(w, "downloading %s …\n", url)
	jar, err := download(ctx, url)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(jar); hex.EncodeToString(sum[:]) != a.sha256 {
		return fmt.Errorf("%s has the checksum %x instead of %s: a proxy may have changed it; nothing was kept", url, sum, a.sha256)
	}
	archive := filepath.Join(stage, "archive.txz")
	if err := extractArchive(jar, archive); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	root := filepath.Join(stage, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		return err
	}
	if _, err := command(ctx, g, supervise.Command{Path: "tar", Args: []string{"-xJf", archive, "-C", root}}); err != nil {
		return fmt.Errorf("unpack %s: %w", url, err)
	}
	return nil
}

func download(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("download: %w; is there a way to the internet, or a proxy in HTTPS_PROXY?", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("download %s: the server answered %s", url, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxArchive))
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", url, err)
	}
	return data, nil
}

// extractArchive writes the one .txz of a jar to a file.
func extractArchive(jar []byte, to string) error {
	z, err := zip.NewReader(bytes.NewReader(jar), int64(len(jar)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".txz") {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := os.Create(to)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, io.LimitReader(in, maxArchive))
		return errors.Join(err, out.Close())
	}
	return errors.New("there is no .txz in it")
}
