package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sources"
)

type webhookCmd struct {
	Send webhookSendCmd `cmd:"" help:"Send one signed webhook delivery by hand."`
}

// secretEnv names the variable with the secret that deliveries are signed with. It is never an argument: those are
// everybody's to read.
const secretEnv = "SYNCSPEC_WEBHOOK_SECRET"

type webhookSendCmd struct {
	Source string `arg:"" help:"The source that it comes from, such as woocommerce."`
	Topic  string `arg:"" help:"What it tells of, in the source's words, such as order.updated."`

	To           string        `required:"" placeholder:"URL" help:"Where to send it: the integration's webhook endpoint."`
	Body         string        `placeholder:"FILE" help:"Send this file's content; if not given, the last recorded delivery of the topic."`
	Times        *int          `xor:"times" placeholder:"N" help:"Send it so many times, as providers do that are not sure."`
	Reorder      bool          `xor:"times,signature" help:"Send a newer version first, then the older one."`
	BadSignature bool          `xor:"signature" help:"Sign it with another secret: it must be refused."`
	ID           string        `placeholder:"ID" help:"The delivery's id; a new one if not given."`
	Account      string        `placeholder:"URL" help:"The account that it comes from, as the headers name it."`
	Within       time.Duration `placeholder:"TIME" help:"How long to wait for an answer; the source's own deadline if not given."`
}

// Run sends the delivery and says what came of it.
func (c *webhookSendCmd) Run(ctx context.Context, std streams) error {
	m, err := sources.Manifest(c.Source)
	if err != nil {
		return explained(std, err)
	}
	if err := c.check(m); err != nil {
		return err
	}
	secret := os.Getenv(secretEnv)
	if secret == "" && !c.BadSignature {
		return failure{exitUsage, fmt.Sprintf("%s is not set: deliveries are signed with the secret that the integration was connected with", secretEnv)}
	}
	payloads, err := c.payloads(m)
	if err != nil {
		return failure{exitUsage, err.Error()}
	}
	signedWith := secret
	if c.BadSignature {
		signedWith = rand.Text()
	}
	p := &post{to: c.To, within: c.Within, out: std.out, hidden: []string{secret, signedWith}}
	var wrong error
	for i, payload := range payloads {
		if i == 0 || c.Reorder { // else it is the same delivery again
			p.header, err = dialect.Headers(m.Webhooks, signedWith, dialect.Delivery{
				Topic: c.Topic, ID: c.id(i), Timestamp: time.Now().UTC().Format(time.RFC3339), URL: c.To, AccountURL: c.Account, Body: payload.body,
			})
			if err != nil {
				return failure{exitUsage, fmt.Sprintf("signing the delivery: %v", err)}
			}
			p.body = payload.body
			p.describe(payload.what)
		}
		status, err := p.send(ctx)
		if err != nil {
			return failure{exitProblems, err.Error()}
		}
		if err := c.judge(status); err != nil {
			wrong = err
		}
	}
	return wrong
}

// check holds the arguments against each other and the manifest, and fills in what was not given.
func (c *webhookSendCmd) check(m *manifest.Manifest) error {
	topics := topicNames(m)
	if !slices.Contains(topics, c.Topic) {
		return failure{exitUsage, fmt.Sprintf("%s has no topic %q: %s", c.Source, c.Topic, manifest.Suggest(c.Topic, topics))}
	}
	to, err := url.Parse(c.To)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return failure{exitUsage, fmt.Sprintf("--to is %q: want the whole URL of an endpoint, such as http://127.0.0.1:8000/webhooks", c.To)}
	}
	if to.User != nil {
		return failure{exitUsage, "--to has a password in it, which everybody on the machine can read: deliveries are authenticated by their signature"}
	}
	const most = 100
	if c.Times != nil && (*c.Times < 1 || *c.Times > most) {
		return failure{exitUsage, fmt.Sprintf("--times is %d: want 1 to %d", *c.Times, most)}
	}
	if c.Within < 0 {
		return failure{exitUsage, fmt.Sprintf("--within is %s: want a time such as 30s", c.Within)}
	}
	if c.Within == 0 {
		if c.Within, err = time.ParseDuration(m.Webhooks.Deadline); err != nil {
			return fmt.Errorf("reading webhooks.deadline of %s: %w", m.Path, err)
		}
	}
	if c.Account == "" {
		c.Account = exampleAccount(m.API.BaseURL)
	}
	c.Account = strings.TrimSuffix(c.Account, "/")
	return nil
}

// id is the id of the i-th delivery that is sent.
func (c *webhookSendCmd) id(i int) string {
	switch {
	case c.ID == "":
		return uuid.NewString()
	case i > 0:
		return fmt.Sprintf("%s-%d", c.ID, i+1)
	}
	return c.ID
}

// judge tells what is wrong with the status of an answer.
func (c *webhookSendCmd) judge(status int) error {
	switch {
	case !c.BadSignature && status/100 != 2:
		return failure{exitProblems, "a good delivery must be answered 2xx"}
	case c.BadSignature && status != 400 && status != 401 && status != 403:
		return failure{exitProblems, "a badly signed delivery must be refused with 401, 403 or 400"}
	}
	return nil
}

// topicNames lists what the source may send: the objects' topics and the notices.
func topicNames(m *manifest.Manifest) []string {
	var names []string
	for _, t := range m.Topics() {
		if !slices.Contains(names, t.Topic) {
			names = append(names, t.Topic)
		}
	}
	for _, n := range m.Webhooks.Notices {
		names = append(names, n.Topic)
	}
	return names
}

// exampleAccount is the scheme and host of a base URL, with a word for each of its placeholders.
func exampleAccount(base string) string {
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	for {
		before, after, ok := strings.Cut(host, "{")
		if !ok {
			if !strings.Contains(host, ".") {
				host += ".test"
			}
			return scheme + "://" + host
		}
		_, after, _ = strings.Cut(after, "}")
		host = before + "example" + after
	}
}
