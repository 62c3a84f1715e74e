package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func wrongWebhookURL() Defect {
	return Defect{
		Name:     "wrong-webhook-url",
		Breaks:   "the public address is a setting, and in production it still names the tunnel to a developer's laptop",
		KilledBy: "webhook/registered", Cause: "wrong-url",
		execute: func(ctx context.Context, db *pgx.Conn, _ *manifest.Manifest, fired func()) error {
			return execute(ctx, db, fired, `CREATE FUNCTION tunnel() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				NEW.metadata_info := jsonb_set(NEW.metadata_info, '{webhook_url}',
					to_jsonb(regexp_replace(NEW.metadata_info->>'webhook_url', '^https?://[^/]+', 'https://tunnel.example.test')));
				RETURN NEW; END $$`,
				`CREATE TRIGGER tunnel BEFORE INSERT ON integration FOR EACH ROW
				WHEN (NEW.metadata_info->>'webhook_url' IS NOT NULL) EXECUTE FUNCTION tunnel()`)
		},
	}
}
