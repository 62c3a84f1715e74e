package target

// part is one call of a sync that has many.
type part struct{ function, object string }

// parts are the calls that a sync of some functions has, or one of all.
func (r *Running) parts(functions []string, each string) []part {
	var all []part
	m := r.launch.Profile.Manifest
	if m == nil {
		return nil
	}
	if len(functions) == 0 {
		functions = m.Functions()
	}
	for _, function := range functions {
		if each != "object" {
			all = append(all, part{function: function})
			continue
		}
		for i := range m.Objects {
			if o := &m.Objects[i]; o.Applies() && o.Sync == function {
				all = append(all, part{function, o.Name})
			}
		}
	}
	return all
}

// function is the manifest's name of what a target calls by the function's name, or what comes after its common beginning, or by
// an object's.
func (r *Running) function(name string) string {
	const common = "fetch_and_ingest_"
	m := r.launch.Profile.Manifest
	if m == nil {
		return name
	}
	for _, is := range []func(object, function string) bool{
		func(_, function string) bool { return function == name },
		func(_, function string) bool { return function == common+name },
		func(object, _ string) bool { return object == name },
	} {
		for i := range m.Objects {
			if o := &m.Objects[i]; is(o.Name, o.Sync) {
				return o.Sync
			}
		}
	}
	return name
}

// object is the manifest's name of what a target calls by the object's name, or its table's.
func (r *Running) object(name string) string {
	p := r.launch.Profile
	if p.Manifest == nil {
		return name
	}
	for i := range p.Manifest.Objects {
		if o := &p.Manifest.Objects[i]; o.Name == name {
			return name
		}
	}
	for i := range p.Manifest.Objects {
		if o := &p.Manifest.Objects[i]; o.Table == name || p.Source != nil && p.Source.Objects[i].Table == name {
			return o.Name
		}
	}
	return name
}
