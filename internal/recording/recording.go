// Package recording loads a provider's recorded traffic: cassettes, webhook deliveries and the sidecar that says
// where they came from. What is loaded has been checked against the sidecar, so that nobody reasons about a
// recording that was cut off, edited or mixed up.
package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
)

// SidecarName is the file in a recording's folder that lists and describes all the others.
const SidecarName = "recording.yaml"

// Recording is one provider's recorded traffic. It is read-only and may be shared between goroutines.
type Recording struct {
	// Dir is the folder, for messages.
	Dir  string
	Info Info

	fsys       fs.FS
	phases     map[string][]string
	phaseNames []string
	partial    []Partial
	cassettes  map[string]*loaded
	names      []string
	deliveries []fileEntry
	truth      []fileEntry
}

// Info says what recorded the traffic, when, and from what.
type Info struct {
	Source        string
	Recorder      string
	RecordedAt    time.Time
	RecordedUntil time.Time
	// Software is the source's own name and version; Environment what it ran on.
	Software    string
	Environment []string
	APIVersion  string
	// Mode is where the traffic came from: recorded (a real provider) or recorded-sandbox.
	Mode string
	// BaseURL is the scheme and host that the recorded URLs have.
	BaseURL string
}

// Interaction is one recorded request with its answer. Callers must not change what it points to.
type Interaction struct {
	// Cassette and Index are where it stands: the cassette's name without extension, counted from 0.
	Cassette string
	Index    int

	Method        string
	URL           *url.URL
	RequestBody   string
	RequestHeader http.Header

	Status int
	Header http.Header
	Body   []byte

	// Sequence is set where equal requests are answered in the order recorded.
	Sequence bool
}

// Ref names the interaction: "cassette#index".
func (i Interaction) Ref() string { return fmt.Sprintf("%s#%d", i.Cassette, i.Index) }

// Partial is a family of paths of which only a part was recorded; a request for the rest finds nothing, and that
// is expected.
type Partial struct {
	Object string `yaml:"object"`
	// Path is below the API's base path, with {name} for one segment of any value.
	Path string `yaml:"path"`
	Why  string `yaml:"why"`
}

// Load reads and checks the recording in a folder. The error, if any, is of type Problems where the recording
// itself is at fault.
func Load(dir string) (*Recording, error) {
	return LoadFS(os.DirFS(dir), dir)
}

// LoadFS is Load for any file system, an embedded one for instance. Its root is the recording's folder; dir is
// what messages call it.
func LoadFS(fsys fs.FS, dir string) (*Recording, error) {
	data, err := fs.ReadFile(fsys, SidecarName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Problems{{
			File: path.Join(dir, SidecarName),
			What: "there is no such file",
			Fix:  "name the folder of a recording, one that has a " + SidecarName,
		}}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the recording in %s: %w", dir, err)
	}
	r := &Recording{Dir: dir, fsys: fsys}
	side, problems := parseSidecar(path.Join(dir, SidecarName), data)
	if side == nil {
		return nil, problems
	}
	problems = append(problems, r.fill(side)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return r, nil
}

// PhaseNames lists the phases in the sidecar's order.
func (r *Recording) PhaseNames() []string { return append([]string(nil), r.phaseNames...) }

// CassetteNames lists the cassettes in the sidecar's order.
func (r *Recording) CassetteNames() []string { return append([]string(nil), r.names...) }

// Phase returns the interactions of the cassettes that a phase serves, in recorded order per cassette.
func (r *Recording) Phase(name string) ([]Interaction, error) {
	members, ok := r.phases[name]
	if !ok {
		return nil, fmt.Errorf("recording %s has no phase %q: it has %s", r.Dir, name, strings.Join(r.phaseNames, ", "))
	}
	var all []Interaction
	for _, m := range members {
		all = append(all, r.cassettes[m].interactions...)
	}
	return all, nil
}

// Cassette returns the interactions of one cassette in recorded order.
func (r *Recording) Cassette(name string) ([]Interaction, error) {
	c, ok := r.cassettes[name]
	if !ok {
		return nil, fmt.Errorf("recording %s has no cassette %q: it has %s", r.Dir, name, strings.Join(r.names, ", "))
	}
	return append([]Interaction(nil), c.interactions...), nil
}

// Partial lists the paths of which only a part was recorded.
func (r *Recording) Partial() []Partial { return append([]Partial(nil), r.partial...) }

// Truth returns one of the files that say, from another route than the API, what the source really held.
func (r *Recording) Truth(name string) ([]byte, error) {
	var have []string
	for _, t := range r.truth {
		base := path.Base(t.File)
		if base == name {
			data, err := fs.ReadFile(r.fsys, t.File)
			if err != nil {
				return nil, fmt.Errorf("reading the truth of recording %s: %w", r.Dir, err)
			}
			return data, nil
		}
		have = append(have, base)
	}
	return nil, fmt.Errorf("recording %s has no truth %q: it has %s", r.Dir, name, strings.Join(have, ", "))
}

// Provenance says in one line what was recorded, when and how.
func (r *Recording) Provenance() string {
	n := 0
	for _, c := range r.cassettes {
		n += len(c.interactions)
	}
	return fmt.Sprintf("%s: %s (%s), recorded %s with %s: %d interactions in %d cassettes, %d deliveries",
		r.Info.Mode, r.Info.Software, r.Info.APIVersion, r.Info.RecordedAt.UTC().Format("2006-01-02 15:04 UTC"),
		r.Info.Recorder, n, len(r.cassettes), len(r.deliveries))
}
