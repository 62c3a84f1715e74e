package manifest

import (
	"fmt"
	"slices"
)

// webhooksEnabled is what a scope enables that opens the registration of webhooks.
const webhooksEnabled = "webhooks"

// checkScopes checks the scopes by themselves; whether objects name them stands with the objects.
func (c *checker) checkScopes() {
	names := c.unique("scope")
	for i, s := range c.manifest.Scopes {
		path := index("scopes", i)
		names.add(path+".name", s.Name)
		c.inCatalogue(c.scopes, path+".name", "scope", s.Name)
		c.eachAlike(path+".enables", "object", s.Enables)
		for j, enabled := range s.Enables {
			if enabled != webhooksEnabled {
				c.declared(index(path+".enables", j), enabled, webhooksEnabled)
			}
		}
		c.checkRetired(path, s)
	}
}

func (c *checker) checkRetired(path string, s Scope) {
	switch {
	case s.Status == "retired" && s.SupersededBy == "":
		c.at(path, fmt.Sprintf("scope %q is retired, but what replaced it is not said", s.Name), "add superseded_by")
	case s.Status == "current" && s.SupersededBy != "":
		c.at(path+".superseded_by", fmt.Sprintf("scope %q is current, so nothing replaced it", s.Name), "add status: retired, or drop the key")
	case s.SupersededBy != "" && s.SupersededBy == s.Name:
		c.at(path+".superseded_by", "a scope does not replace itself", "")
	case s.SupersededBy != "":
		if by, ok := c.scope(path+".superseded_by", s.SupersededBy); ok && by.Status == "retired" {
			c.at(path+".superseded_by", fmt.Sprintf("scope %q is retired itself", by.Name), "name what is asked for today")
		}
	}
}

// scope returns the scope of that name, and reports where there is none.
func (c *checker) scope(path, name string) (Scope, bool) {
	var known []string
	for _, s := range c.manifest.Scopes {
		if s.Name == name {
			return s, true
		}
		known = append(known, s.Name)
	}
	if name != "" {
		c.at(path, fmt.Sprintf("no scope is named %q", name), suggest(name, known))
	}
	return Scope{}, false
}

// checkEnabled reports an object (or the webhooks) that the scope it names does not open, or no longer.
func (c *checker) checkEnabled(path, scope, what string) {
	s, ok := c.scope(path, scope)
	if !ok {
		return
	}
	if s.Status == "retired" {
		c.at(path, fmt.Sprintf("scope %q is retired", scope), "name the scope that replaced it")
	} else if len(s.Enables) > 0 && what != "" && !slices.Contains(s.Enables, what) {
		c.at(path, fmt.Sprintf("scope %q does not enable %s", scope, what), fmt.Sprintf("add %s to the scope's enables", what))
	}
}
