package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sources"
)

// payload is the body of a delivery and where it comes from.
type payload struct {
	body []byte
	what string
}

// payloads are the bodies to send, in the order of sending.
func (c *webhookSendCmd) payloads(m *manifest.Manifest) ([]payload, error) {
	var p payload
	var err error
	if c.Body != "" {
		p, err = bodyFile(c.Body)
	} else {
		p, err = recorded(m, c.Topic)
	}
	if err != nil {
		return nil, err
	}
	if c.Times != nil {
		return slices.Repeat([]payload{p}, *c.Times), nil
	}
	if !c.Reorder {
		return []payload{p}, nil
	}
	newer, at, err := later(m, c.Topic, p.body)
	if err != nil {
		return nil, err
	}
	return []payload{
		{newer, p.what + ", as if it had changed later, at " + at},
		{p.body, p.what + ", the older version: what came before must stay"},
	}, nil
}

// bodyFile reads a body from a file.
func bodyFile(name string) (payload, error) {
	const most = 8 << 20
	file, err := os.Open(name)
	if err != nil {
		return payload{}, fmt.Errorf("reading the body: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return payload{}, fmt.Errorf("reading the body: %w", err)
	}
	if len(body) > most {
		return payload{}, fmt.Errorf("%s is larger than 8 MiB: no provider sends that much", name)
	}
	return payload{body, name}, nil
}

// recorded is the last recorded delivery of a topic that tells of something.
func recorded(m *manifest.Manifest, topic string) (payload, error) {
	r, err := sources.Recording(m.Source)
	if err != nil {
		return payload{}, fmt.Errorf("there is no recording to take a body from: name one with --body\n%w", err)
	}
	deliveries, err := r.Deliveries()
	if err != nil {
		return payload{}, err
	}
	for _, d := range slices.Backward(deliveries) {
		if d.Topic == topic && !isError(m, d.Body) {
			return payload{d.Body, "recorded as " + d.File}, nil
		}
	}
	return payload{}, fmt.Errorf("no delivery of %s was recorded: name a body with --body", topic)
}

// isError tells whether a body is the error that some providers send in the place of an object that is gone.
func isError(m *manifest.Manifest, body []byte) bool {
	var fields map[string]json.RawMessage
	if len(m.Webhooks.NotObject) == 0 || json.Unmarshal(body, &fields) != nil {
		return false
	}
	return !slices.ContainsFunc(m.Webhooks.NotObject, func(name string) bool { return fields[name] == nil })
}

// later returns body as if its object had changed an hour later, and that time. Not a byte besides is changed.
func later(m *manifest.Manifest, topic string, body []byte) (newer []byte, at string, err error) {
	var field *manifest.TimeField
	for _, t := range m.Topics() {
		if t.Topic == topic && t.Object.UpdatedAt != nil && t.Payload == "object" {
			field = t.Object.UpdatedAt
			break
		}
	}
	if field == nil {
		return nil, "", fmt.Errorf("%s tells no time of change, so that nobody can say which of two deliveries is the newer one: --reorder has no meaning for it", topic)
	}
	start, end, err := valueAt(body, strings.Split(field.Field, "."))
	if err != nil {
		return nil, "", fmt.Errorf("the body has no time of change at %s: %w", field.Field, err)
	}
	shifted, err := anHourLater(body[start:end], field.Format)
	if err != nil {
		return nil, "", fmt.Errorf("the body's time of change at %s: %w", field.Field, err)
	}
	return slices.Concat(body[:start], shifted, body[end:]), string(shifted), nil
}

// layouts are how times are written as text; rfc3339 keeps the offset that it finds.
var layouts = map[manifest.TimeFormat]string{
	manifest.RFC3339: time.RFC3339, manifest.NaiveUTC: "2006-01-02T15:04:05", manifest.Date: time.DateOnly,
}

// anHourLater moves a JSON value that is a time, by a day where it is a date.
func anHourLater(value []byte, format manifest.TimeFormat) ([]byte, error) {
	if format == manifest.Unix {
		seconds, err := strconv.ParseInt(string(value), 10, 64)
		return strconv.AppendInt(nil, seconds+3600, 10), err
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, err
	}
	at, err := time.Parse(layouts[format], text)
	if err != nil {
		return nil, err
	}
	at = at.Add(time.Hour)
	if format == manifest.Date {
		at = at.AddDate(0, 0, 1)
	}
	return json.Marshal(at.Format(layouts[format]))
}

// valueAt finds where in a JSON text the value at a path of names begins and ends.
func valueAt(body []byte, path []string) (start, end int, err error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	opening, err := decoder.Token()
	if err != nil {
		return 0, 0, err
	}
	if opening != json.Delim('{') {
		return 0, 0, errors.New("it is no JSON object")
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return 0, 0, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return 0, 0, err
		}
		if name != path[0] {
			continue
		}
		end = int(decoder.InputOffset())
		start = end - len(value)
		if len(path) == 1 {
			return start, end, nil
		}
		innerStart, innerEnd, err := valueAt(value, path[1:])
		return start + innerStart, start + innerEnd, err
	}
	return 0, 0, fmt.Errorf("there is no %q", path[0])
}
