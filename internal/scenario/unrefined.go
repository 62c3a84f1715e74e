package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// unrefined lets the database refuse the refined row of one good delivery, then lets it refuse nothing and tells the
// target to retry, if it can.
func (b *builder) unrefined(ctx context.Context) error {
	pool, err := b.from.candidates(2)
	if err != nil {
		return err
	}
	victim, other := pool[0], pool[1]
	r := &Refusal{Object: victim.object.Name, Key: victim.key}
	b.snap.Refusal = r
	if r.Expected, err = b.brought(victim.object, victim.key, victim.topic, victim.body); err != nil {
		return err
	}
	if err := b.refusing(ctx, victim, func() error { return b.refused(ctx, r, victim, other) }); err != nil {
		return err
	}
	if b.lacks(profile.Retry) {
		return nil
	}
	if r.Retried, err = b.client.Retry(ctx); err != nil {
		return err
	}
	if err := b.await(ctx, func() (bool, error) {
		var err error
		r.HealedRaw, r.HealedRow, err = b.found(ctx, r.Object, r.Key)
		waiting := slices.ContainsFunc(r.HealedRaw, func(raw RawRow) bool { return raw.Status != StatusProcessed })
		return r.HealedRow != nil && !waiting, err
	}); err != nil {
		return err
	}
	_, err = b.step(Retrying, nil)
	return err
}

// refused delivers the object whose row is refused, and one that is not.
func (b *builder) refused(ctx context.Context, r *Refusal, victim, other candidate) error {
	header, err := b.sign.headers(victim.topic, "refused", victim.body)
	if err != nil {
		return err
	}
	if r.Delivery, err = b.post(ctx, victim.ref, victim.topic, header, victim.body); err != nil {
		return err
	}
	r.Delivery.Effect = oracle.Effect{Object: victim.object.Name, Key: victim.key, Applied: true}
	seen := &Probe{}
	if err := b.sentinel(ctx, other, seen); err != nil {
		return err
	}
	r.Sentinel = seen.SentinelSeen
	r.Raw, r.Row, err = b.found(ctx, r.Object, r.Key)
	return err
}

// refusing calls do while the database refuses the refined row of an object, of this integration alone.
func (b *builder) refusing(ctx context.Context, c candidate, do func() error) (err error) {
	const constraint = "syncspec_refuses"
	names, table := b.env.Profile.Names, b.snap.Reader.table(c.object.Table)
	own, ok := b.env.Manifest.Table(c.object.Table)
	if !ok {
		return fmt.Errorf("%s has no table", c.object.Name)
	}
	of := "''" // where rows do not say whose they are, this integration's are all there are
	id := ""
	if names.Integration != "" {
		of, id = ident(names.Integration), b.snap.Integration.ID
	}
	var refuse string // a run that was killed may have left its refusal in a database that is not ours
	err = b.inst.Reading.QueryRow(ctx, `SELECT format('ALTER TABLE %1$s DROP CONSTRAINT IF EXISTS %2$s, ADD CONSTRAINT %2$s CHECK (NOT (%3$s::text = %4$L AND %5$s::text = %6$L)) NOT VALID',
		$1::text, $2::text, $3::text, $4::text, $5::text, $6::text)`,
		table, ident(constraint), of, id, ident(own.IDColumn), c.key).Scan(&refuse)
	if err != nil {
		return fmt.Errorf("quoting the key of %s %s: %w", c.object.Name, c.key, err)
	}
	if err := b.alter(ctx, refuse); err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == insufficientPrivilege {
			return &Failure{Status: result.Error, Cause: "database-rights",
				Summary: fmt.Sprintf("%s may not be altered, which is how the database is made to refuse a row: %s", table, pg.Message),
				Remedy:  "name the user that owns the tables in the address of the database, which is attach.database in the profile"}
		}
		return fmt.Errorf("letting the database refuse %s %s: %w", c.object.Name, c.key, err)
	}
	defer func() {
		lifting, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*lockPatience)
		defer cancel()
		if liftErr := b.alter(lifting, fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", table, ident(constraint))); liftErr != nil {
			err = errors.Join(err, fmt.Errorf("lifting the refusal of %s %s: %w", c.object.Name, c.key, liftErr))
		}
	}()
	return do()
}

// insufficientPrivilege is the SQLSTATE of what a user may not do.
const insufficientPrivilege = "42501"

// lockPatience bounds the wait for a table that the target is writing to.
const lockPatience = 10 * time.Second

// alter changes the target's tables, by a connection that lasts no longer.
func (b *builder) alter(ctx context.Context, sql string) (err error) {
	conn, err := pgx.Connect(ctx, b.inst.DSN)
	if err != nil {
		return fmt.Errorf("opening the database for writing: %w", err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockPatience)
		defer cancel()
		err = errors.Join(err, conn.Close(closing))
	}()
	if _, err := conn.Exec(ctx, fmt.Sprintf("SET lock_timeout = '%dms'", lockPatience.Milliseconds())); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return err
}
