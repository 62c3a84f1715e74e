package engine

import (
	"net/url"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// secrets takes a database's password out of what is reported: targets print their database's address into their logs
// and answers. Only the forms in which an address holds it are replaced, for a password may be a common word.
type secrets struct{ replacer *strings.Replacer }

func secretsOf(dsn string) secrets {
	u, err := url.Parse(dsn)
	if err != nil || u.User == nil {
		return secrets{}
	}
	password, ok := u.User.Password()
	if !ok || password == "" {
		return secrets{}
	}
	_, escaped, _ := strings.Cut(u.User.String(), ":")
	var pairs []string
	for _, p := range []string{password, escaped, url.QueryEscape(password)} {
		pairs = append(pairs, ":"+p+"@", ":xxxxx@", "password="+p, "password=xxxxx")
	}
	return secrets{strings.NewReplacer(pairs...)}
}

func (s secrets) text(t *string) {
	if s.replacer != nil {
		*t = s.replacer.Replace(*t)
	}
}

func (s secrets) evidence(list []result.Evidence) {
	for i := range list {
		s.text(&list[i].Text)
	}
}

func (s secrets) result(r *result.Result) {
	s.text(&r.Summary)
	s.text(&r.Expected)
	s.text(&r.Actual)
	s.evidence(r.Evidence)
}

func (s secrets) failure(f *scenario.Failure) {
	s.text(&f.Summary)
	s.evidence(f.Evidence)
}
