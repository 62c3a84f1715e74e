package sandbox

// State is whether an account may be used at all.
type State int

// The states of an account. In all but the first the API refuses every request.
const (
	Active State = iota
	// Frozen accounts have not paid for the service.
	Frozen
	// Locked accounts were closed by the provider.
	Locked
)

// Become puts the account into a state.
func (a *Account) Become(s State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state = s
}

// closed refuses what is asked of an account that may not be used.
func (a *Account) closed() *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch a.state {
	case Frozen:
		return &refusal{why: frozen}
	case Locked:
		return &refusal{why: locked}
	}
	return nil
}
