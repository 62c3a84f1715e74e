package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// update changes a field of an object; an empty key is none. at, where it is not zero, is the time that the change gets.
func (i *imitated) update(obj *manifest.Object, key string, at time.Time) error {
	if key == "" {
		return nil
	}
	o, err := i.find(obj, key)
	if err != nil {
		return err
	}
	body, err := object(o.Body)
	if err != nil {
		return err
	}
	e := editable(obj, body)
	fields := map[string]any{e.path: e.next}
	if !at.IsZero() {
		fields[obj.UpdatedAt.Field] = timeValue(obj.UpdatedAt.Format, at)
	}
	_, err = i.account.Update(obj.Name, key, fields)
	return err
}

// spare is an object that may be deleted. What others hang on stays, for they would go along, and no delivery says so: then
// it is the one that was just made.
func (s *script) spare(obj *manifest.Object, made string) string {
	if s.carries(obj) {
		return made
	}
	return cmp.Or(s.pick(obj), made)
}

// create makes an object like one that is there, and returns its key; empty where there is none to copy.
func (s *script) create(obj *manifest.Object) (string, error) {
	var o sandbox.Object
	var body map[string]any
	all := s.account.Objects(obj.Name)
	for _, n := range s.chance.Perm(len(all)) {
		b, err := object(all[n].Body)
		if err != nil {
			return "", err
		}
		if obj.DeletedWhen == nil || !oracle.Holds(obj.DeletedWhen, b) {
			o, body = all[n], b
			break
		}
	}
	if body == nil {
		return "", nil
	}
	body = s.copier.copied(obj, body)
	if len(obj.Key) > 1 && !s.rekey(obj, body) {
		return "", nil
	}
	made, err := s.account.Create(obj.Name, body, o.Context)
	if err != nil {
		return "", err
	}
	s.touched[obj.Name+" "+made.Key] = true
	return made.Key, nil
}

// rekey gives a body a composite key that no object has: its parts are those of others.
func (s *script) rekey(obj *manifest.Object, body map[string]any) bool {
	var bodies []map[string]any
	taken := map[string]bool{}
	for _, o := range s.account.Objects(obj.Name) {
		if b, err := object(o.Body); err == nil {
			bodies = append(bodies, b)
			taken[keyText(obj, b)] = true
		}
	}
	last := obj.Key[len(obj.Key)-1]
	for _, a := range bodies {
		for _, b := range bodies {
			for _, k := range obj.Key {
				body[k] = a[k]
			}
			body[last] = b[last]
			if !taken[keyText(obj, body)] {
				return true
			}
		}
	}
	return false
}

func keyText(obj *manifest.Object, body map[string]any) string {
	var parts []string
	for _, k := range obj.Key {
		parts = append(parts, fmt.Sprint(body[k]))
	}
	return strings.Join(parts, "/")
}

func (s *script) remove(obj *manifest.Object, key string) error {
	if key == "" {
		return nil
	}
	return s.account.Delete(obj.Name, key)
}

// pick chooses an object that was not changed yet, is not deleted, and has a field to change; empty where there is none.
func (s *script) pick(obj *manifest.Object) string {
	all := s.account.Objects(obj.Name)
	for _, n := range s.chance.Perm(len(all)) {
		body, err := object(all[n].Body)
		if err != nil || s.touched[obj.Name+" "+all[n].Key] || editable(obj, body).path == "" ||
			obj.DeletedWhen != nil && oracle.Holds(obj.DeletedWhen, body) {
			continue
		}
		s.touched[obj.Name+" "+all[n].Key] = true
		return all[n].Key
	}
	return ""
}

// carries tells whether objects of another kind hang on those of this one.
func (i *imitated) carries(obj *manifest.Object) bool {
	return slices.ContainsFunc(i.applicable(), func(o *manifest.Object) bool {
		return o.Parent != nil && o.Parent.Object == obj.Name || slices.ContainsFunc(o.Lists, func(l manifest.List) bool {
			return l.Each != nil && l.Each.Object == obj.Name || l.Batch != nil && l.Batch.Object == obj.Name
		})
	})
}

// find returns an object of the store.
func (i *imitated) find(obj *manifest.Object, key string) (sandbox.Object, error) {
	for _, o := range i.account.Objects(obj.Name) {
		if o.Key == key {
			return o, nil
		}
	}
	return sandbox.Object{}, fmt.Errorf("the sandbox has no %s %s", obj.Name, key)
}
