package supervise_test

import (
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/supervise"
)

// TestListens: also where a descendant takes the connections, and by both families of addresses.
func TestListens(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	p, err := g.Spawn(t.Context(), supervise.Command{Path: "sh", Args: []string{"-c", `"$0"; exit`, os.Args[0]}, Env: append(os.Environ(), "LISTEN=1")})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	eventually(t, "it does not come to listen", func() bool {
		said = strings.Fields(string(p.Log()))
		return len(said) > 1 && said[len(said)-1] == "listening"
	})
	said = said[:len(said)-1]
	slices.Sort(said)
	where, err := p.Listens()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(where, said) {
		t.Errorf("it listens at %v, and says %v", where, said)
	}
	if _, err := net.Dial("tcp", where[0]); err != nil {
		t.Error(err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if where, err = p.Listens(); err != nil || len(where) > 0 {
		t.Errorf("after its end %v, %v", where, err)
	}
}
