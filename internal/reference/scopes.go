package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// needed are the scopes to ask for: those that open something this integration copies or subscribes to. The owner of
// an account must not have to grant what nothing here uses.
func (s *source) needed() []string {
	names := []string{}
	for _, scope := range s.m.Scopes {
		if scope.Status != "retired" && s.opens(scope) {
			names = append(names, scope.Name)
		}
	}
	return names
}

// opens tells whether a scope opens an applicable object, one of its topics, or registration.
func (s *source) opens(scope manifest.Scope) bool {
	for _, name := range scope.Enables {
		if s.byName[name] != nil || name == "webhooks" && s.m.Webhooks.Registration != nil {
			return true
		}
	}
	return slices.ContainsFunc(s.objects, func(o *object) bool {
		return o.Scope == scope.Name || slices.ContainsFunc(o.Webhooks, func(t manifest.Topic) bool { return t.Scope == scope.Name })
	})
}

// granted reads which scopes an account's token has: from the provider's list where it has one, else from its answer
// to the code, in which they may be left out where they are those asked for.
func (e *engine) granted(ctx context.Context, m *manifest.Manifest, account Account, asked []string, answered string) ([]string, error) {
	list := m.OAuth.Granted
	switch {
	case list == nil && answered == "":
		return asked, nil
	case list == nil:
		return splitScopes(m, answered), nil
	}
	u, err := atRoot(account, list.Path)
	if err != nil {
		return nil, err
	}
	a, err := e.client.do(ctx, call{manifest: m, account: account, method: http.MethodGet, url: u})
	if err != nil {
		return nil, fmt.Errorf("reading the granted scopes: %w", err)
	}
	elements, err := listAt(a.body, list.At)
	if err != nil {
		return nil, fmt.Errorf("reading the granted scopes: GET %s: %w", list.Path, err)
	}
	names := []string{}
	for _, element := range elements {
		name, err := scopeName(element, list.Field)
		if err != nil {
			return nil, fmt.Errorf("reading the granted scopes: GET %s: %w", list.Path, err)
		}
		names = append(names, name)
	}
	return names, nil
}

// scopeName is one element of the provider's list, or the field of it that has the name.
func scopeName(element json.RawMessage, field string) (string, error) {
	if field == "" {
		return text(element)
	}
	f, err := parseFields(element)
	if err != nil {
		return "", err
	}
	return f.key([]string{field}, "text")
}

func splitScopes(m *manifest.Manifest, scopes string) []string {
	separator := m.OAuth.ScopeSeparator
	if separator == "" {
		separator = ","
	}
	names := []string{}
	for name := range strings.SplitSeq(scopes, separator) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// ungranted are the scopes that were asked for and not granted. A provider may name write_x alone where it grants
// read_x as well.
func ungranted(m *manifest.Manifest, asked, granted []string) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(name string) bool {
		if slices.Contains(granted, name) {
			return true
		}
		what, reads := strings.CutPrefix(name, "read_")
		return reads && m.OAuth.WriteIncludesRead && slices.Contains(granted, "write_"+what)
	})
}
