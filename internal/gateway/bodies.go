package gateway

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/textproto"
	"os"
	"strings"
	"sync"
)

// maxKeptBodies bounds all that a gateway keeps of its answers, against a target that never stops asking.
const maxKeptBodies = 512 << 20

// Why an answer's body is not kept.
var (
	errNothingKept = errors.New("the answer was not kept")
	errEnded       = errors.New("kept answers are there until the gateway ends, and it has ended")
	errTokens      = errors.New("an answer with tokens is never kept")
	errTooMuch     = fmt.Errorf("the answer was not kept: those before it have filled the %d MiB that there are for it", maxKeptBodies>>20)
)

// bodies keeps what was answered in a temporary file without a name: it takes no memory, and nothing of it is left however
// the process ends. It is made with the first answer. Where it cannot be written no more is kept, and the answers go on.
type bodies struct {
	mu   sync.Mutex
	file *os.File
	// end is how long the file is once tail, the last that was kept, is written too.
	end  int64
	tail []byte
	// seen is where what was kept already is: a recording gives the same answers to every account.
	seen   map[content]int64
	seed   maphash.Seed
	failed error
	// open makes the file; unnamed if nil.
	open func() (*os.File, error)
}

// content stands for some bytes.
type content struct {
	length int
	sum    uint64
}

// part is a place in the file.
type part struct {
	at     int64
	length int
}

const (
	// maxSeen bounds what is remembered of the file.
	maxSeen = 1 << 16
	// maxTail is how much is written at once.
	maxTail = 64 << 10
)

// unnamed makes a temporary file that is in no folder any more.
func unnamed() (*os.File, error) {
	f, err := os.CreateTemp("", "syncspec-answers-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// ready makes the file where there is none.
func (b *bodies) ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed != nil || b.file != nil {
		return b.failed
	}
	open := b.open
	if open == nil {
		open = unnamed
	}
	file, err := open()
	if err != nil {
		return b.fail(err)
	}
	b.file, b.seed, b.seen = file, maphash.MakeSeed(), map[content]int64{}
	return nil
}

// once keeps p, unless it is there already.
func (b *bodies) once(p []byte) (part, error) {
	if len(p) == 0 {
		return part{}, nil
	}
	if err := b.ready(); err != nil {
		return part{}, err
	}
	this := content{len(p), maphash.Bytes(b.seed, p)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if at, there := b.seen[this]; there {
		return part{at, len(p)}, nil
	}
	kept, err := b.add(p)
	if err == nil && len(b.seen) < maxSeen {
		b.seen[this] = kept.at
	}
	return kept, err
}

// keep keeps p.
func (b *bodies) keep(p []byte) (part, error) {
	if err := b.ready(); err != nil {
		return part{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.add(p)
}

func (b *bodies) add(p []byte) (part, error) {
	switch {
	case b.failed != nil:
		return part{}, b.failed
	case b.end+int64(len(p)) > maxKeptBodies:
		return part{}, errTooMuch
	}
	if len(b.tail)+len(p) > maxTail {
		if err := b.flush(); err != nil {
			return part{}, err
		}
	}
	b.tail = append(b.tail, p...)
	kept := part{b.end, len(p)}
	b.end += int64(len(p))
	return kept, nil
}

// flush writes the tail.
func (b *bodies) flush() error {
	if _, err := b.file.WriteAt(b.tail, b.end-int64(len(b.tail))); err != nil {
		return b.fail(err)
	}
	b.tail = b.tail[:0]
	return nil
}

// fail ends the keeping: a disk that is full takes the next answer neither.
func (b *bodies) fail(err error) error {
	b.failed = fmt.Errorf("the answer was not kept: %w; make room in the folder for temporary files (%s), or name another one in TMPDIR", err, os.TempDir())
	b.tail = nil
	return b.failed
}

func (b *bodies) read(parts ...part) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.tail) > 0 {
		_ = b.flush() // what it has not written is missed below
	}
	var out []byte
	for _, p := range parts {
		from := len(out)
		out = append(out, make([]byte, p.length)...)
		switch _, err := b.file.ReadAt(out[from:], p.at); {
		case err != nil && b.failed != nil:
			return nil, b.failed
		case err != nil:
			return nil, fmt.Errorf("reading a kept answer: %w", err)
		}
	}
	return out, nil
}

// close frees the file. It comes after the last answer.
func (b *bodies) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed, b.tail = errEnded, nil
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// answered is what is kept of one answer, and where.
type answered struct {
	in     *bodies
	header part
	body   []part
	// kept is how much of the body is there; why says why there is not more, but for the bound of each body.
	kept int
	why  error
}

// room is the part of p that is kept of a body.
func (a *answered) room(p []byte) []byte {
	if a.why != nil {
		return nil
	}
	return p[:min(len(p), maxLoggedBody-a.kept)]
}

// add notes a further part of the body.
func (a *answered) add(p part, err error) {
	switch {
	case a.why != nil:
	case err != nil:
		a.why = err
	case p.length > 0:
		a.body = append(a.body, p)
		a.kept += p.length
	}
}

// ResponseBody returns the beginning of the body of the answer, 64 KiB at most; ResponseBytes is the length of all of it. An
// error says why it was not kept, or not all that could have been. It is there until the gateway ends.
func (e Exchange) ResponseBody() ([]byte, error) {
	switch {
	case e.ResponseBytes == 0 || e.Method == http.MethodHead: // net/http sends no body of what a handler writes then
		return nil, nil
	case e.answered.in == nil:
		return nil, errNothingKept
	}
	body, err := e.answered.in.read(e.answered.body...)
	if err != nil {
		return nil, err
	}
	return body[:min(len(body), e.ResponseBytes)], e.answered.why
}

// FullResponseHeader returns the headers of the answer without credentials: all of them, as far as they were kept, else
// those of ResponseHeader.
func (e Exchange) FullResponseHeader() http.Header {
	if e.answered.in != nil && e.answered.header.length > 0 {
		if text, err := e.answered.in.read(e.answered.header); err == nil {
			h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(text))).ReadMIMEHeader()
			if err == nil {
				return http.Header(h)
			}
		}
	}
	return e.ResponseHeader.Clone()
}

// keepHeader keeps the answer's headers, but for what proves who somebody is. picked are those of which that was taken
// already.
func (a *answer) keepHeader(picked http.Header) answered {
	g := a.gateway
	text := make([]byte, 0, 1<<10)
	for name, values := range a.Header() {
		switch {
		case name == "Set-Cookie" || name == "Authorization" || strings.EqualFold(name, g.auth.Header):
			continue
		case picked[name] != nil:
			values = picked[name]
		}
		for _, v := range values {
			if name == "Location" {
				v = g.withoutCredentials(v)
			}
			text = append(append(append(append(text, name...), ": "...), oneLine(v)...), "\r\n"...)
		}
	}
	kept, err := g.bodies.keep(append(text, "\r\n"...))
	if g.oauth.token != "" && a.ex.Path == g.oauth.token {
		err = errTokens
	}
	return answered{in: &g.bodies, header: kept, why: err}
}

// oneLine is what net/http makes of a header's value.
func oneLine(v string) string {
	if strings.IndexByte(v, '\n') < 0 && strings.IndexByte(v, '\r') < 0 {
		return v
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(v)
}

// withoutCredentials takes credentials out of an address, and codes out of one that leads back from the owner's consent.
func (g *Gateway) withoutCredentials(address string) string {
	path, query, found := strings.Cut(address, "?")
	if !found {
		return address
	}
	if query = redactQuery(g.auth, query); strings.Contains("&"+query, "&code=") {
		query = redactForm(query)
	}
	return path + "?" + query
}
