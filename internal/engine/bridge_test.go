package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

// TestContainersOfATarget: those that carry the label of the run's database are removed in the end, and no others.
func TestContainersOfATarget(t *testing.T) {
	t.Parallel()
	engine := containers(t)
	image := emptyImage(t, engine)
	for _, c := range []struct {
		name    string
		network string
		before  func(*contained) error // what the session knows when it ends
		removed bool
	}{
		{"a verb was cut short", bridged, func(*contained) error { return nil }, true},
		{"all verbs came to their end", bridged, (*contained).ended, true},
		{"there is none", bridged, func(c *contained) error { c.gone(); return nil }, false},
		{"the target is in no container", "host", func(c *contained) error { c.gone(); return c.ended() }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := supervise.Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = g.Close() }() // a second time does nothing
			database := "syncspec_" + strings.ToLower(rand.Text())
			j := &Job{Profile: profile.Profile{Target: profile.Target{Network: c.network}}}
			kept, err := j.contain(g, profile.Values{"database.host": "172.17.0.1", "database.port": "5432", "database.name": database})
			if err != nil {
				t.Fatal(err)
			}
			label := "io.syncspec.database=172.17.0.1:5432/" + database
			own, other := create(t, engine, image, label), create(t, engine, image, label+"_2")
			if err := c.before(kept); err != nil {
				t.Fatal(err)
			}
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			left := there(t, engine, image)
			if slices.Contains(left, own) == c.removed {
				t.Errorf("of %s and another run's %s there are %v", own, other, left)
			}
			if !slices.Contains(left, other) {
				t.Error("the container of another run was removed")
			}
		})
	}
}

// containers is an engine; without one the test is left out.
func containers(t *testing.T) *client.Client {
	t.Helper()
	engine, err := client.New(client.FromEnv)
	if err == nil {
		t.Cleanup(func() { _ = engine.Close() })
		_, err = engine.Ping(t.Context(), client.PingOptions{})
	}
	switch {
	case err == nil:
		return engine
	case os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1":
		t.Fatalf("SYNCSPEC_REQUIRE_ALL=1, but cannot test containers: no engine answers: %v", err)
	}
	fmt.Fprintf(os.Stderr, "SKIPPED %s: cannot test containers: no engine answers: %v\n", t.Name(), err)
	t.SkipNow()
	return nil
}

// emptyImage makes an image with nothing in it: its containers are never started.
func emptyImage(t *testing.T, engine *client.Client) string {
	t.Helper()
	name := "localhost/syncspec-empty:" + strings.ToLower(rand.Text())
	empty := bytes.NewReader(make([]byte, 1024)) // the end of an archive
	progress, err := engine.ImageImport(t.Context(), client.ImageImportSource{Source: empty, SourceName: "-"}, name, client.ImageImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = progress.Close() }()
	if _, err := io.Copy(io.Discard, progress); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := engine.ImageRemove(context.Background(), name, client.ImageRemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	return name
}

// create makes a container with a label, as docker run would have, and returns its id.
func create(t *testing.T, engine *client.Client, image, label string) string {
	t.Helper()
	key, value, _ := strings.Cut(label, "=")
	made, err := engine.ContainerCreate(t.Context(), client.ContainerCreateOptions{
		Config: &container.Config{Image: image, Cmd: []string{"/nothing"}, Labels: map[string]string{key: value}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // one that is gone is no error
		_, _ = engine.ContainerRemove(context.Background(), made.ID, client.ContainerRemoveOptions{Force: true})
	})
	return made.ID
}

// there are the ids of the containers of an image.
func there(t *testing.T, engine *client.Client, image string) []string {
	t.Helper()
	found, err := engine.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("ancestor", image)})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range found.Items {
		ids = append(ids, c.ID)
	}
	return ids
}
