package manifest

import (
	"fmt"
	"slices"
)

// checkChildren checks the arrays inside an object that have tables of their own.
func (c *checker) checkChildren(tables *unique, path string, children []Child, fanOut []string) {
	ats := c.unique("array")
	for i := range children {
		child, place := &children[i], index(path+".children", i)
		ats.add(place+".at", child.At)
		c.checkPayloadPath(place+".at", child.At)
		c.checkTable(tables, place+".table", child.Table)
		c.checkFields(place, child.Fields, fanOut)
		c.checkKey(place, child.Key, child.Fields, fanOut)
		c.checkIndex(place, child)
		c.checkMost(place, child.Most)
		c.checkParentColumn(place, child)
		c.eachAlike(place+".volatile", "field", child.Volatile)
		for j, field := range child.Volatile {
			if c.checkPayloadPath(index(place+".volatile", j), field) && slices.Contains(child.Key, field) {
				c.at(index(place+".volatile", j), fmt.Sprintf("%q identifies the child", field), "what identifies a child cannot change from read to read")
			}
		}
		if child.KeyScope == "parent" && len(child.Children) > 0 {
			c.at(place+".children", fmt.Sprintf("keys of %s are unique within their parent only, so nothing can refer to them", shorten(child.At, 60)),
				"keep the arrays below as json, or write key_scope: global where it is true")
		}
		c.checkChildren(tables, place, child.Children, fanOut)
	}
}

// checkIndex checks a child that is known by its place in the array.
func (c *checker) checkIndex(path string, child *Child) {
	place := slices.Index(child.Key, Index)
	switch {
	case place < 0:
	case len(child.Key) > 1:
		c.at(index(path+".key", place), fmt.Sprintf("%s goes with no other field", Index), "the place alone identifies an element of its parent")
	case child.KeyScope != "parent":
		c.at(path, fmt.Sprintf("a place (%s) is unique within the parent only", Index), "add key_scope: parent")
	case child.Most > 0:
		c.at(path+".most", fmt.Sprintf("in an array that is cut a place (%s) means another element each time", Index), "name a field that identifies the element")
	case child.KeyType == "text":
		c.at(path+".key_type", fmt.Sprintf("a place (%s) is a number", Index), "drop the key")
	}
}

// checkMost checks the length at which the provider cuts an array.
func (c *checker) checkMost(path string, most int) {
	if c.given(path+".most") && most < 1 {
		c.at(path+".most", "an array that is cut has one element at least", "drop the key where the array is always whole")
	}
}

func (c *checker) checkParentColumn(path string, child *Child) {
	column, place := child.ParentColumn, path+".parent_column"
	if !c.checkIdentifier(place, column) {
		return
	}
	if slices.Contains(c.reserved(), column) {
		c.at(place, fmt.Sprintf("column %q is every table's own", column), "name the column after the parent, e.g. order_id")
	}
	if f, ok := child.Fields.Column(column); ok {
		c.at(place, fmt.Sprintf("field %q fills column %q too", f.Path, column), "the parent's id is kept there without being mapped")
	}
}
