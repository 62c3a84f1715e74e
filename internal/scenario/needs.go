package scenario

import "github.com/syncspec/syncspec/internal/profile"

// Needs are the notions without which a scenario cannot be reached at all. What a target lacks besides, a scenario goes
// without.
func Needs(name Name) []profile.Notion {
	switch name {
	case Backfilled, Updated, Faulted:
		return []profile.Notion{profile.Sync}
	case Resumed:
		return []profile.Notion{profile.Sync, profile.StartDate}
	case Probed, Unrefined:
		return []profile.Notion{profile.Webhook}
	}
	return nil
}

// lacks tells whether the target lacks a notion.
func (b *builder) lacks(what profile.Notion) bool {
	_, _, missing := b.env.Profile.Missing(what)
	return missing
}

// alone tells whether each scenario has a target of its own.
func (b *builder) alone() bool { return b.lacks(profile.Tenants) }
