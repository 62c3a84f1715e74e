package scenario

import (
	"cmp"
	"context"
	"slices"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// notices delivers what tells of no object, first badly signed and then well. What ends the connection comes last: a
// target may let nothing in after it.
func (b *builder) notices(ctx context.Context) error {
	all := slices.Clone(b.env.Manifest.Webhooks.Notices)
	slices.SortStableFunc(all, func(x, y manifest.Notice) int {
		return cmp.Compare(ends(x), ends(y))
	})
	for _, n := range all {
		if err := b.notice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// ends is 1 for a notice of the connection's own life, 0 for any other.
func ends(n manifest.Notice) int {
	if n.Kind == "lifecycle" {
		return 1
	}
	return 0
}

func (b *builder) notice(ctx context.Context, n manifest.Notice) error {
	p := &NoticeProbe{Notice: n}
	b.snap.Notices = append(b.snap.Notices, p)
	body, err := b.from.notice(n.Topic)
	if err != nil {
		return err
	}
	fields, err := object(body)
	if err != nil {
		return err
	}
	fields["syncspec"] = "not from the source"
	forged := canonical.Append(nil, fields)
	before, err := b.settledRows(ctx)
	if err != nil {
		return err
	}
	stranger := b.sign
	stranger.secret = strangersSecret
	header, err := stranger.headers(n.Topic, "notice-forged", forged)
	if err != nil {
		return err
	}
	if p.Bad, err = b.post(ctx, "", n.Topic, header, forged); err != nil {
		return err
	}
	if header, err = b.sign.headers(n.Topic, "notice", body); err != nil {
		return err
	}
	if p.Good, err = b.post(ctx, "", n.Topic, header, body); err != nil {
		return err
	}
	if b.lacks(profile.Raw) { // there is nothing in which it could be seen
		return b.unchanged(ctx, p, before)
	}
	if err := b.await(ctx, func() (bool, error) {
		if p.Raw, err = b.snap.Reader.RawRows(ctx, n.Topic, "", true); err != nil {
			return false, err
		}
		p.Seen = slices.ContainsFunc(p.Raw, func(r RawRow) bool { return canonical.Equal(r.Payload, body) })
		return p.Seen, nil
	}); err != nil {
		return err
	}
	return b.unchanged(ctx, p, before)
}

// unchanged notes what changed since before, though nothing may.
func (b *builder) unchanged(ctx context.Context, p *NoticeProbe, before map[string]string) error {
	after, err := b.fingerprint(ctx)
	if err != nil {
		return err
	}
	p.Changes = differences(before, after, nil)
	return nil
}

// madeUp is the body of a notice of which the source shows none: what it says means nothing, for it tells of no object.
func madeUp(topic string) []byte {
	return canonical.Append(nil, map[string]any{"notice": topic})
}
