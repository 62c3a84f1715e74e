package engine

import (
	"fmt"
	"sync"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

// bridged is the network of a target in a container.
const bridged = "bridge"

// databaseLabel is the key of the label by which a profile marks its containers:
//
//	--label=io.syncspec.database={database.host}:{database.port}/{database.name}
//
// To end the client that started a container does not always end the container, and its engine belongs to nobody's process tree.
const databaseLabel = "io.syncspec.database"

// targetsDSN is a database's dsn as the target reaches it: by the bridge, from a container.
func (j *Job) targetsDSN(server *postgres.Server, dsn string) (string, error) {
	if j.Profile.Target.Network != bridged {
		return dsn, nil
	}
	dsn, err := server.BridgeDSN(dsn)
	if err != nil {
		return "", err
	}
	j.secrets.learn(dsn)
	return dsn, nil
}

// contained is the guardian's promise to remove the containers of one database. Its methods do nothing where it is nil.
type contained struct {
	settled func() error
	forget  func()
}

// contain has the guardian remove, in the end, the containers that carry the label of a database; nil where the target is in none.
func (j *Job) contain(g *supervise.Guardian, v profile.Values) (*contained, error) {
	if j.Profile.Target.Network != bridged {
		return nil, nil
	}
	label := fmt.Sprintf("%s=%s:%s/%s", databaseLabel, v["database.host"], v["database.port"], v["database.name"])
	settled, forget, err := g.Container("", label)
	if err != nil {
		return nil, err
	}
	return &contained{settled: sync.OnceValue(settled), forget: forget}, nil
}

// ended says that whatever could start a container ended by itself, so that none can still come into being.
func (c *contained) ended() error {
	if c == nil {
		return nil
	}
	return c.settled()
}

// gone says that there is none.
func (c *contained) gone() {
	if c != nil {
		c.forget()
	}
}
