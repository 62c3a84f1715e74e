package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// edit is a field of an object that may be changed without meaning anything else, and its next value.
type edit struct {
	path string
	next any
}

// editable returns a top-level field of the body whose change says nothing but that it changed: no key, no reference, no
// time, and nothing that decides where the object belongs. A text is taken before a number. The path is empty where
// there is none.
func editable(obj *manifest.Object, body map[string]any) edit {
	taken := map[string]bool{}
	for _, k := range obj.Key {
		taken[k] = true
	}
	if obj.DeletedWhen != nil {
		taken[obj.DeletedWhen.Field] = true
	}
	if obj.UpdatedAt != nil {
		taken[obj.UpdatedAt.Field] = true
	}
	for _, t := range obj.Webhooks {
		if t.When != nil {
			taken[t.When.Field] = true
		}
	}
	for _, r := range obj.References {
		taken[r.Field] = true
	}
	for _, f := range obj.Fields {
		if obj.Parent != nil && f.Column == obj.Parent.Column {
			taken[f.Path] = true
		}
	}
	for _, kind := range []manifest.FieldType{manifest.Text, manifest.Integer} {
		for _, f := range obj.Fields {
			if f.Type != kind || strings.ContainsAny(f.Path, ".@") || taken[f.Path] {
				continue
			}
			if next := another(kind, body[f.Path]); next != nil {
				return edit{f.Path, next}
			}
		}
	}
	return edit{}
}

// another is a value of the kind that is not the given one; nil where that is none of the kind.
func another(kind manifest.FieldType, v any) any {
	switch v := v.(type) {
	case string:
		if kind == manifest.Text {
			return v + " (changed)"
		}
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil && kind == manifest.Integer {
			return json.Number(strconv.FormatInt(n+1, 10))
		}
	}
	return nil
}

// firstCopied is where the ids of made-up sub-objects begin: far from any that a source has, and beyond what a float holds.
const firstCopied = 9_100_000_000_000_001

// copier makes new objects from old ones.
type copier struct{ next int64 }

// copied returns a body like another object's, without what the source gives an object of its own: its key, and the times
// at which it was made and changed. Sub-objects that are known by their ids get ids of their own.
func (c *copier) copied(obj *manifest.Object, body map[string]any) map[string]any {
	out := clone(body).(map[string]any)
	if len(obj.Key) == 1 {
		delete(out, obj.Key[0])
	}
	if obj.UpdatedAt != nil {
		delete(out, obj.UpdatedAt.Field)
	}
	for name := range out {
		if strings.Contains(name, "created") { // no manifest marks the time of creation, and all sources name it so
			delete(out, name)
		}
	}
	c.rename(obj.Children, out)
	return out
}

func (c *copier) rename(children []manifest.Child, body map[string]any) {
	for i := range children {
		child := &children[i]
		v, _ := at(body, child.At)
		list, _ := v.([]any)
		for _, e := range list {
			m, ok := e.(map[string]any)
			if !ok {
				continue
			}
			if child.KeyScope != "parent" && !slices.Contains(child.Key, "@index") {
				c.next++
				for _, k := range child.Key {
					if child.KeyType == "text" {
						m[k] = fmt.Sprintf("%v-%d", m[k], c.next)
					} else {
						m[k] = json.Number(strconv.FormatInt(firstCopied+c.next, 10))
					}
				}
			}
			c.rename(child.Children, m)
		}
	}
}

// clone copies a decoded JSON value.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = clone(e)
		}
		return out
	}
	return v
}
