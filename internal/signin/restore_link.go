package signin

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// RestoreLink makes the code of a link with which a person chooses a password, for an administrator who may act on the account
// and has signed in freshly. It is mailed, to a page at path, or given to be handed over. It ends and is used as one that the
// person asked for; until then the password of today stays good.
//
// Errors: fault.NotFound, fault.Forbidden, fault.StepUp; fault.Invalid for who is no person, is banned or, where it is to be
// mailed, has no address; fault.Unavailable if this hub sends no mail.
func (d *Desk) RestoreLink(ctx context.Context, actor hub.Actor, userID, path string, mailed bool) (secret.Value, error) {
	if mailed {
		if err := d.MailReady(); err != nil {
			return "", err
		}
	}
	code, now := newCode(), d.Store.Now()
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.MayAct(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		switch {
		case user.Kind != hub.Person:
			return fault.New(fault.Invalid, "%s is a %s, which has no password", user.Login, user.Kind)
		case !user.Active():
			return fault.New(fault.Invalid, "%s is banned: lift the ban first", user.Login)
		case mailed && user.Email == "":
			return fault.New(fault.Invalid, "%s has no e-mail address to send a link to", user.Login)
		}
		if err := tx.InsertResetCode(ctx, store.ResetCode{
			Digest: d.resetDigest(code), UserID: user.ID, CreatedAt: now, ExpiresAt: now.Add(ResetLife),
		}); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor.Did("user.password-reset-ask", "user", user.ID, user.Login, "")); err != nil {
			return err
		}
		if !mailed {
			return nil
		}
		return d.Post(ctx, tx, Letter{
			Kind: LetterRestore, To: user.Email, Name: user.Name, Login: user.Login, Link: path + code,
			Address: actor.Address.String(), At: now, EndsAt: now.Add(ResetLife),
		})
	})
	if err != nil || mailed {
		return "", err
	}
	return secret.Value(code), nil
}
