package profile

// DefaultVerbs is the default protocol, docs/protocol.md, in the form that a profile would have it: what a target without
// verbs of its own speaks.
func DefaultVerbs() *VerbMap {
	const at = "/conformance/v1/"
	integration := JSON{Value: map[string]any{"integration_id": "{integration_id}"}}
	connect := func(credentials any) *Verb {
		return &Verb{HTTP: "POST " + at + "connect", Body: JSON{Value: map[string]any{
			"source":      "{source.name}",
			"account":     map[string]any{"url": "{account.url}"},
			"credentials": credentials,
			"webhook":     map[string]any{"base_url": "{webhook.base_url?}", "secret": "{webhook.secret?}"},
		}}}
	}
	const described = "sources.{source.name}."
	return &VerbMap{
		Describe: &Verb{HTTP: "GET " + at + "describe", Result: map[string]string{
			"scopes": described + "scopes", "functions": described + "functions", "topics": described + "topics",
		}},
		Connect: connect("{credentials}"),
		// The same call with the app's credentials and no token: the answer is where the owner has to go.
		Authorize:        connect(map[string]any{"client_id": "{app.client_id}", "client_secret": "{app.client_secret}"}),
		RegisterWebhooks: &Verb{HTTP: "POST " + at + "register_webhooks", Body: integration},
		Sync: &Verb{HTTP: "POST " + at + "sync", Body: JSON{Value: map[string]any{
			"integration_id": "{integration_id}", "functions": "{functions?}", "start_date": "{start_date?}",
		}}, Result: map[string]string{"counts": "functions"}},
		Webhook:    &Verb{}, // where deliveries go is what connect returns
		Retry:      &Verb{HTTP: "POST " + at + "retry", Body: integration},
		Stats:      &Verb{HTTP: "GET " + at + "stats?integration_id={integration_id}"},
		Disconnect: &Verb{HTTP: "POST " + at + "disconnect", Body: integration},
	}
}

// Speaks are the verbs that a target is driven by: the profile's, or the default protocol.
func (t Target) Speaks() *VerbMap {
	if t.Verbs != nil {
		return t.Verbs
	}
	return DefaultVerbs()
}

// Of returns how a verb is done, or nil.
func (m *VerbMap) Of(verb Notion) *Verb {
	switch verb {
	case Describe:
		return m.Describe
	case Connect:
		return m.Connect
	case Authorize:
		return m.Authorize
	case RegisterWebhooks:
		return m.RegisterWebhooks
	case Sync:
		return m.Sync
	case Webhook:
		return m.Webhook
	case Retry:
		return m.Retry
	case Stats:
		return m.Stats
	case Disconnect:
		return m.Disconnect
	}
	return nil
}
