package reach

import (
	"net"
	"sync"
)

// tunnels is a listener whose connections are handed to it.
type tunnels struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func newTunnels() *tunnels {
	return &tunnels{conns: make(chan net.Conn), ended: make(chan struct{})}
}

// hand waits until the connection is accepted; after the end it is closed.
func (t *tunnels) hand(c net.Conn) {
	select {
	case t.conns <- c:
	case <-t.ended:
		_ = c.Close()
	}
}

// Accept waits for a connection.
func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.ended:
		return nil, net.ErrClosed
	}
}

// Close ends the listener.
func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.ended) })
	return nil
}

// Addr says what it is; there is no address.
func (t *tunnels) Addr() net.Addr { return tunnelAddr{} }

type tunnelAddr struct{}

func (tunnelAddr) Network() string { return "tcp" }
func (tunnelAddr) String() string  { return "by CONNECT" }
