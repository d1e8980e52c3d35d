package provider

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// proof asks, in the transaction that keeps what a person allowed, whether that which proved the person is still there: what ends
// it ends all that came of it before, and a request that was on its way meanwhile must not outlive it. oauth.ErrEnded: it is not.
type proof func(context.Context, *store.Tx) error

// proofOf is the proof of a family; one without (the guest's, or a family that is known already) always holds.
func proofOf(family *oauth.Family) proof {
	if found, is := family.Proof.(proof); is {
		return found
	}
	return func(context.Context, *store.Tx) error { return nil }
}

// keep writes a family if its proof holds.
func (f families) keep(ctx context.Context, family *oauth.Family, row hub.Family, first []byte) error {
	if family.Proof == nil {
		return fromStore(f.Store.InsertFamily(ctx, row, first))
	}
	return fromStore(f.Store.InsertProvenFamily(ctx, row, first, func(tx *store.Tx) error { return proofOf(family)(ctx, tx) }))
}

// ended turns what is not there any more, or is another one, into oauth.ErrEnded.
func ended(err error, same bool) error {
	if fault.Is(err, fault.NotFound) || err == nil && !same {
		return oauth.ErrEnded
	}
	return err
}

// inSession holds while the session lives and nobody has signed in anew in it, as whoever changes the password does there; and
// while what the person approved, if anything, was not withdrawn.
func inSession(session hub.Session, approved string) proof {
	return func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Session(ctx, session.ID)
		if err := ended(err, now.UserID == session.UserID && !now.SignedInAt.After(session.SignedInAt)); err != nil || approved == "" {
			return err
		}
		_, err = tx.ApprovedScopeByID(ctx, approved)
		return ended(err, true)
	}
}

// byPassword holds while the password is the one that was proven.
func byPassword(proven signin.Program) proof {
	return func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Password(ctx, proven.User.ID)
		return ended(err, now.ChangedAt.Equal(proven.PasswordOf))
	}
}

// byApplicationPassword holds while there is the application password.
func byApplicationPassword(proven signin.Program) proof {
	return func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.ApplicationPasswordsOfUser(ctx, proven.User.ID)
		return ended(err, slices.ContainsFunc(all, func(a hub.ApplicationPassword) bool {
			return a.ID == proven.ApplicationPassword && !a.Suspended
		}))
	}
}
