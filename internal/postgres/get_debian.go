package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/supervise"
)

// aptConf gives apt-get state and cache of its own. It is read after the system's configuration, whose hooks it clears: they may touch
// the system. What is installed is looked up in the system's status file, so only what is missing gets downloaded.
const aptConf = `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::State "%[1]s/state";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "%[1]s/cache";
Dir::Log "%[1]s/log";
APT::Sandbox::User "root";
Debug::NoLocking "true";
Acquire::Languages "none";
Acquire::Retries "3";
`

// fetchDebian downloads the distribution's postgresql and the libraries that this system lacks, and unpacks them to stage/root.
func fetchDebian(ctx context.Context, g *supervise.Guardian, stage string, w io.Writer) error {
	private := filepath.Join(stage, "apt")
	for _, dir := range []string{"state/lists/partial", "cache/archives/partial", "log", "debs"} {
		if err := os.MkdirAll(filepath.Join(private, dir), 0o755); err != nil {
			return err
		}
	}
	conf := filepath.Join(private, "apt.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, aptConf, private), 0o644); err != nil {
		return err
	}
	apt := func(args ...string) (string, error) {
		return command(ctx, g, supervise.Command{
			Path: "apt-get", Args: append([]string{"-c", conf}, args...), Dir: filepath.Join(private, "debs"),
			Env: append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"),
		})
	}

	fmt.Fprintln(w, "reading the distribution's package lists …")
	_, updateErr := apt("update", "-qq") // a broken source of somebody else's packages fails it; what counts is the next step
	simulated, err := apt("install", "--simulate", "--no-install-recommends", "postgresql")
	if err != nil {
		return errors.Join(fmt.Errorf("look for the package postgresql: %w", err), updateErr)
	}
	packages := wanted(simulated)
	if len(packages) == 0 {
		return errors.Join(errors.New("apt-get would install no postgresql-NN for the package postgresql"), updateErr)
	}
	fmt.Fprintf(w, "downloading %s …\n", strings.Join(packages, " "))
	if _, err := apt(append([]string{"download", "-qq"}, packages...)...); err != nil {
		return fmt.Errorf("download packages: %w", err)
	}
	debs, err := filepath.Glob(filepath.Join(private, "debs", "*.deb"))
	if err != nil || len(debs) == 0 {
		return errors.New("apt-get downloaded nothing")
	}
	root := filepath.Join(stage, "root")
	for _, deb := range debs {
		if _, err := command(ctx, g, supervise.Command{Path: "dpkg-deb", Args: []string{"-x", deb, root}}); err != nil {
			return fmt.Errorf("unpack %s: %w", filepath.Base(deb), err)
		}
	}
	return settle(root)
}

var (
	installLine   = regexp.MustCompile(`(?m)^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) `)
	serverPackage = regexp.MustCompile(`^postgresql-\d+$`)
)

// wanted picks from apt-get's simulation the server, libraries and time zones, as name=version. Not the just-in-time compiler's, which is
// large and switched off; not what only the scripts around the server need.
func wanted(simulated string) []string {
	var packages []string
	server := false
	for _, m := range installLine.FindAllStringSubmatch(simulated, -1) {
		name := m[1]
		switch {
		case serverPackage.MatchString(name):
			server = true
		case name == "tzdata":
		case !strings.HasPrefix(name, "lib"), strings.HasPrefix(name, "libllvm"), strings.HasPrefix(name, "libz3"),
			strings.HasPrefix(name, "libc-l10n"), strings.HasSuffix(name, "-perl"):
			continue
		}
		packages = append(packages, name+"="+m[2])
	}
	if !server {
		return nil
	}
	return packages
}

// systemZones is where Debian's Postgres looks for time zones.
const systemZones = "/usr/share/zoneinfo"

// privateZones is where it looks for them instead if the system has none: beside its data folder, which is its working folder from its start to its end. It
// must not be longer than systemZones.
const privateZones = "../zoneinfo"

// settle removes what no server needs, and where the system has no time zones makes the server look for the fetched ones. Every
// other path in it is relative to its own.
func settle(root string) error {
	for _, pattern := range []string{"usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/bug",
		"usr/lib/postgresql/*/lib/bitcode", "usr/lib/postgresql/*/lib/pgxs", "etc", "var"} {
		paths, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, path := range paths {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	if _, err := os.Stat(filepath.Join(root, systemZones)); err != nil {
		return nil // tzdata was not among the missing packages
	}
	servers, _ := filepath.Glob(filepath.Join(root, "usr/lib/postgresql/*/bin/postgres"))
	for _, path := range servers {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		old := []byte("\x00" + systemZones + "\x00")
		if !bytes.Contains(data, old) {
			continue // built with time zones of its own
		}
		padded := append([]byte("\x00"+privateZones), make([]byte, len(old)-1-len(privateZones))...)
		if err := os.WriteFile(path, bytes.ReplaceAll(data, old, padded), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// linkZones makes the fetched time zones known to a server whose folder is run.
func (b binaries) linkZones(run string) error {
	zones := filepath.Join(b.root, systemZones)
	if b.root == "" {
		return nil
	}
	if _, err := os.Stat(zones); err != nil {
		return nil
	}
	return os.Symlink(zones, filepath.Join(run, filepath.Base(privateZones)))
}
