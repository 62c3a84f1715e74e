package supervise

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// listening is the state of a socket that takes connections, in the kernel's table.
const listening = "0A"

// listens returns the TCP addresses at which processes take connections, sorted.
func listens(pids []int) ([]string, error) {
	sockets := map[string]bool{} // by "socket:[inode]"
	for _, pid := range pids {
		links, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
		if err != nil {
			return nil, err
		}
		for _, link := range links {
			if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, "socket:") {
				sockets[to] = true
			}
		}
	}
	var all []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, err := os.ReadFile(table)
		if errors.Is(err, fs.ErrNotExist) { // a kernel without it
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the table of sockets: %w", err)
		}
		for line := range strings.Lines(string(data)) {
			f := strings.Fields(line)
			if len(f) < 10 || f[3] != listening || !sockets["socket:["+f[9]+"]"] {
				continue
			}
			if where, ok := address(f[1]); ok {
				all = append(all, where)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// address reads the kernel's form of one: 0100007F:1F90, in words of the machine's own byte order.
func address(text string) (string, bool) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(raw)%4 != 0 {
		return "", false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)).String(), ok
}
