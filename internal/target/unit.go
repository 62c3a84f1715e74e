package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

// listenEnv tells a process its address, 127.0.0.1:port.
const listenEnv = "SYNCSPEC_LISTEN"

// health is where a process that says nothing else is asked whether it is ready.
const health = "/healthz"

// unit is one process of the target.
type unit struct {
	// name is what the profile calls it, empty for an only one; label is what messages do.
	name, label string
	start       profile.Start
	bundled     *supervise.Command
	port        int
	process     *supervise.Process
	// past is the end of its log before it was started anew.
	past []byte
}

// command is how a process is started.
func (r *Running) command(u *unit) (supervise.Command, error) {
	listen := map[string]string{listenEnv: u127(u.port)}
	if u.bundled != nil {
		cmd := *u.bundled
		cmd.Env = environment(append(slices.Clone(cmd.Env), r.launch.Env...), listen)
		if cmd.Grace == 0 {
			cmd.Grace = stopGrace
		}
		return cmd, nil
	}
	values := r.values.With(profile.Values{"port": u.port})
	cmd, err := Command(r.launch.Profile.Target, u.start, values, environment(r.launch.Env, listen))
	if err == nil && u.start.Ready != nil && u.start.Ready.Log != "" {
		cmd.Await, err = profile.Fill(u.start.Ready.Log, values)
	}
	if err != nil {
		return cmd, &Error{Verb: "start", Cause: "profile-placeholder", err: err, Detail: fmt.Sprintf("%s cannot be started as the profile says: %v", u.label, err),
			remedy: "mend the placeholder in the profile"}
	}
	cmd.Name, cmd.Grace = u.label, stopGrace
	return cmd, nil
}

// Command is a command of a profile with its placeholders filled in. given is its environment, to which the profile adds, or
// which it sets otherwise.
func Command(t profile.Target, s profile.Start, values profile.Values, given []string) (supervise.Command, error) {
	words, err := profile.FillList(s.Command, values)
	if err != nil {
		return supervise.Command{}, fmt.Errorf("command: %w", err)
	}
	if len(words) == 0 {
		return supervise.Command{}, errors.New("the command is empty")
	}
	env, err := profile.FillAll(s.Env, values)
	if err != nil {
		return supervise.Command{}, fmt.Errorf("env: %w", err)
	}
	dir, err := profile.Fill(s.Dir, values)
	if err != nil {
		return supervise.Command{}, fmt.Errorf("dir: %w", err)
	}
	cmd := supervise.Command{Env: environment(given, env), Dir: t.Path(dir)}
	cmd.Path, cmd.Args = t.Program(words)
	cmd.Name = filepath.Base(cmd.Path)
	return cmd, nil
}

// environment is a given one with variables set otherwise. Of two values of one name some programs take the first and some the last.
func environment(given []string, own map[string]string) []string {
	var all []string
	for _, variable := range given {
		name, _, _ := strings.Cut(variable, "=")
		if _, set := own[name]; !set {
			all = append(all, variable)
		}
	}
	for name, value := range own {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	return all
}

// await waits until a process is ready. It is not, if any of the processes ends.
func (r *Running) await(ctx context.Context, u *unit) error {
	within := r.launch.Ready
	if u.start.Ready != nil {
		within = length(u.start.Ready.Within, within)
	}
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(2 * glance)
	defer tick.Stop()
	var seen error
	for {
		last := r.probe(ctx, u)
		if last == nil {
			return r.stillUp()
		}
		if seen == nil || ctx.Err() == nil { // what the deadline cut off says nothing of the target
			seen = last
		}
		if err := r.stillUp(); err != nil {
			return err
		}
		select {
		case <-u.process.Done():
			if err := r.stillUp(); err != nil {
				return err
			}
			return &Error{Verb: "start", Cause: "target-exited", Log: r.Log(), Detail: u.label + " was stopped before it was ready"}
		case <-ctx.Done():
			if outer.Err() != nil {
				return fmt.Errorf("waiting for %s to get ready: %w", u.label, outer.Err())
			}
			wanted, instead := r.wanting(u, seen)
			e := &Error{Verb: "start", Cause: "target-not-ready", err: seen, Log: r.Log(),
				Detail: fmt.Sprintf("%s runs, but %s within %s%s", u.label, wanted, within, instead)}
			where, err := u.process.Listens()
			if err == nil && len(where) > 0 && !slices.ContainsFunc(where, func(at string) bool { return takes(at, u.port) }) {
				e.Detail += fmt.Sprintf("; it takes connections at %s, and not at %s, which it was given", strings.Join(where, ", "), u127(u.port))
				e.remedy = portRemedy
			}
			return e
		case <-tick.C:
		}
	}
}

// takes tells whether who listens at an address takes connections to a port of 127.0.0.1. One that listens at all addresses
// of the sixth version mostly does so at those of the fourth as well.
func takes(address string, port int) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && int(at.Port()) == port && (at.Addr().IsUnspecified() || at.Addr() == netip.AddrFrom4([4]byte{127, 0, 0, 1}))
}

// stillUp is an error if a process of the target has ended.
func (r *Running) stillUp() error {
	how := r.Exited()
	if how == "" {
		return nil
	}
	e := &Error{Verb: "start", Cause: "target-exited", Log: r.Log(), Detail: how + " before it was ready"}
	if says := saysTaken(e.Log); says != "" {
		e.Detail += fmt.Sprintf("; its log says that a port is taken: %s", says)
		e.remedy = portRemedy
	}
	return e
}

// portRemedy is what a profile can do about a port.
const portRemedy = "let the target listen where it is told, so that several can run side by side: write {port} in the place of the port in the profile's command or env, " +
	"or take the address from SYNCSPEC_LISTEN; a target with a port of its own can run once on a machine, by attach"

// saysTaken is the line of a log that says that a port is taken by somebody else.
func saysTaken(log string) string {
	for line := range strings.Lines(log) {
		low := strings.ToLower(line)
		for _, words := range []string{"address already in use", "address in use", "eaddrinuse", "addrinuse", "port is already allocated", "port is in use", "already in use by"} {
			if strings.Contains(low, words) {
				return excerpt([]byte(line))
			}
		}
	}
	return ""
}

// Ready asks once whether the target is ready, as the profile says that it shows it; one that somebody else started is if it
// takes connections, and one without processes always.
func (r *Running) Ready(ctx context.Context) error {
	r.mu.Lock()
	var u *unit
	if len(r.units) > 0 {
		u = r.units[0]
	}
	r.mu.Unlock()
	switch {
	case u != nil:
		return r.probe(ctx, u)
	case r.base != "":
		return r.dial(ctx, addressOf(r.base))
	}
	return nil
}

// addressOf is the host and port of a URL, whose path is nothing to be dialled.
func addressOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // dialling it says what is wrong with it
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// probe asks a process once whether it is ready.
func (r *Running) probe(ctx context.Context, u *unit) error {
	ready := profile.Ready{HTTP: health}
	if u.start.Ready != nil {
		ready = *u.start.Ready
	}
	switch {
	case ready.Started:
		return nil
	case ready.Port:
		return r.dial(ctx, u127(u.port))
	case ready.Log != "":
		r.mu.Lock()
		p := u.process
		r.mu.Unlock()
		select {
		case <-p.Said():
			return nil
		default:
			return &Error{Verb: "ready", Cause: "target-not-ready", Detail: fmt.Sprintf("it wrote no line with %q", ready.Log)}
		}
	}
	path, err := profile.FillPath(ready.HTTP, r.values.With(profile.Values{"port": u.port}))
	if err != nil {
		return &Error{Verb: "ready", Cause: "profile-placeholder", err: err, Detail: fmt.Sprintf("the path of ready cannot be filled in: %v", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+u127(u.port)+path, nil)
	if err != nil {
		return &Error{Verb: "ready", Cause: "target-not-ready", err: err, Detail: fmt.Sprintf("%s is no path", path)}
	}
	res, data, err := r.exchange(req, 4<<10)
	if err != nil {
		return (&doing{r: r, name: "ready", within: time.Second}).failed(ctx, err)
	}
	if res.StatusCode/100 != 2 {
		return &Error{Verb: "ready", Cause: "target-refused", Status: res.StatusCode, Detail: fmt.Sprintf("GET %s answered %d: %s", path, res.StatusCode, excerpt(data))}
	}
	return nil
}

// wanting says what a process did not do that shows that it is ready, and what it did instead.
func (r *Running) wanting(u *unit, last error) (wanted, instead string) {
	ready := u.start.Ready
	if ready != nil && ready.HTTP == "" { // then there is nothing more to say
		return reason(last), ""
	}
	path := health
	if ready != nil {
		path = ready.HTTP
	}
	return fmt.Sprintf("GET http://%s%s did not answer 200", u127(u.port), path), " (" + reason(last) + ")"
}

// dial sees whether an address takes connections.
func (r *Running) dial(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return &Error{Verb: "ready", Cause: "target-unreachable", err: err, Detail: fmt.Sprintf("%s takes no connections: %v", address, err)}
	}
	return conn.Close()
}
