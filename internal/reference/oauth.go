package reference

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// authorizationTime is how long an owner may take to grant what was asked for.
const authorizationTime = 10 * time.Minute

// authorizationDDL is the table of connections that wait for their owners: by state, the number that only the one who
// was sent away can bring back.
const authorizationDDL = `CREATE TABLE IF NOT EXISTS integration_authorization (
	state text PRIMARY KEY,
	connection jsonb NOT NULL,
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
)`

// byOwner tells whether an account is connected by its owner's grant: with the app's own credentials, and without a
// token.
func byOwner(m *manifest.Manifest, credentials map[string]string) bool {
	return m.OAuth != nil && credentials[tokenName(m)] == "" && credentials[clientID] != ""
}

// redirectURI is where the provider sends the owner back to.
func redirectURI(c connection) string { return c.WebhookBase + "/oauth/" + c.Source + "/callback" }

// authorize begins a connection and gives the page on which the account's owner grants what it needs.
func (e *engine) authorize(ctx context.Context, c connection) (string, error) {
	src := e.sources[c.Source]
	page, err := atRoot(c.Account, src.m.OAuth.AuthorizePath)
	if err != nil {
		return "", err
	}
	c.Scopes = &scopes{Requested: src.needed()}
	value, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding a connection: %w", err)
	}
	state, now := rand.Text(), e.clock.Now()
	err = e.pool.with(ctx, func(db *pgx.Conn) error {
		if _, err := db.Exec(ctx, `DELETE FROM integration_authorization WHERE expires_at < $1`, now); err != nil {
			return err
		}
		_, err := db.Exec(ctx, `INSERT INTO integration_authorization (state, connection, expires_at) VALUES ($1, $2, $3)`, state, value, now.Add(authorizationTime))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("storing the beginning of a connection: %w", err)
	}
	page.RawQuery = url.Values{
		"client_id": {c.Account.Credentials[clientID]}, "scope": {strings.Join(c.Scopes.Requested, src.m.OAuth.ScopeSeparator)},
		"redirect_uri": {redirectURI(c)}, "state": {state},
	}.Encode()
	return page.String(), nil
}

// authorized finishes a connection with what the provider sent the owner back with: nothing is believed before the
// signature is checked, and nothing is connected before all that is needed was granted.
func (e *engine) authorized(ctx context.Context, src *source, query url.Values) (integration, error) {
	if src.m.OAuth == nil {
		return integration{}, &httpError{http.StatusNotFound, fmt.Errorf("accounts of %s are not connected by OAuth", src.m.Source)}
	}
	c, err := e.redeem(ctx, src, query)
	if err != nil {
		return integration{}, err
	}
	if why := query.Get("error"); why != "" {
		return integration{}, forbidden("the account's owner did not grant what was asked for: %s %s", why, query.Get("error_description"))
	}
	for name, value := range accountNames(src.m, c.Account) {
		if c.Account.Values == nil {
			c.Account.Values = map[string]string{}
		}
		c.Account.Values[name] = value
	}
	g, err := e.client.tokens.ask(ctx, src.m, c.Account, map[string]string{
		"client_id": c.Account.Credentials[clientID], "client_secret": c.Account.Credentials[clientSecret], "code": query.Get("code"),
		"expiring": "1", // where the provider has the choice; a token that ends is worth less to whoever steals it
	})
	if err != nil {
		return integration{}, unanswered("exchanging the code for a token", err)
	}
	c.Account.Credentials = g.into(c.Account.Credentials, src.m, e.clock.Now())
	if c.Scopes.Granted, err = e.granted(ctx, src.m, c.Account, c.Scopes.Requested, g.Scope); err != nil {
		return integration{}, unanswered("connecting", err)
	}
	if missing := ungranted(src.m, c.Scopes.Requested, c.Scopes.Granted); len(missing) > 0 {
		return integration{}, forbidden("not connected: the account's owner did not grant %s; connect again and grant everything", strings.Join(missing, ", "))
	}
	return e.integrations.create(ctx, c)
}

// errState is a callback that nobody here waits for.
var errState = forbidden("state: nothing was begun with it, it was used already, or it is older than %s: connect again", authorizationTime)

// redeem finds the connection that waits for a callback, and makes its state useless once the callback is verified: a
// forged one must not use up what the owner still needs, and of two at the same moment one comes through.
func (e *engine) redeem(ctx context.Context, src *source, query url.Values) (c connection, err error) {
	state, now := query.Get("state"), e.clock.Now()
	err = e.pool.tx(ctx, func(tx pgx.Tx) error {
		var value []byte
		err := tx.QueryRow(ctx, `SELECT connection::text FROM integration_authorization WHERE state = $1 AND expires_at > $2 FOR UPDATE`, state, now).Scan(&value)
		if errors.Is(err, pgx.ErrNoRows) {
			return errState
		}
		if err == nil {
			err = json.Unmarshal(value, &c)
		}
		if err != nil {
			return fmt.Errorf("reading the beginning of a connection: %w", err)
		}
		if c.Source != src.m.Source {
			return errState
		}
		if err := verifyCallback(src.m, c, query, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM integration_authorization WHERE state = $1`, state)
		return err
	})
	return c, err
}

// unanswered says whose fault a failed request to the provider is: a refusal is the caller's, all else the provider's.
func unanswered(doing string, err error) error {
	var refusal *StatusError
	if errors.As(err, &refusal) && refusal.Status < 500 && refusal.Status != http.StatusTooManyRequests {
		return forbidden("%s: %w; connect again", doing, err)
	}
	return &httpError{http.StatusBadGateway, fmt.Errorf("%s: %w; connect again", doing, err)}
}

func forbidden(format string, args ...any) error {
	return &httpError{http.StatusForbidden, fmt.Errorf(format, args...)}
}
