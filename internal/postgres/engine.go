package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// quiet prepares testcontainers, which keeps these two things for the whole process and reads the first one only once. Its own
// cleaner is a further image, which cannot be had everywhere; the guardian does its work. Its logger would write a page about the
// engine to standard error.
var quiet = sync.OnceFunc(func() {
	const reaperEnv = "TESTCONTAINERS_RYUK_DISABLED"
	if os.Getenv(reaperEnv) == "" {
		_ = os.Setenv(reaperEnv, "true") // fails for malformed names only
	}
	tclog.SetDefault(tclog.NewNoopLogger())
})

// findEngine returns a client of the container engine that testcontainers finds, if one answers.
func findEngine(ctx context.Context) (engine *testcontainers.DockerClient, err error) {
	fail := func(err error) (*testcontainers.DockerClient, error) {
		return nil, fmt.Errorf("no container engine answers: %s; start one, or set DOCKER_HOST", oneLine(err))
	}
	quiet()
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil { // testcontainers panics where it finds no way to an engine
			engine, err = fail(fmt.Errorf("%v", r))
		}
	}()
	engine, err = testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return fail(err)
	}
	if _, err := engine.Ping(ctx, client.PingOptions{}); err != nil {
		engine.Close()
		return fail(err)
	}
	return engine, nil
}

// haveImage makes sure that the image is there, and pulls it if need be.
func haveImage(ctx context.Context, engine *testcontainers.DockerClient, image string) error {
	if _, err := engine.ImageInspect(ctx, image); err == nil {
		return nil
	} else if !errdefs.IsNotFound(err) {
		return fmt.Errorf("look for the image %s: %w", image, err)
	}
	fail := func(err error) error {
		return fmt.Errorf("pull the image %s: %w; name one that is there or can be had with %s", image, err, ImageEnv)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, pullTimeout, fmt.Errorf("not there after %v", pullTimeout))
	defer cancel()
	var options client.ImagePullOptions
	if _, auth, err := testcontainers.DockerImageAuth(ctx, image); err == nil {
		if data, err := json.Marshal(auth); err == nil {
			options.RegistryAuth = base64.URLEncoding.EncodeToString(data)
		}
	}
	// A registry that is filtered, not refused, answers never: step down to the next rung after a while.
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	patience := time.AfterFunc(pullPatience, func() { giveUp(fmt.Errorf("the registry did not answer within %v", pullPatience)) })
	defer patience.Stop()
	because := func(err error) error {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
			return fail(cause)
		}
		return fail(err)
	}
	progress, err := engine.ImagePull(ctx, image, options)
	if err != nil {
		return because(err)
	}
	defer progress.Close()
	for message, err := range progress.JSONMessages(ctx) {
		patience.Stop()
		if err != nil {
			return because(err)
		}
		if message.Error != nil {
			return because(message.Error)
		}
	}
	return nil
}
