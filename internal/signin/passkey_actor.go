package signin

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Passkeys for a page that comes with a token instead of the cookie of its browser. The ceremony is the same, and so the page
// has to be one of the site. Who may do what is MayAct's to say; nobody adds a passkey to somebody else, since who holds it can
// sign in.

// PasskeysOf lists a user's passkeys, oldest first: the own ones, or by hub:user-update or hub:admin-read those of another.
// Errors: fault.NotFound, fault.Forbidden.
func (d *Desk) PasskeysOf(ctx context.Context, actor hub.Actor, userID string) ([]hub.Passkey, error) {
	user, err := d.readable(ctx, actor, userID)
	if err != nil {
		return nil, err
	}
	return d.Passkeys(ctx, user.ID)
}

// passkeyOwner finds the user whose passkeys the actor adds to or renames, who must be the actor.
func (d *Desk) passkeyOwner(ctx context.Context, tx *store.Tx, actor hub.Actor, userID string) (hub.User, error) {
	if actor.User.ID != userID || userID == "" {
		return hub.User{}, fault.New(fault.Forbidden, "nobody adds or renames a passkey of somebody else: the user has to do it")
	}
	return d.MayAct(ctx, tx, actor, userID)
}

// findPasskeyOwner is passkeyOwner where nothing is written yet.
func (d *Desk) findPasskeyOwner(ctx context.Context, actor hub.Actor, userID string) (hub.User, error) {
	var user hub.User
	err := d.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		user, err = d.passkeyOwner(ctx, tx, actor, userID)
		return err
	})
	return user, err
}

// AskNewPasskeyOf asks for a passkey of the actor. What is sealed comes back with the answer; it is for this user and not for
// the session of a browser. Errors: fault.Forbidden, fault.StepUp; fault.Invalid for who is no person; fault.Conflict where
// there are no passkeys, or the user has too many.
func (d *Desk) AskNewPasskeyOf(ctx context.Context, actor hub.Actor, userID string, site Site) (passkey.CreationOptions, secret.Value, error) {
	var none passkey.CreationOptions
	user, err := d.findPasskeyOwner(ctx, actor, userID)
	if err == nil && user.Kind != hub.Person {
		err = fault.New(fault.Invalid, "%s is a %s, which signs in nowhere: it needs no passkey", user.Login, user.Kind)
	}
	if err != nil {
		return none, "", err
	}
	return d.askNew(ctx, site, user, "")
}

// AddPasskeyOf keeps a passkey that was made for the actor, as AddPasskey does for a visitor. Errors: fault.Forbidden,
// fault.StepUp; else as AddPasskey.
func (d *Desk) AddPasskeyOf(
	ctx context.Context, actor hub.Actor, userID string, sealed secret.Value, site Site, answer, name string,
) (hub.Passkey, error) {
	var key hub.Passkey
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.passkeyOwner(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		made, asked, err := d.made(sealed, site, answer, name, user.ID, "")
		if err != nil {
			return err
		}
		key = made
		return d.keepPasskey(ctx, tx, actor, user, key, asked, Origin{Environment: actor.Environment, Door: actor.Door, Address: actor.Address})
	})
	if err != nil {
		return hub.Passkey{}, err
	}
	return key, nil
}

// RenamePasskeyOf is RenamePasskey for a path that names the user too, and gives what it became. Errors: those of RenamePasskey,
// fault.StepUp.
func (d *Desk) RenamePasskeyOf(ctx context.Context, actor hub.Actor, userID, id, name string) (hub.Passkey, error) {
	if _, err := d.findPasskeyOwner(ctx, actor, userID); err != nil {
		return hub.Passkey{}, err
	}
	if err := d.RenamePasskey(ctx, actor, id, name); err != nil {
		return hub.Passkey{}, err
	}
	return ownPasskey(ctx, d.Store.Reader, userID, id)
}
