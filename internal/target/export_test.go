package target

// Dir is the folder of the target's profile.
func (r *Running) Dir() string { return r.launch.Profile.Target.Dir }
