package reference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Config is what the target runs with. DatabaseURL and manifests (either way) are needed; the rest has defaults.
type Config struct {
	// ManifestPaths are files to load; Manifests are already loaded ones. Both count.
	ManifestPaths []string
	Manifests     []*manifest.Manifest
	DatabaseURL   string
	// Listen is a loopback address; port 0 takes a free one. The default is 127.0.0.1:0.
	Listen string
	// Ready is called once with the address that is listened on.
	Ready func(addr string)
	// Wrap may replace steps of the pipeline, such as by faulty ones.
	Wrap func(Ports) Ports
	// Log is where the log goes; Logger replaces it. With neither nothing is logged.
	Log    io.Writer
	Logger *slog.Logger
	// RequestTimeout bounds one request to the provider, its body included (30 s). Tries is how often it is tried (6).
	RequestTimeout time.Duration
	Tries          int
	// Clock and Random replace time and chance in tests.
	Clock  Clock
	Random func() float64
}

// ConfigFromEnv reads DATABASE_URL, SYNCSPEC_LISTEN, SYNCSPEC_MANIFESTS (files, separated by commas or the system's
// list separator) and SYNCSPEC_REQUEST_TIMEOUT (a duration such as 10s).
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	cfg := Config{DatabaseURL: getenv("DATABASE_URL"), Listen: getenv("SYNCSPEC_LISTEN")}
	isSeparator := func(r rune) bool { return r == ',' || r == '\n' || r == os.PathListSeparator }
	for _, path := range strings.FieldsFunc(getenv("SYNCSPEC_MANIFESTS"), isSeparator) {
		if path = strings.TrimSpace(path); path != "" {
			cfg.ManifestPaths = append(cfg.ManifestPaths, path)
		}
	}
	var problems []error
	if cfg.DatabaseURL == "" {
		problems = append(problems, errors.New("DATABASE_URL is not set: want postgres://user@host:port/database"))
	}
	if len(cfg.ManifestPaths) == 0 {
		problems = append(problems, errors.New("SYNCSPEC_MANIFESTS names no file: want specs/<source>.yaml,…"))
	}
	if value := getenv("SYNCSPEC_REQUEST_TIMEOUT"); value != "" {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			problems = append(problems, fmt.Errorf("SYNCSPEC_REQUEST_TIMEOUT is %q: want a duration such as 10s", value))
		}
		cfg.RequestTimeout = d
	}
	return cfg, errors.Join(problems...)
}

// Run is the whole process: configuration from the environment, tables created where they are missing, then serving
// until SIGTERM or SIGINT, upon which calls in flight are finished first.
func Run(ctx context.Context, getenv func(string) string, log io.Writer) error {
	cfg, err := ConfigFromEnv(getenv)
	if err != nil {
		return err
	}
	cfg.Log = log
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := Migrate(ctx, cfg); err != nil {
		return err
	}
	return Serve(ctx, cfg)
}

// sources loads and works out all manifests, in the order given.
func (cfg Config) sources() ([]*source, error) {
	manifests := append([]*manifest.Manifest{}, cfg.Manifests...)
	var problems []error
	for _, path := range cfg.ManifestPaths {
		m, err := manifest.Load(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("loading a manifest: %w", err))
			continue
		}
		manifests = append(manifests, m)
	}
	if len(manifests) == 0 && len(problems) == 0 {
		problems = append(problems, errors.New("no manifest given"))
	}
	var sources []*source
	seen := map[string]bool{}
	for _, m := range manifests {
		s, err := newSource(m)
		if err == nil && seen[m.Source] {
			err = fmt.Errorf("source %s is described by two manifests: give one", m.Source)
		}
		seen[m.Source] = true
		problems = append(problems, err)
		sources = append(sources, s)
	}
	return sources, errors.Join(problems...)
}

func (cfg Config) logger() *slog.Logger {
	switch {
	case cfg.Logger != nil:
		return cfg.Logger
	case cfg.Log != nil:
		return slog.New(slog.NewTextHandler(cfg.Log, nil))
	}
	return slog.New(slog.DiscardHandler)
}

func (cfg Config) withDefaults() Config {
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if cfg.RequestTimeout <= 0 {
		cfg.RequestTimeout = 30 * time.Second
	}
	if cfg.Tries <= 0 {
		cfg.Tries = 6
	}
	if cfg.Clock == nil {
		cfg.Clock = systemClock{}
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	return cfg
}

// loopback refuses addresses that other machines reach: the protocol has no authentication of its own.
func loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("SYNCSPEC_LISTEN %q: want 127.0.0.1:port: %w", listen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("SYNCSPEC_LISTEN %q is open to other machines: listen on 127.0.0.1", listen)
	}
	return nil
}
