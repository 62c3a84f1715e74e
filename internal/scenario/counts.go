package scenario

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// counts asks the sandbox for its own counts, as a client with these credentials does.
func (i *imitated) counts(credentials map[string]string) ([]oracle.Answer, error) {
	var answers []oracle.Answer
	for _, obj := range i.applicable() {
		at := oracle.CountURL(i.manifest, obj)
		if at == "" {
			continue
		}
		req, err := http.NewRequest(http.MethodGet, at, http.NoBody)
		if err != nil {
			return nil, fmt.Errorf("asking the sandbox how many %s it has: %w", obj.Name, err)
		}
		prove(req, i.manifest.API.Auth, credentials)
		w := &written{header: http.Header{}, status: http.StatusOK}
		i.account.ServeHTTP(w, req)
		answers = append(answers, oracle.Answer{Method: req.Method, URL: req.URL, Status: w.status, Header: w.header,
			Body: w.body.Bytes(), Ref: "sandbox: count of " + obj.Name})
	}
	return answers, nil
}

// prove puts an account's credentials into a request.
func prove(req *http.Request, auth manifest.Auth, credentials map[string]string) {
	values := make([]string, len(auth.Credentials))
	for i, name := range auth.Credentials {
		values[i] = credentials[name]
	}
	switch {
	case auth.Kind == "basic" && len(values) == 2:
		req.SetBasicAuth(values[0], values[1])
	case auth.Kind == "bearer" && len(values) > 0:
		req.Header.Set("Authorization", "Bearer "+values[0])
	case auth.Kind == "header" && len(values) > 0:
		req.Header.Set(auth.Header, values[0])
	}
}

// written is an answer that nobody is sent.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header         { return w.header }
func (w *written) WriteHeader(status int)      { w.status = status }
func (w *written) Write(p []byte) (int, error) { return w.body.Write(p) }
