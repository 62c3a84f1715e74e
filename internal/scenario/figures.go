package scenario

import (
	"context"
	"errors"
	"maps"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// figures asks the target for its statistics; nil where it has none to give.
func (b *builder) figures(ctx context.Context) (*target.Figures, error) {
	if b.lacks(profile.Stats) {
		return nil, nil
	}
	f, err := b.client.Figures(ctx)
	var refused *target.Error
	switch {
	case errors.As(err, &refused) && refused.Status != 0:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &f, nil
}

// counted asks for the statistics after deliveries, and again until they are others than before or the deadline is over.
func (b *builder) counted(ctx context.Context) error {
	return b.await(ctx, func() (done bool, err error) {
		before := b.snap.FiguresBefore
		b.snap.FiguresAfter, err = b.figures(ctx)
		after := b.snap.FiguresAfter
		return before == nil || after == nil || !maps.Equal(before.Objects, after.Objects), err
	})
}
