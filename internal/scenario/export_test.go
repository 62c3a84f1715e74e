package scenario

import (
	"context"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// Refined waits as a scenario does after a sync.
func Refined(ctx context.Context, r *Reader) error {
	return (&builder{snap: &Snapshot{Reader: r}}).refined(ctx)
}

// Refusing calls do while the database at dsn refuses the row of one object.
func Refusing(ctx context.Context, m *manifest.Manifest, names profile.Names, r *Reader, dsn, object, key string, do func() error) error {
	obj, _ := m.Object(object)
	b := &builder{env: Environment{Manifest: m, Profile: profile.Profile{Names: names}}, inst: &Instance{Reading: r.pool, DSN: dsn}, snap: &Snapshot{Reader: r}}
	b.snap.Integration.ID = r.integration
	return b.refusing(ctx, candidate{object: obj, key: key}, do)
}
