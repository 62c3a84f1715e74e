package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/supervise"
)

// roleBad is the role in which this test binary is a target that misbehaves; badEnv says how: "<how> [<verb>]".
const (
	roleBad = "bad-target"
	badEnv  = "SYNCSPEC_TEST_BAD"
	// reachedEnv names a file that appears when the verb is reached.
	reachedEnv = "SYNCSPEC_TEST_REACHED"
)

// bad is the command of a target that misbehaves.
func bad(how string) *supervise.Command {
	return &supervise.Command{Name: "bad", Role: roleBad, Env: []string{badEnv + "=" + how}}
}

// badTarget is the process's work in that role, and nothing in any other: a target that does everything right but for
// one thing.
func badTarget() {
	if os.Getenv(supervise.RoleEnv) != roleBad {
		return
	}
	how, at, _ := strings.Cut(os.Getenv(badEnv), " ")
	fmt.Fprintln(os.Stderr, "connecting to", os.Getenv("DATABASE_URL")) // as real ones do, password and all
	switch how {
	case "exits":
		fmt.Fprintln(os.Stderr, "the setting ACME_KEY is missing")
		os.Exit(3)
	case "deaf": // it runs and never listens
		time.Sleep(time.Hour)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
	case "chatty":
		line := strings.Repeat("chatter ", 1<<10) + "\n"
		for range 4 << 10 { // 32 MiB
			_, _ = io.WriteString(os.Stdout, line)
		}
		fmt.Fprintln(os.Stderr, "the last line")
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verb := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if verb == "healthz" {
			if how == "unready" {
				http.Error(w, "still loading", http.StatusServiceUnavailable)
			}
			return
		}
		if verb == at {
			misbehave(w, r, how)
			return
		}
		var in struct {
			Account struct{ URL string }
			Webhook struct {
				BaseURL string `json:"base_url"`
			} `json:"webhook"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in) // not every verb has a body
		id := ""
		if verb == "connect" {
			id = integrate(r.Context(), in.Account.URL)
		}
		answer := map[string]any{
			"describe":          map[string]any{"sources": map[string]any{"woocommerce": map[string]any{}}},
			"connect":           map[string]any{"integration_id": id, "company_id": id, "webhook_url": in.Webhook.BaseURL + "/hook"},
			"register_webhooks": map[string]any{"registered": []any{}},
			"sync":              map[string]any{"functions": map[string]any{}},
		}[verb]
		_ = json.NewEncoder(w).Encode(answer)
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Getenv("SYNCSPEC_LISTEN"), handler))
	os.Exit(1)
}

// integrate makes an integration in the target's database, and returns its id. It does so for any target of these tests, which
// are this binary and have the reference's tables.
func integrate(ctx context.Context, accountURL string) (id string) {
	db, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err == nil {
		defer func() { _ = db.Close(ctx) }()
		err = db.QueryRow(ctx, `INSERT INTO integration (id, company_id, source, account_url) VALUES (gen_random_uuid(), gen_random_uuid(), 'woocommerce', $1) RETURNING id::text`,
			accountURL).Scan(&id)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "making an integration:", err)
	}
	return id
}

// leakyMigration stands in place of a defect's name, for a migration has no setting of its own.
const leakyMigration = "a migration that prints its database's address"

// badMigration is the process's work where the migration is to print its database's address and fail.
func badMigration() {
	if os.Getenv(supervise.RoleEnv) == "reference-migrate" && os.Getenv("SYNCSPEC_DEFECT") == leakyMigration {
		fmt.Fprintln(os.Stderr, "cannot migrate", os.Getenv("DATABASE_URL"))
		os.Exit(1)
	}
}

// misbehave answers a verb wrongly, or not at all.
func misbehave(w http.ResponseWriter, r *http.Request, how string) {
	if path := os.Getenv(reachedEnv); path != "" {
		_ = os.WriteFile(path, nil, 0o600)
	}
	switch how {
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body><h1>It works!</h1></body></html>")
	case "wrong":
		_, _ = io.WriteString(w, `{"functions": ["orders"]}`)
	case "flood":
		for range 10 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	case "drip": // it never ends, and each byte comes in time
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	case "cut":
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	case "hangs", "stubborn":
		<-r.Context().Done()
	case "dies":
		fmt.Fprintln(os.Stderr, "panic: nil order")
		os.Exit(7)
	case "chatty":
		http.Error(w, "too busy with logging", http.StatusInternalServerError)
	case "refuses":
		http.Error(w, `{"error": "token expired"}`, http.StatusUnauthorized)
	}
}
