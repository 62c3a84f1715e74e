package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// What an account's credentials hold beside those that api.auth names.
const (
	clientID            = "client_id"
	clientSecret        = "client_secret"
	refreshToken        = "refresh_token"
	accessTokenExpires  = "access_token_expires_at"
	refreshTokenExpires = "refresh_token_expires_at"
)

// renewBefore is how long before its end a token is replaced, for a request takes its time.
const renewBefore = time.Minute

// tokens keeps the access tokens of accounts that were connected by OAuth.
type tokens struct {
	pool   *pool
	client *client
}

// grant is the answer of the provider's token endpoint. All but the first two fields are of tokens that expire.
type grant struct {
	AccessToken           string      `json:"access_token"`
	Scope                 string      `json:"scope"`
	ExpiresIn             json.Number `json:"expires_in"`
	RefreshToken          string      `json:"refresh_token"`
	RefreshTokenExpiresIn json.Number `json:"refresh_token_expires_in"`
}

// tokenName is the credential that an access token is.
func tokenName(m *manifest.Manifest) string { return m.API.Auth.Credentials[0] }

// into puts the grant's tokens among credentials, old ones replaced.
func (g grant) into(credentials map[string]string, m *manifest.Manifest, now time.Time) map[string]string {
	all := maps.Clone(credentials)
	all[tokenName(m)] = g.AccessToken
	if g.RefreshToken != "" {
		all[refreshToken] = g.RefreshToken
	}
	for name, in := range map[string]json.Number{accessTokenExpires: g.ExpiresIn, refreshTokenExpires: g.RefreshTokenExpiresIn} {
		delete(all, name)
		if seconds, err := in.Int64(); err == nil && seconds > 0 {
			all[name] = now.Add(time.Duration(seconds) * time.Second).UTC().Format(time.RFC3339)
		}
	}
	return all
}

// ask makes a request of the provider's token endpoint.
func (t *tokens) ask(ctx context.Context, m *manifest.Manifest, account Account, request map[string]string) (grant, error) {
	u, err := atRoot(account, m.OAuth.TokenPath)
	if err != nil {
		return grant{}, err
	}
	body, err := json.Marshal(request)
	if err != nil {
		return grant{}, fmt.Errorf("encoding a request for a token: %w", err)
	}
	a, err := t.client.do(ctx, call{manifest: m, account: account, method: http.MethodPost, url: u, body: body, anonymous: true})
	if err != nil {
		return grant{}, err
	}
	var g grant
	if err := json.Unmarshal(a.body, &g); err != nil || g.AccessToken == "" {
		return grant{}, fmt.Errorf("POST %s: the answer has no access_token", u.Path)
	}
	return g, nil
}

// renewable tells whether there is a way to another access token.
func renewable(m *manifest.Manifest, credentials map[string]string) bool {
	return m.OAuth != nil && credentials[refreshToken] != "" && credentials[clientID] != "" && credentials[clientSecret] != ""
}

// current gives the credentials to use now. Those that can be renewed are read anew each time: another walk, or another
// process, may have replaced them.
func (t *tokens) current(ctx context.Context, m *manifest.Manifest, account Account) (map[string]string, error) {
	if !renewable(m, account.Credentials) || account.Integration == "" {
		return account.Credentials, nil
	}
	var credentials map[string]string
	err := t.pool.with(ctx, func(c *pgx.Conn) (err error) {
		credentials, err = readCredentials(ctx, c, account.Integration)
		return err
	})
	if err != nil {
		return nil, err
	}
	end, err := time.Parse(time.RFC3339, credentials[accessTokenExpires])
	if err != nil || t.client.clock.Now().Add(renewBefore).Before(end) {
		return credentials, nil
	}
	return t.renew(ctx, m, account, credentials)
}

// renew replaces tokens that expire or were refused. The new pair is used once both are stored, and never before: the
// provider may take the old refresh token only until then.
func (t *tokens) renew(ctx context.Context, m *manifest.Manifest, account Account, old map[string]string) (fresh map[string]string, err error) {
	err = t.pool.tx(ctx, func(tx pgx.Tx) error {
		// One renewal at a time: a second one would spend the refresh token that the first has just got.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('tokens/' || $1, 0))`, account.Integration); err != nil {
			return err
		}
		stored, err := readCredentials(ctx, tx, account.Integration)
		if err != nil {
			return err
		}
		if stored[tokenName(m)] != old[tokenName(m)] {
			fresh = stored
			return nil
		}
		g, err := t.ask(ctx, m, account, map[string]string{
			"grant_type": "refresh_token", "refresh_token": stored[refreshToken],
			"client_id": stored[clientID], "client_secret": stored[clientSecret],
		})
		if err != nil {
			return fmt.Errorf("renewing the access token (if the provider refuses, connect the account again): %w", err)
		}
		fresh = g.into(stored, m, t.client.clock.Now())
		value, err := json.Marshal(fresh)
		if err != nil {
			return fmt.Errorf("encoding credentials: %w", err)
		}
		_, err = tx.Exec(ctx, `UPDATE integration SET credentials = $2, updated_at = now() WHERE id = $1::uuid`, account.Integration, value)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tokens of integration %s: %w", account.Integration, err)
	}
	t.client.log.Info("access token in use was replaced", "integration", account.Integration)
	return fresh, nil
}

// queryer is a connection or a transaction.
type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func readCredentials(ctx context.Context, db queryer, integration string) (map[string]string, error) {
	var value []byte
	if err := db.QueryRow(ctx, `SELECT credentials::text FROM integration WHERE id = $1::uuid`, integration).Scan(&value); err != nil {
		return nil, fmt.Errorf("reading the credentials of integration %s: %w", integration, err)
	}
	if value == nil {
		return nil, errors.New("the integration was disconnected in the meantime: connect again")
	}
	var credentials map[string]string
	if err := json.Unmarshal(value, &credentials); err != nil {
		return nil, fmt.Errorf("reading the credentials of integration %s: %w", integration, err)
	}
	return credentials, nil
}
