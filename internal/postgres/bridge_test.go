package postgres_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/postgres"
)

// bridge is the engine's; without an engine the test is left out.
func bridge(t *testing.T) (*client.Client, postgres.Bridge) {
	t.Helper()
	engine, err := client.New(client.FromEnv)
	if err != nil {
		skip(t, "containers: "+err.Error())
	}
	t.Cleanup(func() { _ = engine.Close() })
	if _, err := engine.Ping(t.Context(), client.PingOptions{}); err != nil {
		skip(t, "containers: no engine answers: "+err.Error())
	}
	b, err := postgres.FindBridge(t.Context())
	if err != nil {
		skip(t, "containers: "+err.Error())
	}
	if !b.Subnet.Contains(b.Address) || !b.Address.IsPrivate() {
		t.Fatalf("the bridge is %+v", b)
	}
	return engine, b
}

// inside makes an image of nothing but a program that asks for what it is told, and returns its name.
func inside(t *testing.T, engine *client.Client) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "inside")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/inside")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	name := "localhost/syncspec-inside:" + strings.ToLower(rand.Text())
	progress, err := engine.ImageImport(t.Context(), client.ImageImportSource{Source: archive(t, "inside", data), SourceName: "-"}, name,
		client.ImageImportOptions{Changes: []string{`ENTRYPOINT ["/inside"]`}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = progress.Close() }()
	if _, err := io.Copy(io.Discard, progress); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := engine.ImageRemove(context.Background(), name, client.ImageRemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	return name
}

// archive is a tar archive of one file.
func archive(t *testing.T, name string, data []byte) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(data)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return &out
}

// runInside runs the program in a container and returns what it said.
func runInside(t *testing.T, engine *client.Client, image string, env []string, ca string) map[string]string {
	t.Helper()
	made, err := engine.ContainerCreate(t.Context(), client.ContainerCreateOptions{Config: &container.Config{Image: image, Env: env}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := engine.ContainerRemove(context.Background(), made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true}); err != nil {
			t.Error(err)
		}
	})
	data, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine.CopyToContainer(t.Context(), made.ID, client.CopyToContainerOptions{DestinationPath: "/", Content: archive(t, "ca.pem", data)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.ContainerStart(t.Context(), made.ID, client.ContainerStartOptions{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := engine.ContainerWait(ctx, made.ID, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case err := <-ended.Error:
		t.Fatal(err)
	case <-ended.Result:
	}
	log, err := engine.ContainerLogs(t.Context(), made.ID, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	var out, errs bytes.Buffer
	if _, err := stdcopy.StdCopy(&out, &errs, log); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		t.Fatalf("%v: it said %q and %q", err, out.String(), errs.String())
	}
	return said
}

// TestATargetInAContainer: it reaches the gateway, by each way, and its database, over the engine's bridge.
func TestATargetInAContainer(t *testing.T) {
	engine, b := bridge(t)
	m := &manifest.Manifest{Source: "shop"}
	m.API.BaseURL = "https://{shop}.shop.example/api"
	m.API.Auth = manifest.Auth{Kind: "header", Header: "X-Token", Credentials: []string{"access_token"}, Route: "access_token"}
	g, err := gateway.Start(t.Context(), gateway.Config{Manifest: m, Secure: true, Dir: t.TempDir(), Bridge: b.Address.String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	route, err := g.Route("tok_1")
	if err != nil {
		t.Fatal(err)
	}
	route.Serve("sandbox", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { _, _ = io.WriteString(w, "at "+req.Host) }))
	ways := g.Bridge()
	if err := errors.Join(at(ways.Plain, b), at(ways.Secure, b), at(ways.Proxy, b)); err != nil {
		t.Fatal(err)
	}
	var own [2]string // the account's own addresses
	for i, like := range []string{ways.Plain, ways.Secure} {
		if own[i], err = route.Address(t.Context(), like); err != nil || at(own[i], b) != nil {
			t.Fatal(own[i], err, at(own[i], b))
		}
	}
	image := inside(t, engine)

	rungs := map[string]postgres.Config{"local": local(t)}
	if name := postgresImage(t, engine); name != "" {
		rungs["container"] = postgres.Config{Mode: postgres.ModeContainer, Image: name, Guardian: guardian(t)}
	}
	for rung, cfg := range rungs {
		t.Run(rung, func(t *testing.T) {
			cfg.Bridge = b
			s := start(t, cfg)
			template, err := s.Template(t.Context(), "bridge", migrate)
			if err != nil {
				t.Fatal(err)
			}
			clone, err := template.Clone(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			dsn, err := s.BridgeDSN(clone)
			if err != nil {
				t.Fatal(err)
			}
			stranger, err := url.Parse(dsn)
			if err != nil {
				t.Fatal(err)
			}
			stranger.User = url.UserPassword(stranger.User.Username(), "another password")
			provider := "https://north.shop.example/api/orders"
			said := runInside(t, engine, image, []string{
				"DATABASE_URL=" + dsn, "STRANGERS_URL=" + stranger.String(), "TOKEN=tok_1", "SSL_CERT_FILE=/ca.pem", "HTTPS_PROXY=" + ways.Proxy, "NO_PROXY=" + b.Address.String(),
				"ADDRESSES=" + strings.Join([]string{provider, ways.Plain + "/api/orders", ways.Secure + "/api/orders", own[0] + "/api/orders", own[1] + "/api/orders", "https://pay.example/"}, " "),
			}, g.CAFile())
			for asked, want := range map[string]string{
				provider:                    "200 at north.shop.example",
				ways.Plain + "/api/orders":  "200 at " + hostOf(ways.Plain),
				own[0] + "/api/orders":      "200 at " + hostOf(own[0]),
				own[1] + "/api/orders":      "200 at " + hostOf(own[1]),
				ways.Secure + "/api/orders": "200 at " + hostOf(ways.Secure),
				"database":                  "migrated",
			} {
				if said[asked] != want {
					t.Errorf("%s: in the container it is %q, want %q", asked, said[asked], want)
				}
			}
			if got := said["stranger"]; !strings.Contains(got, "password authentication failed") {
				t.Errorf("with another password: %q", got)
			}
			if got := said["https://pay.example/"]; !strings.Contains(got, "refused by syncspec's proxy") {
				t.Errorf("another host: %q", got)
			}
		})
	}
}

// postgresImage is an image with Postgres that is there; empty for none, which other tests tell of.
func postgresImage(t *testing.T, engine *client.Client) string {
	t.Helper()
	for _, name := range []string{os.Getenv(postgres.ImageEnv), postgres.DefaultImage, "localhost/syncspec-postgres:15"} {
		if name == "" {
			continue
		}
		if _, err := engine.ImageInspect(t.Context(), name); err == nil {
			return name
		}
	}
	return ""
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return err.Error()
	}
	return u.Host
}

// at tells whether an address is the bridge's.
func at(address string, b postgres.Bridge) error {
	host, _, err := net.SplitHostPort(hostOf(address))
	if err != nil {
		return err
	}
	if host != b.Address.String() {
		return errors.New(address + " is not the bridge's")
	}
	return nil
}

// TestBridgedServer: a server that containers reach listens on the bridge and on 127.0.0.1, and nowhere else; it lets in the
// bridge's network alone, and that by password.
func TestBridgedServer(t *testing.T) {
	_, b := bridge(t)
	cfg := local(t)
	cfg.Bridge = b
	s := start(t, cfg)
	attached, err := postgres.Attach(t.Context(), cfg.Guardian, s.Ticket())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = attached.Stop(context.Background()) })
	dsn, err := attached.BridgeDSN(s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	if hostOf(dsn) != net.JoinHostPort(b.Address.String(), portOf(t, s.DSN())) {
		t.Errorf("containers reach it at %s", hostOf(dsn))
	}
	c, err := pgx.Connect(t.Context(), s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	var listen string
	if err := c.QueryRow(t.Context(), "SELECT current_setting('listen_addresses')").Scan(&listen); err != nil || listen != "127.0.0.1,"+b.Address.String() {
		t.Errorf("it listens on %q, %v", listen, err)
	}
	rows, _ := c.Query(t.Context(), `SELECT address || '/' || netmask || ' ' || auth_method FROM pg_hba_file_rules
		WHERE type = 'host' AND database = '{all}' ORDER BY line_number`)
	rules, err := pgx.CollectRows(rows, pgx.RowTo[string])
	mask := net.IP(net.CIDRMask(b.Subnet.Bits(), 32)).String()
	if err != nil || !slices.Contains(rules, b.Subnet.Addr().String()+"/"+mask+" scram-sha-256") ||
		slices.ContainsFunc(rules, func(r string) bool { return strings.HasPrefix(r, "0.0.0.0/") || !strings.HasSuffix(r, "scram-sha-256") }) {
		t.Errorf("it lets in %q, %v", rules, err)
	}
	for _, a := range ownAddresses(t) {
		if a == b.Address || a.Is4() && a.IsLoopback() {
			continue
		}
		if conn, err := net.DialTimeout("tcp", net.JoinHostPort(a.String(), portOf(t, dsn)), time.Second); err == nil {
			_ = conn.Close()
			t.Errorf("%s is listened on too", a)
		}
	}
}

func ownAddresses(t *testing.T) []netip.Addr {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var out []netip.Addr
	for _, a := range all {
		own, err := netip.ParsePrefix(a.String())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, own.Addr())
	}
	return out
}

func portOf(t *testing.T, dsn string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(hostOf(dsn))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestNoBridge: what containers do not reach is said, and no server is opened to everybody.
func TestNoBridge(t *testing.T) {
	cfg := local(t)
	s := start(t, cfg)
	if _, err := s.BridgeDSN(s.DSN()); err == nil || !strings.Contains(err.Error(), "started without a bridge") {
		t.Errorf("without a bridge: %v", err)
	}
	foreign := cfg
	foreign.Mode = s.DSN()
	if _, err := start(t, foreign).BridgeDSN(s.DSN()); err == nil || !strings.Contains(err.Error(), "of this machine's own loopback") {
		t.Errorf("a dsn of the loopback: %v", err)
	}
	open := cfg
	open.Bridge = postgres.Bridge{Address: netip.MustParseAddr("0.0.0.0"), Subnet: netip.MustParsePrefix("0.0.0.0/0")}
	if s, err := postgres.Start(t.Context(), open); err == nil || !strings.Contains(err.Error(), "not a private one") {
		t.Errorf("on all addresses: %v", err)
		if err == nil {
			_ = s.Stop(context.Background())
		}
	}
}
