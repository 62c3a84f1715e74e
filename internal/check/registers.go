package check

import (
	"encoding/json"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Registers reads a request by which a webhook is registered: the topic, and the address as text, "<none>" where there is
// none. ok is false for any other request.
func Registers(m *manifest.Manifest, x scenario.Exchange) (topic, address string, ok bool) {
	reg := m.Webhooks.Registration
	if reg == nil || x.Method != "POST" || !manifest.MatchPath(m.BasePath()+reg.Path).MatchString(x.Path) {
		return "", "", false
	}
	var body any
	if json.Unmarshal([]byte(x.RequestBody), &body) != nil {
		return "", "", false
	}
	if reg.At != "" {
		for step := range strings.SplitSeq(reg.At, ".") {
			inside, _ := body.(map[string]any)
			body = inside[step]
		}
	}
	webhook, _ := body.(map[string]any)
	if topic, ok = webhook[reg.Topic].(string); !ok {
		return "", "", false
	}
	if address, ok = webhook[reg.URL].(string); !ok {
		address = "<none>"
	}
	return topic, address, true
}
