package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/syncspec/syncspec/internal/postgres"
)

func benchmarkStart(b *testing.B, cfg postgres.Config) {
	start(b, cfg) // prepares what is kept
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

func BenchmarkStartLocal(b *testing.B) { benchmarkStart(b, local(b)) }

func BenchmarkStartContainer(b *testing.B) {
	benchmarkStart(b, postgres.Config{Mode: postgres.ModeContainer, Image: image(b), Guardian: guardian(b)})
}

// BenchmarkClone copies a database of twenty tables.
func BenchmarkClone(b *testing.B) {
	s := start(b, local(b))
	template, err := s.Template(b.Context(), "bench", func(ctx context.Context, dsn string) error {
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, `DO $$ BEGIN FOR i IN 1..20 LOOP
			EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, v jsonb)', i); END LOOP; END $$`)
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
