// Package postgres provides a throw-away Postgres and databases in it, cloned from a migrated template.
//
// There are three rungs, and SYNCSPEC_POSTGRES chooses between them: a container, the postgres binaries of this machine ("local"), or
// a server that somebody else runs, given by its dsn. With "auto" the first that works is taken: the dsn if one is given, else a
// container, else local; Server.Rung says in one line which and why.
//
// All that is started or created is registered with a supervise.Guardian first, so nothing outlives the run: no process,
// container, database, folder or shared memory.
package postgres

import (
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

// The environment variables that FromEnv reads.
const (
	ModeEnv  = "SYNCSPEC_POSTGRES"
	ImageEnv = "SYNCSPEC_POSTGRES_IMAGE"
)

// The values of Config.Mode besides a dsn.
const (
	ModeAuto      = "auto"
	ModeContainer = "container"
	ModeLocal     = "local"
)

// DefaultImage is the official image of the current major version. The major is pinned, not the patch: security fixes come by
// themselves, changes of behaviour do not.
const DefaultImage = "postgres:18-alpine"

const (
	// startTimeout is how long a Postgres may take until it answers; it bounds initdb as well.
	startTimeout = 90 * time.Second
	// pullTimeout bounds the pull of an image, and pullPatience the wait for its first byte.
	pullTimeout  = 10 * time.Minute
	pullPatience = 15 * time.Second
	// engineTimeout is how long a container engine may take to say that it is there.
	engineTimeout = 3 * time.Second
)

// Config says which Postgres is wanted.
type Config struct {
	// Mode is ModeAuto, ModeContainer, ModeLocal or a dsn (postgres://… or postgresql://…); ModeAuto if empty.
	Mode string
	// Image is the container image; DefaultImage if empty.
	Image string
	// Cache is the folder for fetched binaries and prepared data; "syncspec" in os.UserCacheDir if empty.
	Cache string
	// Guardian ends and removes what is started. Have and Get need none.
	Guardian *supervise.Guardian
	// Bin, if set, is the only folder in which the local rung looks for postgres and initdb.
	Bin string
	// Bridge, if set, is a network on which containers are to reach the server too; see FindBridge and Server.BridgeDSN.
	Bridge Bridge
}

// FromEnv returns the configuration that the environment describes. getenv is os.Getenv, or a test's.
func FromEnv(getenv func(string) string, guardian *supervise.Guardian) Config {
	return Config{Mode: getenv(ModeEnv), Image: getenv(ImageEnv), Guardian: guardian}
}
