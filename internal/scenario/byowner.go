package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// byOwner registers all topics as the owner of an account does in its settings: for a target that takes deliveries and
// registers nothing itself. A source that is played back has no settings, and sends what it sent.
func (b *builder) byOwner() error {
	reg := b.env.Manifest.Webhooks.Registration
	if b.box == nil || reg == nil {
		return nil
	}
	for _, topic := range b.env.Manifest.Registrable() {
		fields := map[string]string{reg.Topic: topic, reg.URL: b.snap.Integration.WebhookURL}
		for name, value := range reg.Params {
			fields[name] = value
		}
		for name, value := range map[string]string{reg.Secret: b.party.secret, reg.Name: topic} {
			if name != "" {
				fields[name] = value
			}
		}
		var body any = fields
		if reg.At != "" {
			for _, step := range slices.Backward(strings.Split(reg.At, ".")) {
				body = map[string]any{step: body}
			}
		}
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("registering %s by hand: %w", topic, err)
		}
		req, err := http.NewRequest(http.MethodPost, b.env.Manifest.BasePath()+reg.Path, bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("registering %s by hand: %w", topic, err)
		}
		req.Header.Set("Content-Type", "application/json")
		prove(req, b.env.Manifest.API.Auth, b.party.credentials)
		w := &written{header: http.Header{}, status: http.StatusOK}
		if b.box.account.ServeHTTP(w, req); w.status/100 != 2 {
			return fmt.Errorf("registering %s by hand: the sandbox answers %d %s", topic, w.status, w.body.String())
		}
	}
	return nil
}
