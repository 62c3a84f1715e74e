package recording

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
)

// Finding is something in a recording that looks like a secret. Its text is not repeated: findings are printed.
type Finding struct {
	File string
	// Where is the interaction or the line.
	Where string
	What  string
}

// String is the finding in one line.
func (f Finding) String() string { return f.File + ": " + f.Where + ": " + f.What }

// scrubbed is what the recorder writes in place of a credential.
const scrubbed = "[scrubbed]"

// secretPattern is a shape of secret that must appear nowhere in a committed file.
type secretPattern struct {
	what    string
	pattern *regexp.Regexp
}

// secretPatterns all begin with literal text, which lets regexp skip through megabytes quickly.
func secretPatterns() []secretPattern {
	return []secretPattern{
		{"a WooCommerce consumer key", regexp.MustCompile(`ck_[0-9a-fA-F]{16,}`)},
		{"a WooCommerce consumer secret", regexp.MustCompile(`cs_[0-9a-fA-F]{16,}`)},
		{"a Shopify token", regexp.MustCompile(`shp[a-z]{2}_[0-9a-fA-F]{16,}`)},
		{"a Set-Cookie header", regexp.MustCompile(`Set-Cookie`)},
		{"basic credentials", regexp.MustCompile(`Basic [A-Za-z0-9+/=]{12,}`)},
		{"a bearer token", regexp.MustCompile(`Bearer [A-Za-z0-9+/_.=-]{12,}`)},
		{"a private key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
	}
}

// Secrets looks for credentials in all that the recording holds: the files as they stand, the requests' headers,
// and the bodies of deliveries, which are encoded in their files. No finding is what is wanted.
func (r *Recording) Secrets() ([]Finding, error) {
	var out []Finding
	patterns := secretPatterns()
	scan := func(file, where string, data []byte) {
		for _, p := range patterns {
			if at := p.pattern.FindIndex(data); at != nil {
				out = append(out, Finding{File: file, Where: fmt.Sprintf("%s byte %d", where, at[0]), What: p.what})
			}
		}
	}
	files := []string{SidecarName}
	for _, name := range r.names {
		files = append(files, name+".yaml")
		out = append(out, r.headerSecrets(name)...)
	}
	for _, list := range [][]fileEntry{r.deliveries, r.truth} {
		for _, e := range list {
			files = append(files, e.File)
		}
	}
	for _, f := range files {
		data, err := fs.ReadFile(r.fsys, f)
		if err != nil {
			return nil, fmt.Errorf("looking for secrets in recording %s: %w", r.Dir, err)
		}
		scan(path.Join(r.Dir, f), "the file at", data)
	}
	deliveries, err := r.Deliveries()
	if err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		scan(path.Join(r.Dir, d.File), "the decoded body at", d.Body)
	}
	return out, nil
}

// headerSecrets checks the headers that carry credentials by their meaning, whatever shape these have.
func (r *Recording) headerSecrets(name string) []Finding {
	var out []Finding
	file := path.Join(r.Dir, name+".yaml")
	for _, in := range r.cassettes[name].interactions {
		for _, header := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
			for _, v := range in.RequestHeader.Values(header) {
				if v != scrubbed {
					out = append(out, Finding{File: file, Where: in.Ref(), What: "the request's " + header + " is not " + scrubbed})
				}
			}
		}
		if len(in.Header[http.CanonicalHeaderKey("Set-Cookie")]) > 0 {
			out = append(out, Finding{File: file, Where: in.Ref(), What: "the answer sets a cookie"})
		}
	}
	return out
}
