package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// post is a request that can be sent again, as it is or with another body.
type post struct {
	to     string
	within time.Duration
	header http.Header
	body   []byte
	out    io.Writer
	// hidden are secrets, which are not shown even where the answer repeats them.
	hidden []string
}

// describe shows what will be sent.
func (p *post) describe(what string) {
	fmt.Fprintf(p.out, "POST %s\n", p.to)
	for _, name := range slices.Sorted(maps.Keys(p.header)) {
		fmt.Fprintf(p.out, "  %s: %s\n", name, strings.Join(p.header[name], ", "))
	}
	fmt.Fprintf(p.out, "  %d bytes, %s\n", len(p.body), what)
}

// shownAnswer is how much of an answer is shown.
const shownAnswer = 500

// send sends it and shows the answer's beginning. Its error says why there was none.
func (p *post) send(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.to, bytes.NewReader(p.body))
	if err != nil {
		return 0, err
	}
	request.Header = p.header.Clone()
	// A provider follows no redirect: it would be the delivery's last answer.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	started := time.Now()
	answer, err := client.Do(request)
	if err != nil {
		return 0, p.explain(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, shownAnswer+1))
	if err != nil {
		return 0, p.explain(err)
	}
	fmt.Fprintf(p.out, "-> %s after %s\n", p.clean(answer.Status), time.Since(started).Round(100*time.Microsecond))
	if location := answer.Header.Get("Location"); location != "" {
		fmt.Fprintf(p.out, "   Location: %s\n", p.clean(location))
	}
	if text := p.clean(string(body[:min(len(body), shownAnswer)])); text != "" {
		if len(body) > shownAnswer {
			text += " …"
		}
		fmt.Fprintf(p.out, "   %s\n", text)
	}
	return answer.StatusCode, nil
}

// clean makes text of an answer fit for a terminal, on one line and without secrets.
func (p *post) clean(text string) string {
	for _, secret := range p.hidden {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "xxxxx")
		}
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.Join(strings.Fields(text), " ")
}

// explain says why there is no answer, and what to do about it.
func (p *post) explain(err error) error {
	to, parseErr := url.Parse(p.to)
	if parseErr != nil {
		return parseErr
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &dns):
		return fmt.Errorf("the name %s cannot be looked up: correct --to", to.Hostname())
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody listens at %s: start the integration, or correct --to", to.Host)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return fmt.Errorf("%s cannot be reached from here: correct --to", to.Host)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%s did not answer within %s: answer first and work afterwards, or wait longer with --within", to.Host, p.within)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s does not speak TLS: use http:// in --to", to.Host)
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is signed by nobody who is trusted here: name its CA's file in SSL_CERT_FILE, or use http:// where the endpoint has it", to.Host)
	case errors.As(err, &certificate):
		return fmt.Errorf("the certificate of %s is not good: %w", to.Host, certificate.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("%s closed the connection without a whole answer: look into the integration's log", to.Host)
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // the address is said already
	}
	return fmt.Errorf("sending to %s, which may not speak HTTP: %w", to.Host, err)
}
