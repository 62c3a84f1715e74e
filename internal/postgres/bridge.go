package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"

	"github.com/containerd/errdefs"
	"github.com/jackc/pgx/v5"
	"github.com/moby/moby/client"
	"github.com/syncspec/syncspec/internal/reach"
)

// Bridge is the network of a container engine on this machine, by which its containers reach what runs here.
type Bridge struct {
	// Address is this machine's own in it, Subnet those of the containers.
	Address netip.Addr
	Subnet  netip.Prefix
}

// networks are the engines' default networks, by name: Docker's and Podman's.
var networks = []string{"bridge", "podman"}

// FindBridge asks the container engine for its default network.
func FindBridge(ctx context.Context) (Bridge, error) {
	fail := func(err error) (Bridge, error) {
		return Bridge{}, fmt.Errorf("find the address on which containers reach this machine: %w", err)
	}
	engine, err := findEngine(ctx)
	if err != nil {
		return fail(err)
	}
	defer engine.Close()
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	for _, name := range networks {
		found, err := engine.NetworkInspect(ctx, name, client.NetworkInspectOptions{})
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return fail(fmt.Errorf("ask the engine for its network %s: %w", name, err))
		}
		for _, c := range found.Network.IPAM.Config {
			if !c.Subnet.Addr().Is4() {
				continue
			}
			b := Bridge{Address: c.Gateway, Subnet: c.Subnet.Masked()}
			if !b.Address.IsValid() { // of a bridge that was there before it, Docker names the subnet alone
				b.Address = ownIn(b.Subnet)
			}
			if !b.there() {
				return fail(fmt.Errorf("this machine has no address in the engine's network %s: the engine runs elsewhere, "+
					"or syncspec itself runs in a container; run both on one machine", b.Subnet))
			}
			if err := reach.CheckBridge(b.Address.String()); err != nil {
				return fail(err)
			}
			return b, nil
		}
	}
	return fail(fmt.Errorf("the engine has no network %q or %q of IPv4 addresses", networks[0], networks[1]))
}

// ownIn is this machine's address in a subnet; none if it has none.
func ownIn(subnet netip.Prefix) netip.Addr {
	addresses, _ := net.InterfaceAddrs() // if there is none to be had, none is found
	for _, a := range addresses {
		if own, err := netip.ParsePrefix(a.String()); err == nil && subnet.Contains(own.Addr()) {
			return own.Addr()
		}
	}
	return netip.Addr{}
}

func (b Bridge) there() bool { return b.Address.IsValid() }

// listen are the server's arguments to listen on the bridge too; none without one.
func (b Bridge) listen() []string {
	if !b.there() {
		return nil
	}
	return []string{"-c", "listen_addresses=127.0.0.1," + b.Address.String()}
}

// admit lets the bridge's containers, and nobody else from there, into the server of a data folder: with the password.
func (b Bridge) admit(data string) error {
	if !b.there() {
		return nil
	}
	if err := reach.CheckBridge(b.Address.String()); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(data, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "host all all %s scram-sha-256\n", b.Subnet)
	return errors.Join(err, f.Close())
}

// free tells whether nobody listens on a port of the bridge's address.
func (b Bridge) free(port string) bool {
	if !b.there() {
		return true
	}
	l, err := net.Listen("tcp", net.JoinHostPort(b.Address.String(), port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

var errNoBridge = errors.New("containers do not reach this Postgres")

// BridgeDSN is the dsn of a database of the server as containers on the bridge reach it.
func (s *Server) BridgeDSN(dsn string) (string, error) {
	fail := func(why string) (string, error) {
		return "", fmt.Errorf("%w: %s", errNoBridge, why)
	}
	if s.ticket.Foreign {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			return "", errNotADSN
		}
		if ip, err := netip.ParseAddr(config.Host); config.Host == "localhost" || filepath.IsAbs(config.Host) || err == nil && ip.IsLoopback() {
			return fail("the dsn in " + ModeEnv + " is of this machine's own loopback; write the host by which containers reach that server, " +
				"or unset " + ModeEnv + " to have one started that they reach")
		}
		return dsn, nil
	}
	if s.ticket.Bridge == "" {
		return fail("it was started without a bridge")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errNotADSN
	}
	u.Host = s.ticket.Bridge
	return u.String(), nil
}
