package signin

import (
	"context"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// ResetLife is how long a mailed link may be used.
const ResetLife = 30 * time.Minute

// AskRestore mails a link to who forgot the password. path is the URL of the page it leads to, up to the code. It tells
// nobody whether there is such a user: whatever name is given, the same work is done and the same is answered.
//
// Errors: fault.Unavailable if this hub sends no mail; fault.Limited if this source asked too often.
func (d *Desk) AskRestore(ctx context.Context, alias, path string, o Origin) error {
	if err := d.MailReady(); err != nil {
		return err
	}
	if wait := d.Throttle.Blocked(o.Address, ""); wait > 0 {
		return tooMany(wait, "")
	}
	a, err := d.account(ctx, alias)
	if err != nil {
		return err
	}
	counted := "restore:" + strings.TrimPrefix(a.counted, "user:")
	if wait := d.Throttle.Blocked(o.Address, counted); wait > 0 {
		return tooMany(wait, a.user.ID)
	}
	d.Throttle.Failed(o.Address, counted)
	user := a.user
	if user.Email == "" || !user.Active() || user.Kind != hub.Person {
		user = hub.User{}
	}
	if ok, _ := d.mailed.Allow(limit.Key{Name: a.counted}, time.Now()); !ok {
		user = hub.User{} // the mailbox has been filled enough
	}
	code, now := newCode(), d.Store.Now()
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.InsertResetCode(ctx, store.ResetCode{Digest: d.resetDigest(code), UserID: user.ID, CreatedAt: now, ExpiresAt: now.Add(ResetLife)})
		if err != nil {
			return err
		}
		if user.ID != "" {
			event := o.actor(hub.User{}, "").Did("user.password-reset-ask", "user", user.ID, user.Login, "")
			if err := tx.Record(ctx, event); err != nil {
				return err
			}
		}
		return d.Post(ctx, tx, Letter{
			Kind: LetterRestore, To: user.Email, Name: user.Name, Login: user.Login, Link: path + code,
			Address: o.Address.String(), At: now, EndsAt: now.Add(ResetLife),
		})
	})
}

func (d *Desk) resetDigest(code string) []byte { return d.Master.Digest("reset/" + code) }

// ended refuses a link.
func ended() error {
	return &fault.Error{Kind: fault.NotFound, Code: CodeEnded, Message: "This link was used already, or it has ended. Ask for a new one."}
}

// RestoreUser gives the user whose password a mailed code may change, and leaves the code unused: mail programs open links
// by themselves. Errors: fault.NotFound if the code is none, was used or has ended.
func (d *Desk) RestoreUser(ctx context.Context, code secret.Value) (hub.User, error) {
	id, err := d.Store.UserOfResetCode(ctx, d.resetDigest(code.Reveal()), d.Store.Now())
	if err != nil {
		return hub.User{}, orEnded(err)
	}
	user, err := d.Store.User(ctx, id)
	if err == nil && !user.Active() {
		err = ended()
	}
	return user, orEnded(err)
}

func orEnded(err error) error {
	if fault.Is(err, fault.NotFound) {
		return ended()
	}
	return err
}

// Restore uses a mailed code to give its user another password. It signs nobody in: a second factor stays to be proven.
// All sessions and refresh tokens of the user end.
//
// Errors: fault.NotFound as RestoreUser; fault.Invalid with the field password, which leaves the code unused.
func (d *Desk) Restore(ctx context.Context, code secret.Value, password string, o Origin) error {
	user, err := d.RestoreUser(ctx, code)
	if err != nil {
		return err
	}
	if reason := CheckPassword(password, user); reason != "" {
		return weak("password", reason)
	}
	hash, err := d.hash(ctx, password, o.Address)
	if err != nil {
		return err
	}
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		now := d.Store.Now()
		id, err := tx.UseResetCode(ctx, d.resetDigest(code.Reveal()), now)
		if err != nil {
			return orEnded(err)
		}
		user, err := tx.User(ctx, id)
		if err != nil {
			return err
		}
		if !user.Active() {
			return ended()
		}
		return d.replace(ctx, tx, o.actor(user, ""), user, hub.Password{UserID: id, Hash: hash, ChangedAt: now}, "", o)
	})
}
