package manifest

import (
	"reflect"
	"slices"
	"strings"
)

// member is one key of a struct, read from the struct's tags.
type member struct {
	key   string
	index []int
	// required: the key must be there and, if text or a list, not be empty.
	required bool
	// scalar: numbers and booleans are taken as the text they are written as.
	scalar   bool
	enum     []string
	fallback string
	// example is a value that shows the form.
	example string
}

// membersOf lists the keys of a struct type in their order. Those of an inlined struct are the outer one's own.
func membersOf(t reflect.Type) []member {
	var members []member
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if options == "inline" {
			for _, m := range membersOf(field.Type) {
				m.index = append(slices.Clone(field.Index), m.index...)
				members = append(members, m)
			}
			continue
		}
		if name == "-" || name == "" {
			continue
		}
		m := member{key: name, index: field.Index, required: options != "omitempty"}
		for _, option := range tagOptions(field.Tag.Get("jsonschema")) {
			key, value, _ := strings.Cut(option, "=")
			switch key {
			case "enum":
				m.enum = append(m.enum, value)
			case "default":
				m.fallback = value
			case "example":
				m.example = value
			case "oneof_type":
				m.scalar = true
			}
		}
		members = append(members, m)
	}
	return members
}

// tagOptions are the options of a tag. A comma that belongs to a value has a backslash in front.
func tagOptions(tag string) []string {
	const comma = "\x00"
	options := strings.Split(strings.ReplaceAll(tag, `\,`, comma), ",")
	for i := range options {
		options[i] = strings.ReplaceAll(options[i], comma, ",")
	}
	return options
}
