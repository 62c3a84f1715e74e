package recording

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"time"
)

// Delivery is one recorded webhook delivery, as it arrived.
type Delivery struct {
	// File is the file's name, without its folder.
	File string
	// Topic is empty for a ping, which has none.
	Topic string
	// Phase names the group of changes at the source that caused it; it is no phase of the cassettes.
	Phase  string
	Method string
	Path   string
	// Header keeps the order and the case that were on the wire.
	Header [][2]string
	Body   []byte
	// Secret is the public test secret that the delivery was signed with.
	Secret     string
	ReceivedAt time.Time
}

// deliveryFile is a delivery as written; encoding/json takes body_base64 as bytes.
type deliveryFile struct {
	ReceivedAt time.Time   `json:"received_at"`
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	Headers    [][2]string `json:"headers"`
	Body       []byte      `json:"body_base64"`
	Secret     string      `json:"secret"`
	Topic      *string     `json:"topic"`
	Phase      string      `json:"phase"`
}

// Deliveries returns the recorded webhook deliveries in the order of their arrival. Each call reads them anew, so
// callers may change what they get.
func (r *Recording) Deliveries() ([]Delivery, error) {
	out := make([]Delivery, 0, len(r.deliveries))
	for _, e := range r.deliveries {
		data, err := fs.ReadFile(r.fsys, e.File)
		if err != nil {
			return nil, fmt.Errorf("reading a delivery of recording %s: %w", r.Dir, err)
		}
		var f deliveryFile
		if err := json.Unmarshal(data, &f); err != nil {
			return nil, fmt.Errorf("delivery %s is no delivery (restore it from version control): %w", path.Join(r.Dir, e.File), err)
		}
		d := Delivery{
			File: path.Base(e.File), Phase: f.Phase, Method: f.Method, Path: f.Path,
			Header: f.Headers, Body: f.Body, Secret: f.Secret, ReceivedAt: f.ReceivedAt,
		}
		if f.Topic != nil {
			d.Topic = *f.Topic
		}
		out = append(out, d)
	}
	return out, nil
}
