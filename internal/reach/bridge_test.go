package reach

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsNoBridge(t *testing.T) {
	for address, why := range map[string]string{
		"0.0.0.0": "it is not a private one", "::": "it is not a private one", "8.8.8.8": "it is not a private one", "127.0.0.1": "it is not a private one",
		"": "it is no IP address", "docker0": "it is no IP address", "172.17.0.1:80": "it is no IP address", "10.255.255.254": "this machine does not have it",
	} {
		if err := CheckBridge(address); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestOwnAddresses: of the machine's own addresses those of bridges will do, and no others.
func TestOwnAddresses(t *testing.T) {
	devices, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		_, noBridge := os.Stat(filepath.Join("/sys/class/net", d.Name, "bridge"))
		addresses, err := d.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range addresses {
			own, err := netip.ParsePrefix(a.String())
			if err != nil {
				t.Fatal(err)
			}
			if err := CheckBridge(own.Addr().String()); (err == nil) != (noBridge == nil && own.Addr().IsPrivate()) {
				t.Errorf("%s of %s: %v", own.Addr(), d.Name, err)
			}
		}
	}
}
