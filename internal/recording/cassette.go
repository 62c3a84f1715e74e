package recording

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"gopkg.in/yaml.v3"
)

// formatVersion is the one version of the go-vcr format that v2 writes.
const formatVersion = 1

// parseCassette decodes a go-vcr v2 cassette. cassette.Load does the same to a path of the operating system and
// cannot read an embedded file, so its types are used and its file access is not.
func parseCassette(e cassetteEntry, data []byte) ([]Interaction, error) {
	var c cassette.Cassette
	if err := yaml.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("reading it as a go-vcr cassette: %w", err)
	}
	if c.Version != formatVersion {
		return nil, fmt.Errorf("its format version is %d, this is written for %d", c.Version, formatVersion)
	}
	out := make([]Interaction, 0, len(c.Interactions))
	for i, in := range c.Interactions {
		if in == nil || in.Request.Method == "" || in.Response.Code == 0 {
			return nil, fmt.Errorf("interaction %d has no method or no status code", i)
		}
		u, err := url.Parse(in.Request.URL)
		if err != nil {
			return nil, fmt.Errorf("interaction %d: %w", i, err)
		}
		out = append(out, Interaction{
			Cassette:      e.name(),
			Index:         i,
			Method:        in.Request.Method,
			URL:           u,
			RequestBody:   in.Request.Body,
			RequestHeader: canonicalHeader(in.Request.Headers),
			Status:        in.Response.Code,
			Header:        canonicalHeader(in.Response.Headers),
			Body:          []byte(in.Response.Body),
			Sequence:      e.Repeats == repeatsSequence,
		})
	}
	return out, nil
}

// canonicalHeader makes Get work on files that were written or edited with another case.
func canonicalHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			out.Add(name, v)
		}
	}
	return out
}
