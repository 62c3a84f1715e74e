package reach

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
)

// CheckBridge refuses an address that is not the one that this machine has on a container engine's bridge: what listens
// there is reached by containers of this machine, and must be reached by nobody else.
func CheckBridge(address string) error {
	fail := func(why string) error {
		return fmt.Errorf("%q is not this machine's address on a container engine's bridge: %s", address, why)
	}
	ip, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return fail("it is no IP address; give the gateway of the engine's network, such as 172.17.0.1")
	case !ip.IsPrivate():
		return fail("it is not a private one, so that others might reach it; give the gateway of the engine's network, such as 172.17.0.1")
	}
	device, err := deviceWith(ip.Unmap())
	switch {
	case err != nil:
		return fail(err.Error())
	case device == "":
		return fail("this machine does not have it: the engine runs elsewhere, or syncspec itself runs in a container; run both on one machine")
	}
	if _, err := os.Stat(filepath.Join("/sys/class/net", device, "bridge")); err != nil {
		return fail("it is that of " + device + ", which is no bridge, so that others might reach it; give the gateway of the engine's network")
	}
	return nil
}

// deviceWith finds the network device with an address; empty if there is none.
func deviceWith(ip netip.Addr) (string, error) {
	devices, err := net.Interfaces()
	if err != nil {
		return "", fmt.Errorf("looking at this machine's network devices: %w", err)
	}
	var errs []error
	for _, d := range devices {
		addresses, err := d.Addrs()
		errs = append(errs, err) // of a device that just went; another may have it
		for _, a := range addresses {
			if own, err := netip.ParsePrefix(a.String()); err == nil && own.Addr().Unmap() == ip {
				return d.Name, nil
			}
		}
	}
	return "", errors.Join(errs...)
}
