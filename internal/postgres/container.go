package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/jackc/pgx/v5"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// labelKey labels our containers; the value is of one server only.
const labelKey = "io.syncspec.run"

const (
	containerPort = "5432/tcp"
	containerHome = "/syncspec" // a tmpfs; the data is in a folder inside it, for the server's user must own that
)

// containerSettings are the arguments of the server. They are those of the local rung, as far as they are not about its folder.
var containerSettings = []string{"postgres",
	"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "jit=off",
	"-c", "shared_buffers=64MB", "-c", "max_connections=200", "-c", "dynamic_shared_memory_type=mmap",
	"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "checkpoint_timeout=30min", "-c", "timezone=UTC",
}

// startContainer starts a container with Postgres.
func startContainer(ctx context.Context, cfg Config, because string) (*Server, error) {
	image := cfg.Image
	if image == "" {
		image = DefaultImage
	}
	engine, err := findEngine(ctx)
	if err != nil {
		return nil, err
	}
	if err := haveImage(ctx, engine, image); err != nil {
		engine.Close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	s := &Server{guardian: cfg.Guardian}
	if err := s.runContainer(ctx, engine, image); err != nil {
		engine.Close()
		return nil, fmt.Errorf("start a container of %s: %w", image, err)
	}
	var version string
	err = s.with(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT current_setting('server_version')").Scan(&version)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ask the container's version: %w", err), s.stop(context.WithoutCancel(ctx)))
	}
	s.ticket.Rung = fmt.Sprintf("container: postgres %s from image %s, because %s", first(version), image, because)
	return s, nil
}

// runContainer creates and starts the container, and waits until it answers.
func (s *Server) runContainer(ctx context.Context, engine *testcontainers.DockerClient, image string) error {
	run, password := strings.ToLower(rand.Text()), rand.Text()
	settled, forget, err := s.guardian.Container(engine.DaemonHost(), labelKey+"="+run)
	if err != nil {
		return err
	}
	c, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		Logger: tclog.NewNoopLogger(),
		ContainerRequest: testcontainers.ContainerRequest{
			Image:        image,
			Cmd:          containerSettings,
			Labels:       map[string]string{labelKey: run},
			ExposedPorts: []string{containerPort},
			Tmpfs:        map[string]string{containerHome: "rw,mode=1777"},
			Env: map[string]string{
				"PGDATA": containerHome + "/data", "POSTGRES_USER": superuser, "POSTGRES_PASSWORD": password,
				"POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C --wal-segsize=1 --no-sync",
			},
			HostConfigModifier: func(h *container.HostConfig) {
				h.PortBindings = network.PortMap{
					network.MustParsePort(containerPort): {{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1})}},
				}
			},
		},
	})
	if c != nil {
		s.stop = func(ctx context.Context) error {
			defer engine.Close()
			_, err := engine.ContainerRemove(ctx, c.GetContainerID(), client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			if err != nil && !errdefs.IsNotFound(err) {
				return fmt.Errorf("remove the container %.12s: %w", c.GetContainerID(), err)
			}
			forget()
			return nil
		}
	}
	if err == nil {
		if err = settled(); err == nil {
			if err = c.Start(ctx); err == nil {
				err = s.answers(ctx, engine, c, password)
			}
		}
	}
	if err == nil {
		return nil
	}
	if c != nil {
		err = fmt.Errorf("%w; its log ends with:\n%s", err, containerLog(context.WithoutCancel(ctx), c))
		err = errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	return err
}

// answers waits until a query of ours is answered and the container still runs. A log line or an open port says less: the official
// image starts a server for its preparations and ends it again.
func (s *Server) answers(ctx context.Context, engine *testcontainers.DockerClient, c testcontainers.Container, password string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	last := errors.New("it has no address yet")
	for {
		state, err := engine.ContainerInspect(ctx, c.GetContainerID(), client.ContainerInspectOptions{})
		switch {
		case err != nil:
			return fmt.Errorf("look at the container: %w", err)
		case !state.Container.State.Running:
			return fmt.Errorf("it ended before it was ready, with exit code %d", state.Container.State.ExitCode)
		}
		s.ticket.Bridge = besideOthers(state.Container)
		all := addresses(ctx, c, state.Container)
		for i, address := range all {
			if last = s.answersAt(ctx, address, password); last != nil {
				continue
			}
			for _, better := range all[:i] { // it may have become ready between two attempts
				if s.answersAt(ctx, better, password) == nil {
					return nil
				}
			}
			return s.answersAt(ctx, address, password)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w (%w)", last, ctx.Err())
		case <-tick.C:
		}
	}
}

func (s *Server) answersAt(ctx context.Context, address, password string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	s.ticket.DSN = dsn(host, port, superuser, password, "postgres")
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := connect(ctx, s.ticket.DSN)
	if err != nil {
		return err
	}
	_ = c.Close(ctx)
	return s.connected(ctx)
}

// addresses are the ways to the server, likeliest first. 127.0.0.1 is where the port is published; testcontainers names another host
// where it believes to be in a container itself, which is wrong wherever a file /.dockerenv lies on the engine's own machine. In
// a container beside ours only the container's own address works.
func addresses(ctx context.Context, c testcontainers.Container, state container.InspectResponse) []string {
	var all []string
	if state.NetworkSettings == nil {
		return nil
	}
	for _, binding := range state.NetworkSettings.Ports[network.MustParsePort(containerPort)] {
		if binding.HostPort == "" {
			continue
		}
		all = append(all, net.JoinHostPort("127.0.0.1", binding.HostPort))
		if host, err := c.Host(ctx); err == nil && host != "localhost" && host != "127.0.0.1" {
			all = append(all, net.JoinHostPort(host, binding.HostPort))
		}
	}
	if own := besideOthers(state); own != "" {
		all = append(all, own)
	}
	return all
}

// besideOthers is the container's own address, which is for the containers of its network; empty while it has none.
func besideOthers(state container.InspectResponse) string {
	if state.NetworkSettings == nil {
		return ""
	}
	for _, n := range state.NetworkSettings.Networks { // it has one
		if n.IPAddress.IsValid() {
			return net.JoinHostPort(n.IPAddress.String(), strings.TrimSuffix(containerPort, "/tcp"))
		}
	}
	return ""
}

// containerLog is the end of a container's log, for an error.
func containerLog(ctx context.Context, c testcontainers.Container) string {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	r, err := c.Logs(ctx)
	if err != nil {
		return "  (it cannot be read: " + oneLine(err) + ")"
	}
	defer r.Close()
	data, _ := io.ReadAll(io.LimitReader(r, 1<<20))
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")
	return "  " + strings.Join(rows[max(0, len(rows)-20):], "\n  ")
}
