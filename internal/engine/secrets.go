package engine

import (
	"cmp"
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

// secrets takes the passwords of databases, and what else is secret, out of what is reported: targets and migrations print
// their database's address into their logs and answers. A job has one, and whatever leaves this package has gone through it.
type secrets struct {
	mu sync.Mutex
	// spellings are the ways in which the passwords that were learned may be written, the longest first.
	spellings []string
	// anywhere replaces those that cannot be ordinary words, inAddress all of them where they are said to be a password.
	anywhere  *strings.Replacer
	inAddress *regexp.Regexp
}

// unlearned are passwords that nobody told of, in the address of any Postgres and in the query of any address.
var unlearned = regexp.MustCompile(`(?i)(\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@]*:)(?:[^\s/"'<>]+|[^\s@]+)(@)|([?&]password=)[^\s&#"']+`)

// learn makes the password of a dsn one that is removed from now on, in whichever form the dsn has it.
func (s *secrets) learn(dsn string) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil || config.Password == "" {
		return
	}
	s.remember(config.Password)
}

// remember makes a text one that is removed from now on.
func (s *secrets) remember(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, spelling := range spellings(secret) {
		if !slices.Contains(s.spellings, spelling) {
			s.spellings = append(s.spellings, spelling)
		}
	}
	slices.SortFunc(s.spellings, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	var pairs, quoted []string
	for _, spelling := range s.spellings {
		if !word.MatchString(spelling) {
			pairs = append(pairs, spelling, "xxxxx")
		}
		quoted = append(quoted, regexp.QuoteMeta(spelling))
	}
	either := "(?:" + strings.Join(quoted, "|") + ")"
	s.anywhere = strings.NewReplacer(pairs...)
	s.inAddress = regexp.MustCompile(`(:)` + either + `(@)|((?i:passw(?:or)?d)["']?\s*[:=]\s*["']?)` + either)
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

func (s *secrets) text(t *string) {
	if *t == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inAddress != nil {
		*t = s.inAddress.ReplaceAllString(s.anywhere.Replace(*t), "${1}${3}xxxxx${2}")
	}
	*t = unlearned.ReplaceAllString(*t, "${1}${3}xxxxx${2}")
}

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
