package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// shopifyAttempts is how often a delivery is made again before its webhook is deleted.
const shopifyAttempts = 8

func (s *shopify) retries() int { return shopifyAttempts }

// giveUp deletes a webhook that failed too often in a row.
func (s *shopify) giveUp(c *change, hook *record, failures int) error {
	if failures >= shopifyAttempts {
		c.remove(c.kinds[hooksName], hook)
	}
	return nil
}

// deliveryID is a UUID.
func (s *shopify) deliveryID(c *change, _ *record) string { return uuid(c.unique("delivery")) }

// oneEvent gives all deliveries of a change the same event's id.
func (s *shopify) oneEvent(c *change) {
	event := sha256.Sum256(fmt.Appendf(nil, "%s event at %d", c.config.Name, c.now.Unix()))
	for _, w := range c.outbox {
		if w.made != nil && w.made.At.Equal(c.now) {
			w.made.Header.Set("X-Shopify-Event-Id", uuid(hex.EncodeToString(event[:])))
		}
	}
}

// uuid writes 32 hexadecimal digits as one.
func uuid(digits string) string {
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:32]
}

// hook is a webhook as it is kept and shown. An address is told of a topic once.
func (s *shopify) hook(c *change, old *record, fields map[string][]byte) ([]byte, *refusal) {
	reg := s.manifest.Webhooks.Registration
	body := []byte(`{"id":0,"address":"","topic":"","created_at":"","updated_at":"","format":"json","fields":[],` +
		`"metafield_namespaces":[],"metafield_identifiers":[],"api_version":"","private_metafield_namespaces":[]}`)
	values := map[string][]byte{"updated_at": s.written(c.now)}
	if old != nil {
		body = old.body
	} else {
		values["id"] = strconv.AppendInt(nil, c.nextID(), 10)
		values["created_at"] = s.written(c.now)
		values["api_version"] = quoted(s.manifest.API.Version.Value)
	}
	for _, name := range []string{reg.URL, reg.Topic, "format", "fields", "metafield_namespaces"} {
		if value, sent := fields[name]; sent {
			values[name] = value
		}
	}
	for _, name := range sortedKeys(values) {
		next, err := set(body, name, values[name])
		if err != nil {
			return nil, &refusal{why: badBody}
		}
		body = next
	}
	topic, _ := text(body, reg.Topic)
	address, _ := text(body, reg.URL)
	if slices.ContainsFunc(c.store[hooksName].records, func(r *record) bool {
		return r != old && r.text(reg.Topic) == topic && r.text(reg.URL) == address
	}) {
		return nil, &refusal{why: takenAddress, param: reg.URL}
	}
	return body, nil
}
