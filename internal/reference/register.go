package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// register subscribes an integration to every topic of the manifest. What is registered already, at the same
// address, is not registered twice: each would deliver.
func (e *engine) register(ctx context.Context, in integration) ([]registered, error) {
	r := in.src.m.Webhooks.Registration
	if r == nil {
		return []registered{}, nil
	}
	state := map[string]registered{}
	list := make([]registered, 0, len(in.src.topicNames))
	for _, topic := range in.src.topicNames {
		result := in.meta.Webhooks[topic]
		if result.Status != "registered" {
			result = registered{Topic: topic, Status: "registered"}
			id, err := e.registerTopic(ctx, in, topic)
			result.ID = id
			if err != nil {
				result.Status, result.Error = "failed", err.Error()
				e.log.Error("registering a webhook failed", "integration", in.id, "topic", topic, "error", err)
			}
		}
		state[topic] = result
		list = append(list, result)
	}
	return list, e.integrations.setWebhooks(ctx, in.id, state)
}

func (e *engine) registerTopic(ctx context.Context, in integration, topic string) (string, error) {
	m := in.src.m
	r := m.Webhooks.Registration
	u, err := endpoint(m, in.account, r.Path)
	if err != nil {
		return "", err
	}
	request := map[string]string{r.Topic: topic, r.URL: in.meta.WebhookURL}
	if r.Secret != "" {
		request[r.Secret] = in.secret
	}
	if r.Name != "" {
		request[r.Name] = "sync " + topic
	}
	body, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("encoding the registration of %s: %w", topic, err)
	}
	a, err := e.client.do(ctx, m, in.account, http.MethodPost, u, body)
	if err != nil {
		return "", err
	}
	f, err := parseFields(a.body)
	if err != nil {
		return "", fmt.Errorf("the answer to the registration of %s: %w", topic, err)
	}
	id, err := f.key([]string{"id"}, "text")
	if err != nil {
		return "", fmt.Errorf("the answer to the registration of %s: %w", topic, err)
	}
	return id, nil
}
