package reach

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func authority(t *testing.T) *Authority {
	t.Helper()
	a, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// greet makes a TLS connection and returns what the client sees of the server.
func greet(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	near, far := net.Pipe()
	defer func() { _, _ = near.Close(), far.Close() }()
	go func() { _ = tls.Server(far, server).Handshake() }()
	c := tls.Client(near, client)
	_ = near.SetDeadline(time.Now().Add(10 * time.Second))
	err := c.Handshake()
	return c.ConnectionState(), err
}

func TestAuthorityFile(t *testing.T) {
	a, dir := authority(t), t.TempDir()
	path, err := a.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is for others too: %v %v", info.Mode(), err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 || bytes.Contains(data, []byte("KEY")) {
		t.Fatalf("the file has more or less than one certificate: %s", data)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !cert.IsCA || time.Until(cert.NotAfter) > life || time.Until(cert.NotAfter) < life-time.Hour || !cert.NotBefore.Before(time.Now()) {
		t.Errorf("it is good from %v to %v, an authority's: %v", cert.NotBefore, cert.NotAfter, cert.IsCA)
	}
	other, err := a.Write(dir)
	if err != nil || other == path {
		t.Errorf("two gateways share %s (%v)", path, err)
	}
	if _, err := a.Write(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "writing the certificate of the run's authority") {
		t.Errorf("into a folder that is not there: %v", err)
	}
}

func TestLeaves(t *testing.T) {
	a := authority(t)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(a.PEM())
	server := a.Server([]string{"127.0.0.1", "localhost"}, func(host string) bool { return strings.HasSuffix(host, ".shop.example") })
	for _, name := range []string{"127.0.0.1", "localhost", "north.shop.example"} {
		state, err := greet(t, server, &tls.Config{RootCAs: trusted, ServerName: name, NextProtos: []string{"h2", "http/1.1"}})
		if err != nil || state.NegotiatedProtocol != "http/1.1" {
			t.Errorf("%s: %v, %q", name, err, state.NegotiatedProtocol)
		}
	}
	if _, err := greet(t, server, &tls.Config{RootCAs: trusted, ServerName: "other.example"}); err == nil {
		t.Error("it vouches for a host that is nobody's")
	}
	if _, err := greet(t, server, &tls.Config{ServerName: "north.shop.example"}); err == nil {
		t.Error("who does not know the authority trusts it")
	}
	stranger := x509.NewCertPool()
	stranger.AppendCertsFromPEM(authority(t).PEM())
	if _, err := greet(t, server, &tls.Config{RootCAs: stranger, ServerName: "localhost"}); err == nil {
		t.Error("the authority of another run is trusted")
	}
	if _, err := greet(t, a.Host("north.shop.example"), &tls.Config{RootCAs: trusted, ServerName: "south.shop.example"}); err == nil {
		t.Error("a tunnel to one host passes for another")
	}
}

// TestLeavesAreBounded: a client that makes up hosts fills no memory.
func TestLeavesAreBounded(t *testing.T) {
	a := authority(t)
	for i := range maxLeaves + 10 {
		if _, err := a.leaf(fmt.Sprintf("%d.shop.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.leaves) > maxLeaves {
		t.Errorf("%d certificates are kept", len(a.leaves))
	}
	one, err := a.leaf("one.shop.example")
	if again, _ := a.leaf("one.shop.example"); err != nil || one != again {
		t.Error("a certificate is made twice")
	}
}
