package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// maxBody bounds what a client may send.
const maxBody = 10 << 20

// ServeHTTP answers as the provider's API does, OAuth pages included.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &query{Request: r, account: a, manifest: a.manifest, params: parameters(r.URL.RawQuery)}
	var err error
	if q.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	q.route, q.path, q.below = a.routes.match(r.URL.Path)
	if q.route != nil {
		q.kind = q.route.kind
	}
	ans, p := a.answer(q)
	a.provider.finish(q, ans, p)
	send(w, r, ans)
}

func send(w http.ResponseWriter, r *http.Request, ans *answer) {
	h := w.Header()
	for name, values := range ans.header {
		h[name] = values
	}
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = nil // net/http would guess one
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(ans.status)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(ans.body)))
	w.WriteHeader(ans.status)
	_, _ = w.Write(ans.body) // a client that is gone needs no answer
}

// answer finds the answer to a request; p is the page, where it is one.
func (a *Account) answer(q *query) (*answer, *page) {
	if q.route != nil {
		switch q.route.does {
		case consent:
			return a.consent(q), nil
		case token:
			return a.exchange(q), nil
		}
	}
	var r *refusal
	if q.token, r = a.authenticate(q.Request); r == nil {
		r = a.closed()
	}
	if r == nil {
		r = a.spend(q)
	}
	if r != nil {
		return a.provider.refuse(q, *r), nil
	}
	q.store = a.snapshot()
	if r := a.permit(q); r != nil {
		return a.provider.refuse(q, *r), nil
	}
	if ans := a.provider.also(q); ans != nil {
		return ans, nil
	}
	if q.route == nil {
		return a.provider.refuse(q, refusal{why: noRoute}), nil
	}
	ans, p, r := a.serve(q)
	if r != nil {
		return a.provider.refuse(q, *r), nil
	}
	return ans, p
}

// serve answers what is allowed.
func (a *Account) serve(q *query) (*answer, *page, *refusal) {
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		if q.route.hooks {
			ans, r := a.write(q)
			return ans, nil, r
		}
		return nil, nil, &refusal{why: noRoute}
	}
	switch q.route.does {
	case granted:
		return a.grantedScopes(q), nil, nil
	case one:
		ans, r := q.one()
		return ans, nil, r
	case count:
		ans, r := q.count()
		return ans, nil, r
	}
	p, r := q.page()
	if r != nil {
		return nil, nil, r
	}
	return reply(http.StatusOK, p.body(q)), p, nil
}

// reply makes an answer of JSON.
func reply(status int, body []byte) *answer {
	return &answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: body}
}

// wrap puts a value where a path says: at "a.b" it becomes {"a":{"b":value}}.
func wrap(at string, value []byte) []byte {
	var b bytes.Buffer
	segments := split(at)
	for _, s := range segments {
		name, _ := encode(s)
		b.WriteByte('{')
		b.Write(name)
		b.WriteByte(':')
	}
	b.Write(value)
	for range segments {
		b.WriteByte('}')
	}
	return b.Bytes()
}
