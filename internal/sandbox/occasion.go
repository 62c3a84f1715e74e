package sandbox

import "fmt"

// occasional are providers that tell of some changes by topics of their own.
type occasional interface {
	// occasion returns the fields, with their new values, by whose change a topic is told of an object; nil where the object
	// gives no occasion for it.
	occasion(c *change, topic string, r *record) map[string]any
}

// Provoke changes an object so that a topic is told of it for which not just any change is an occasion, such as that of a
// cancellation. It tells whether the object gave occasion.
func (a *Account) Provoke(object, key, topic string) (bool, error) {
	p, ok := a.provider.(occasional)
	if !ok {
		return false, nil
	}
	fields, err := a.occasion(p, object, key, topic)
	if err != nil {
		return false, fmt.Errorf("looking for an occasion of %s at %s %s: %w", topic, object, key, err)
	}
	if fields == nil {
		return false, nil
	}
	_, err = a.Update(object, key, fields)
	return err == nil, err
}

func (a *Account) occasion(p occasional, object, key, topic string) (map[string]any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := &change{a}
	_, r, err := c.find(object, key)
	if err != nil {
		return nil, err
	}
	return p.occasion(c, topic, r), nil
}
