package reach

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// life is how long certificates are good for: longer than any run, and too short to be worth keeping.
	life = 48 * time.Hour
	// skew is how far a client's clock may be behind, as that of a container's machine.
	skew = time.Hour
	// maxLeaves bounds the certificates kept, against a client that makes up hosts.
	maxLeaves = 256
)

// Authority vouches for the hosts of one run. Its key is in memory only and goes with the process, so its certificate is
// worth nothing to whoever finds it later.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	// leafKey is of all leaves: they are of one server.
	leafKey *ecdsa.PrivateKey

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// NewAuthority makes an authority with keys of its own.
func NewAuthority() (*Authority, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, fmt.Errorf("making a certificate authority for the run: %w", err)
	}
	return a, nil
}

func newAuthority() (*Authority, error) {
	a := &Authority{leaves: map[string]*tls.Certificate{}}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if a.leafKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	template, err := certificate("syncspec, for one run")
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	a.cert, err = x509.ParseCertificate(der)
	return a, err
}

// certificate is what all certificates have.
func certificate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{Organization: []string{"syncspec"}, CommonName: name},
		NotBefore: now.Add(-skew), NotAfter: now.Add(life),
	}, nil
}

// PEM is the authority's certificate, without its key.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// Write writes the certificate to a new file in a folder, which its user alone can read, and returns the file's path.
func (a *Authority) Write(dir string) (string, error) {
	f, err := os.CreateTemp(dir, "syncspec-ca-*.pem") // mode 0600
	if err != nil {
		return "", fmt.Errorf("writing the certificate of the run's authority: %w", err)
	}
	_, err = f.Write(a.PEM())
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("writing the certificate of the run's authority to %s: %w", f.Name(), err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// Server is the TLS side of a server that is reached by own, which are names and addresses, and by every host that others
// takes. A client that asks for none is given own's certificate: those that go to an address do not ask.
func (a *Authority) Server(own []string, others func(host string) bool) *tls.Config {
	return a.config(func(asked string) (*tls.Certificate, error) {
		for _, name := range own {
			if asked == name || asked == "" {
				return a.leaf(own...)
			}
		}
		if others != nil && others(asked) {
			return a.leaf(asked)
		}
		return nil, fmt.Errorf("there is no certificate for %q here", asked)
	})
}

// Host is the TLS side of one host, whatever name the client asks for.
func (a *Authority) Host(host string) *tls.Config {
	return a.config(func(string) (*tls.Certificate, error) { return a.leaf(host) })
}

// config speaks HTTP/1.1 alone: no connection can be taken out of HTTP/2, so that no fault could break one.
func (a *Authority) config(choose func(asked string) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) { return choose(hello.ServerName) },
	}
}

// leaf makes a certificate for names and addresses, the first of which tells it from others.
func (a *Authority) leaf(names ...string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if have := a.leaves[names[0]]; have != nil {
		return have, nil
	}
	template, err := certificate("syncspec's gateway")
	if err != nil {
		return nil, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.leafKey.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for %s: %w", names[0], err)
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	made := &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.leafKey}
	a.leaves[names[0]] = made
	return made, nil
}
