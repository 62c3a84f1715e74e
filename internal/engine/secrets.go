package engine

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// secrets takes what is secret out of what is reported: the passwords of databases, which targets and migrations print with
// the address into their logs and answers, what came from the environment, and what scenarios made. A job has one, and
// whatever leaves this package has gone through it.
type secrets struct {
	mu sync.Mutex
	// hidden are texts that are removed wherever they stand, words those that may well stand somewhere for another reason.
	hidden, words []string
	// made is the filter of all that is known; nil if something was learned since.
	made *filter
}

// learn makes the password of a dsn one that is removed from now on, in whichever form the dsn has it.
func (s *secrets) learn(dsn string) {
	if config, err := pgx.ParseConfig(dsn); err == nil {
		s.add(config.Password, word.MatchString)
	}
}

// remember makes a text one that is removed from now on.
func (s *secrets) remember(secret string) {
	const short = 8
	s.add(secret, func(spelling string) bool { return len(spelling) < short })
}

func (s *secrets) add(secret string, common func(spelling string) bool) {
	if secret == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, spelling := range spellings(secret) {
		list := &s.hidden
		if common(spelling) {
			list = &s.words
		}
		if !slices.Contains(*list, spelling) {
			*list, s.made = append(*list, spelling), nil
		}
	}
}

// filter returns the filter of all that is known by now.
func (s *secrets) filter() *filter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = newFilter(slices.Clone(s.hidden), slices.Clone(s.words))
	}
	return s.made
}

// word is a password that a report may well contain for another reason: replaced everywhere, "postgres" would make
// nonsense of it.
var word = regexp.MustCompile(`^([a-z_-]*|.{0,7})$`)

// spellings are the ways in which URLs, key=value text and JSON write a password.
func spellings(password string) []string {
	_, user, _ := strings.Cut(url.UserPassword("", password).String(), ":")
	text, _ := json.Marshal(password) // a string cannot fail
	return []string{password, user, url.QueryEscape(password), url.PathEscape(password),
		strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password), string(text[1 : len(text)-1])}
}

func (s *secrets) text(t *string) { *t = s.filter().text(*t) }

func (s *secrets) result(r *result.Result) {
	for _, t := range []*string{&r.Cause, &r.Summary, &r.Expected, &r.Actual, &r.Why, &r.Remedy} {
		s.text(t)
	}
	r.Evidence = s.evidence(r.Evidence)
}

// failure returns a copy of f without secrets: f may be kept by others, who go on to compare it.
func (s *secrets) failure(f *scenario.Failure) *scenario.Failure {
	clean := *f
	for _, t := range []*string{&clean.Cause, &clean.Summary, &clean.Remedy} {
		s.text(t)
	}
	clean.Evidence = s.evidence(f.Evidence)
	return &clean
}

func (s *secrets) evidence(list []result.Evidence) []result.Evidence {
	list = slices.Clone(list)
	for i := range list {
		s.text(&list[i].Text)
	}
	return list
}
