package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// integration is one connected account.
type integration struct {
	id, companyID string
	src           *source
	account       Account
	connected     bool
	secret        string
	meta          metadata
}

// metadata is what integration.metadata_info keeps.
type metadata struct {
	WebhookURL string `json:"webhook_url"`
	// Webhooks are the registrations by topic.
	Webhooks map[string]Registration `json:"webhooks,omitempty"`
	// Notices are when the topics that tell of no object were last heard.
	Notices map[string]time.Time `json:"notices,omitempty"`
	// Scopes are what the account's owner was asked for and granted, where that was by OAuth.
	Scopes   *scopes           `json:"scopes,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
	PageSize map[string]int    `json:"page_size,omitempty"`
}

// scopes are the permissions of one integration.
type scopes struct {
	Requested []string `json:"requested"`
	Granted   []string `json:"granted"`
}

// connection is what an integration is made from.
type connection struct {
	Source  string  `json:"source"`
	Account Account `json:"account"`
	// Secret signs deliveries, WebhookBase is where they will come in.
	Secret      string  `json:"secret"`
	WebhookBase string  `json:"webhook_base"`
	Scopes      *scopes `json:"scopes,omitempty"`
}

var errNotFound = errors.New("not found")

// integrations keeps the connected accounts.
type integrations struct {
	pool    *pool
	sources map[string]*source
}

func (s *integrations) create(ctx context.Context, c connection) (integration, error) {
	in := integration{
		id: uuid.NewString(), companyID: uuid.NewString(), src: s.sources[c.Source], account: c.Account, connected: true, secret: c.Secret,
	}
	in.account.Integration = in.id
	in.meta = metadata{Values: c.Account.Values, PageSize: c.Account.PageSize, Scopes: c.Scopes}
	if c.WebhookBase != "" {
		in.meta.WebhookURL = fmt.Sprintf("%s/webhooks/%s/%s", c.WebhookBase, c.Source, in.id)
	}
	credentials, err := json.Marshal(c.Account.Credentials)
	if err != nil {
		return integration{}, fmt.Errorf("encoding credentials: %w", err)
	}
	meta, err := json.Marshal(in.meta)
	if err != nil {
		return integration{}, fmt.Errorf("encoding metadata: %w", err)
	}
	err = s.pool.with(ctx, func(db *pgx.Conn) error {
		_, err := db.Exec(ctx, `INSERT INTO integration (id, company_id, source, account_url, credentials, webhook_secret, metadata_info)
			VALUES ($1::uuid, $2::uuid, $3, $4, $5, NULLIF($6, ''), $7)`,
			in.id, in.companyID, c.Source, c.Account.URL, credentials, c.Secret, meta)
		return err
	})
	if err != nil {
		return integration{}, fmt.Errorf("storing the integration: %w", err)
	}
	return in, nil
}

// get finds an integration; an unknown id, or one that is no uuid, is errNotFound.
func (s *integrations) get(ctx context.Context, id string) (integration, error) {
	if _, err := uuid.Parse(id); err != nil || len(id) != 36 {
		return integration{}, fmt.Errorf("integration %q %w: connect first", id, errNotFound)
	}
	in := integration{id: id}
	var name string
	var credentials, meta []byte
	var secret *string
	err := s.pool.with(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT company_id::text, source, account_url, credentials::text, webhook_secret, metadata_info::text
			FROM integration WHERE id = $1::uuid`, id).
			Scan(&in.companyID, &name, &in.account.URL, &credentials, &secret, &meta)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return integration{}, fmt.Errorf("integration %q %w: connect first", id, errNotFound)
	}
	if err != nil {
		return integration{}, fmt.Errorf("reading integration %s: %w", id, err)
	}
	if in.src = s.sources[name]; in.src == nil {
		return integration{}, fmt.Errorf("integration %s is of source %q, whose manifest is not loaded: name it in SYNCSPEC_MANIFESTS", id, name)
	}
	if credentials != nil {
		if err := json.Unmarshal(credentials, &in.account.Credentials); err != nil {
			return integration{}, fmt.Errorf("reading the credentials of integration %s: %w", id, err)
		}
		in.connected = true
	}
	if secret != nil {
		in.secret = *secret
	}
	if err := json.Unmarshal(meta, &in.meta); err != nil {
		return integration{}, fmt.Errorf("reading the metadata of integration %s: %w", id, err)
	}
	in.account.Integration, in.account.Values, in.account.PageSize = id, in.meta.Values, in.meta.PageSize
	return in, nil
}

// setWebhooks stores the registrations without touching the rest of the metadata.
func (s *integrations) setWebhooks(ctx context.Context, id string, webhooks map[string]Registration) error {
	value, err := json.Marshal(webhooks)
	if err != nil {
		return fmt.Errorf("encoding registrations: %w", err)
	}
	return s.exec(ctx, "storing registrations", `UPDATE integration
		SET metadata_info = metadata_info || jsonb_build_object('webhooks', $2::jsonb), updated_at = now() WHERE id = $1::uuid`, id, value)
}

// noted keeps when a topic that tells of no object was last heard.
func (s *integrations) noted(ctx context.Context, id, topic string, at time.Time) error {
	return s.exec(ctx, "noting a delivery", `UPDATE integration SET metadata_info = metadata_info || jsonb_build_object('notices',
			COALESCE(metadata_info->'notices', '{}') || jsonb_build_object($2::text, $3::text)), updated_at = now() WHERE id = $1::uuid`,
		id, topic, clampTime(at).Format(time.RFC3339Nano))
}

// disconnect forgets the secrets and keeps the data.
func (s *integrations) disconnect(ctx context.Context, id string) error {
	return s.exec(ctx, "disconnecting", `UPDATE integration
		SET credentials = NULL, webhook_secret = NULL, updated_at = now() WHERE id = $1::uuid`, id)
}

func (s *integrations) exec(ctx context.Context, doing, sql string, args ...any) error {
	err := s.pool.with(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, sql, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
