package scenario

import "context"

// Refined waits as a scenario does after a sync.
func Refined(ctx context.Context, r *Reader) error {
	return (&builder{snap: &Snapshot{Reader: r}}).refined(ctx)
}
