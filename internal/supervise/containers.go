package supervise

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// unsettledWait is how long a container is waited for whose creation was under way when the client died: the engine may carry
// out a request after the one who asked is gone.
const unsettledWait = 3 * time.Second

// removeContainers removes all containers with the item's label, and their anonymous volumes.
func removeContainers(ctx context.Context, i item) error {
	fail := func(err error) error {
		return fmt.Errorf("remove containers labelled %s: %w; see: docker ps -a --filter label=%s", i.Label, err, i.Label)
	}
	options := []client.Opt{client.FromEnv}
	if i.Engine != "" {
		options = append(options, client.WithHost(i.Engine))
	}
	engine, err := client.New(options...)
	if err != nil {
		return fail(err)
	}
	defer engine.Close()
	for start := time.Now(); ; {
		found, err := engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", i.Label)})
		if err != nil {
			return fail(err)
		}
		for _, c := range found.Items {
			_, err := engine.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsConflict(err) { // conflict: its removal is under way
				return fail(err)
			}
		}
		if len(found.Items) == 0 && (i.Settled || time.Since(start) > unsettledWait) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fail(ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
