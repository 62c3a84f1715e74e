package recorder

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/sandbox"
)

// deliveriesFolder holds a file for each delivery.
const deliveriesFolder = "deliveries"

// apart is how far apart the deliveries of a step arrive; all of a step arrive within a second.
const apart = 20 * time.Millisecond

// deliveryFile is a delivery as it is written.
type deliveryFile struct {
	ReceivedAt string      `json:"received_at"`
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	Headers    [][2]string `json:"headers"`
	Body       []byte      `json:"body_base64"`
	Secret     string      `json:"secret"`
	Topic      string      `json:"topic"`
	Phase      string      `json:"phase"`
}

// keep writes the n-th delivery of a step to a file.
func (r *recording) keep(step string, n int, d sandbox.Delivery) error {
	address, err := url.Parse(d.URL)
	if err != nil {
		return err
	}
	if time.Duration(n)*apart >= time.Second {
		return fmt.Errorf("step %s makes more than %d deliveries: make two steps of it", step, time.Second/apart)
	}
	f := deliveryFile{
		ReceivedAt: r.account.Now().Add(time.Duration(n) * apart).UTC().Format("2006-01-02T15:04:05.000Z"),
		Method:     "POST", Path: address.RequestURI(), Body: d.Body, Secret: webhookSecret, Topic: d.Topic, Phase: step,
		Headers: [][2]string{{"Host", address.Host}},
	}
	var names []string
	for name := range d.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range d.Header[name] {
			f.Headers = append(f.Headers, [2]string{name, value})
		}
	}
	f.Headers = append(f.Headers, [2]string{"Content-Length", strconv.Itoa(len(d.Body))})
	data, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%03d-%s", len(r.deliveries)+1, d.Topic)
	if d.Key != "" {
		name += "-" + d.Key
	}
	file := filepath.Join(deliveriesFolder, strings.ReplaceAll(name, "/", ".")+".json")
	if err := os.MkdirAll(filepath.Join(r.dir, deliveriesFolder), 0o755); err != nil {
		return err
	}
	r.deliveries = append(r.deliveries, filepath.ToSlash(file))
	return os.WriteFile(filepath.Join(r.dir, file), append(data, '\n'), 0o644)
}
