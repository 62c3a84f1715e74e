package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/syncspec/syncspec/internal/postgres"
)

func BenchmarkStartLocal(b *testing.B) {
	cfg := local(b)
	start(b, cfg) // prepares the data folder
	for b.Loop() {
		s, err := postgres.Start(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkClone(b *testing.B) {
	s := start(b, local(b))
	template, err := s.Template(b.Context(), "bench", func(ctx context.Context, dsn string) error {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, `DO $$ BEGIN FOR i IN 1..20 LOOP EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, v jsonb)', i); END LOOP; END $$`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := template.Clone(b.Context(), ""); err != nil {
			b.Fatal(err)
		}
	}
}
