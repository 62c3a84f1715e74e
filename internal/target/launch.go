package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

const (
	// stopGrace is how long a target may take to end when asked. Nobody needs its data any more, and whoever pressed Ctrl-C
	// waits for it.
	stopGrace = 2 * time.Second
	// attempts is how often a start is tried whose port somebody else took between its being found free and the target's listening.
	attempts = 3
	// glance is the pause between two looks at something that is waited for.
	glance = 5 * time.Millisecond
)

// Launch says how to start a target.
type Launch struct {
	Profile profile.Profile
	// Bundled is the command of a target whose profile has no file: it is driven by the default protocol.
	Bundled *supervise.Command
	// Values are what placeholders stand for before any account is there: database.*, source.*, and webhook.secret and app.* where
	// there is one app for all accounts.
	Values profile.Values
	// Env is what every process and command of the target is given, as KEY=value.
	Env []string
	// Ready bounds the time until a process is ready, Call that of each verb, where the profile does not say.
	Ready, Call time.Duration
}

// Running is a target that can be driven: its processes if it has any.
type Running struct {
	launch   Launch
	guardian *supervise.Guardian
	verbs    *profile.VerbMap
	http     *http.Client
	base     string
	values   profile.Values
	memory   *sampler

	mu    sync.Mutex
	units []*unit
	// down says that the processes ended because they were told to; how is what ended one of them before that.
	down bool
	how  string
	// commands are those of verbs, running or ended; notes are the ends of what they wrote.
	commands []*supervise.Process
	notes    []byte
}

// Start starts the target's processes and waits until they are ready, or sees that the target is there that somebody else
// started. The guardian ends what was started at the latest with itself.
func Start(ctx context.Context, g *supervise.Guardian, l Launch) (*Running, error) {
	r := &Running{launch: l, guardian: g, verbs: l.Profile.Target.Speaks(), http: newHTTP()}
	given := profile.Values{}
	if l.Profile.Source != nil {
		given["source.name"] = l.Profile.Source.Source
	}
	r.launch.Values = given.With(l.Values)
	err := r.start(ctx)
	if err != nil {
		r.http.CloseIdleConnections()
		return nil, err
	}
	r.memory = sample(r.resident)
	return r, nil
}

func (r *Running) start(ctx context.Context) error {
	r.units = r.plan()
	if len(r.units) == 0 {
		return r.attach(ctx)
	}
	for attempt := 1; ; attempt++ {
		if err := r.place(); err != nil {
			return err
		}
		err := r.up(ctx)
		if err == nil {
			return nil
		}
		var e *Error
		exited := errors.As(err, &e) && e.Cause == "target-exited"
		if stopErr := r.end(context.WithoutCancel(ctx), (*supervise.Process).Stop); stopErr != nil && !exited {
			return errors.Join(err, fmt.Errorf("stopping %s, which never got ready: %w", r.name(), stopErr))
		}
		if exited && r.taken() && attempt < attempts {
			continue
		}
		return err
	}
}

// name is what messages call the target.
func (r *Running) name() string { return r.launch.Profile.Name }

// plan lists the processes in the order in which they are started.
func (r *Running) plan() []*unit {
	t := r.launch.Profile.Target
	switch {
	case r.launch.Bundled != nil:
		return []*unit{{label: r.name(), bundled: r.launch.Bundled}}
	case t.Start != nil:
		return []*unit{{label: r.name(), start: *t.Start}}
	}
	var all []*unit
	for _, p := range t.Processes {
		all = append(all, &unit{name: p.Name, label: r.name() + "/" + p.Name, start: p.Start})
	}
	return all
}

// place gives each process a free port.
func (r *Running) place() error {
	r.values = r.launch.Values
	ports, err := freePorts(len(r.units))
	if err != nil {
		return err
	}
	for i, u := range r.units {
		u.port = ports[i]
		if u.name != "" {
			r.values = r.values.With(profile.Values{"port." + u.name: u.port})
		}
	}
	r.at("http://"+u127(r.units[0].port), profile.Values{"port": r.units[0].port})
	return nil
}

// at notes the target's address.
func (r *Running) at(url string, more profile.Values) {
	r.base = strings.TrimSuffix(url, "/")
	r.values = r.values.With(profile.Values{"target.url": r.base, "webhook.base_url": r.base}).With(more)
}

// up starts the processes, each when the one before it is ready.
func (r *Running) up(ctx context.Context) error {
	r.mu.Lock()
	r.down, r.how = false, ""
	r.mu.Unlock()
	for _, u := range r.units {
		cmd, err := r.command(u)
		if err != nil {
			return err
		}
		p, err := r.guardian.Spawn(ctx, cmd)
		if err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("starting %s: %w", u.label, ctx.Err())
			}
			return &Error{Verb: "start", Cause: "target-not-started", Detail: fmt.Sprintf("%s could not be started: %v", u.label, err), err: err}
		}
		r.mu.Lock()
		if u.process != nil {
			u.past = append(u.process.Log(), '\n')
		}
		u.process = p
		r.mu.Unlock()
		if err := r.await(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// attach sees whether a target is there that somebody else started. One that is commands only has nothing to be seen.
func (r *Running) attach(ctx context.Context) error {
	r.values = r.launch.Values
	a := r.launch.Profile.Target.Attach
	if a == nil {
		return nil
	}
	r.at(a.URL, nil)
	if err := r.Ready(ctx); err != nil {
		return &Error{Verb: "start", Cause: "target-not-ready", err: err, Detail: fmt.Sprintf("nobody listens at %s, where %s is said to run: %s", r.base, r.name(), reason(err)),
			remedy: "start the target first, with the gateway's and the database's address of the profile's attach, or write its address as it is"}
	}
	return nil
}

// BaseURL is where the target is reached; empty where it has no address.
func (r *Running) BaseURL() string { return r.base }

// Process is the supervised process that is spoken to, nil where the target has none of its own.
func (r *Running) Process() *supervise.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.units) == 0 {
		return nil
	}
	return r.units[0].process
}

// u127 is a port of this machine alone.
func u127(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePorts finds ports that are free. Each is held until all are found: else one might be found twice.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("looking for a free port on 127.0.0.1: %w", err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// taken tells whether somebody listens on a port that was given to a process.
func (r *Running) taken() bool {
	for _, u := range r.units {
		l, err := net.Listen("tcp", u127(u.port))
		if err != nil {
			return true
		}
		l.Close()
	}
	return false
}

// reason is an error of a verb without the verb's name.
func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return fmt.Sprint(err)
}
