package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
	"github.com/syncspec/syncspec/internal/target"
)

// instances are the targets of a session, each with a database of its own: one for all scenarios, or one for each where
// rows do not say whose they are.
type instances struct {
	job      *Job
	guardian *supervise.Guardian
	server   *postgres.Server // nil, like template, for a target that somebody else started
	template *postgres.Template
	gateway  *gateway.Gateway
	app      *scenario.App

	mu  sync.Mutex
	all map[scenario.Name]*started
}

// started is an instance that is there, or why it is not.
type started struct {
	ready    chan struct{}
	instance *scenario.Instance
	err      error
	// containers are those that it may have come to run in.
	containers *contained
}

// everyones is the name under which the one instance for all scenarios is kept.
const everyones scenario.Name = ""

// whose is the scenario that an instance for name belongs to.
func (i *instances) whose(name scenario.Name) scenario.Name {
	if _, _, apart := i.job.Profile.Missing(profile.Tenants); apart {
		return name
	}
	return everyones
}

// of returns the instance for a scenario, and starts it if need be.
func (i *instances) of(ctx context.Context, name scenario.Name) (*scenario.Instance, error) {
	name = i.whose(name)
	i.mu.Lock()
	s := i.all[name]
	mine := s == nil
	if mine {
		s = &started{ready: make(chan struct{})}
		i.all[name] = s
	}
	i.mu.Unlock()
	if mine {
		s.instance, s.containers, s.err = i.start(ctx)
		close(s.ready)
	}
	select {
	case <-s.ready:
		return s.instance, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// there returns the instance for a scenario if it was started, else nil.
func (i *instances) there(name scenario.Name) *scenario.Instance {
	i.mu.Lock()
	s := i.all[i.whose(name)]
	i.mu.Unlock()
	if s == nil {
		return nil
	}
	select {
	case <-s.ready:
		return s.instance
	default:
		return nil
	}
}

func (i *instances) start(ctx context.Context) (inst *scenario.Instance, containers *contained, err error) {
	dsn, err := i.database(ctx)
	if err != nil {
		return nil, nil, err
	}
	reading, err := scenario.OpenReader(context.WithoutCancel(ctx), dsn)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			reading.Close()
		}
	}()
	if err := i.named(ctx, reading); err != nil {
		return nil, nil, err
	}
	launch, err := i.launch(dsn)
	if err != nil {
		return nil, nil, err
	}
	if containers, err = i.job.contain(i.guardian, launch.Values); err != nil {
		return nil, nil, err
	}
	running, err := target.Start(ctx, i.guardian, launch)
	if err != nil {
		return nil, nil, err
	}
	return &scenario.Instance{Target: running, Reading: reading, DSN: dsn}, containers, nil
}

// database is a new one, or that of the target which runs already.
func (i *instances) database(ctx context.Context) (dsn string, err error) {
	if attach := i.job.Profile.Target.Attach; attach != nil {
		i.job.secrets.learn(attach.Database)
		return attach.Database, nil
	}
	if dsn, err = i.template.Clone(ctx, ""); err != nil {
		return "", noDatabase(err)
	}
	i.job.secrets.learn(dsn)
	return dsn, nil
}

// named holds the profile's names against the database.
func (i *instances) named(ctx context.Context, reading *pgxpool.Pool) error {
	if i.job.Profile.Target.Names == nil {
		return nil
	}
	tables, err := scenario.NewReader(reading, i.job.Profile.Names, "").Catalog(ctx)
	if err != nil {
		return err
	}
	columns := map[string][]string{}
	for name, t := range tables {
		columns[name] = []string{}
		for _, c := range t.Columns {
			columns[name] = append(columns[name], c.Name)
		}
	}
	if err := i.job.Profile.CheckCatalog(columns); err != nil {
		return misnamed(err)
	}
	return nil
}

// launch says how the target is started.
func (i *instances) launch(dsn string) (target.Launch, error) {
	l := target.Launch{Profile: i.job.Profile, Ready: i.job.ReadyTimeout, Call: i.job.CallTimeout}
	if i.job.Profile.Bundled || i.job.Command != nil {
		command := supervise.Command{Name: i.job.Profile.Name, Role: roleServe}
		if i.job.Command != nil {
			command = *i.job.Command
		}
		l.Bundled, l.Env = &command, i.job.targetEnv(dsn)
		return l, nil
	}
	var err error
	if l.Values, err = i.values(dsn); err != nil {
		return l, err
	}
	l.Env = basicEnv(fmt.Sprint(l.Values["database.url"]))
	return l, nil
}

// values are the placeholders that are known before any account is connected.
func (i *instances) values(dsn string) (profile.Values, error) {
	dsn, err := i.job.targetsDSN(i.server, dsn)
	if err != nil {
		return nil, err
	}
	values, err := databaseValues(dsn)
	if err != nil {
		return nil, err
	}
	values["source.name"] = i.job.Plan.Manifest.Source
	values["source.url"] = i.sourceURL()
	if file := i.gateway.CAFile(); file != "" {
		values["source.proxy"], values["source.ca_file"] = i.ways().Proxy, file
	}
	if i.app != nil {
		values["webhook.secret"], values["app.client_secret"], values["app.client_id"] = i.app.Secret, i.app.Secret, i.app.ClientID
	}
	return values, nil
}

// The ways to reach the source that take a certificate.
const (
	reachTLS   = "tls"
	reachProxy = "proxy"
)

// ways are how the target reaches the gateway.
func (i *instances) ways() gateway.Addresses {
	if i.job.Profile.Target.Network == bridged {
		return i.gateway.Bridge()
	}
	return gateway.Addresses{Plain: i.gateway.URL(), Secure: i.gateway.SecureURL(), Proxy: i.gateway.ProxyURL()}
}

// sourceURL is where a target reaches the gateway that does not reach it by the provider's own host.
func (i *instances) sourceURL() string {
	if i.job.Profile.Target.Reach == reachTLS {
		return i.ways().Secure
	}
	return i.ways().Plain
}

// exited returns a sentence if the target of a scenario has ended, and the end of its log.
func (i *instances) exited(name scenario.Name) (how, log string) {
	inst := i.there(name)
	if inst == nil {
		return "", ""
	}
	if how = inst.Target.Exited(); how == "" {
		return "", ""
	}
	return how, inst.Target.Log()
}

// memory is the most resident memory that one of the targets was seen to have, in bytes; 0 where it has no process.
func (i *instances) memory() (peak int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, s := range i.all {
		select {
		case <-s.ready:
			if s.instance != nil {
				peak = max(peak, s.instance.Target.Memory().Peak)
			}
		default:
		}
	}
	return peak
}

// close ends all of them. settled says that no verb was cut short, so that its container cannot still come into being.
func (i *instances) close(settled bool) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var errs []error
	var ending sync.WaitGroup
	var mu sync.Mutex
	for _, s := range i.all {
		<-s.ready
		if s.instance == nil {
			continue
		}
		ending.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
			defer cancel()
			exited := s.instance.Target.Exited() != "" // then how it ended is a matter for the results
			err := s.instance.Target.Stop(ctx)
			s.instance.Reading.Close()
			var unsettled error
			if settled {
				unsettled = s.containers.ended()
			}
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, unsettled)
			if !exited {
				errs = append(errs, err)
			}
		})
	}
	ending.Wait()
	return errors.Join(errs...)
}
