package directory

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/store"
)

// verifyLife is how long a mailed code may be used.
const verifyLife = time.Hour

// CodeLetter is a code on its way to the address that it proves.
type CodeLetter struct {
	To     hub.User
	Code   string
	At     time.Time
	EndsAt time.Time
	From   string // address of who asked
}

// Codes sends codes to addresses.
type Codes struct {
	Ready func() error // nil if letters can leave, else fault.Unavailable with what to do about it
	Post  func(ctx context.Context, tx *store.Tx, letter CodeLetter) error
	Sent  *limit.Keeper // per user, since a mailbox is soon filled
}

// AskEmailCode mails a code to the address that a user says is theirs, for the user and for who may change the account. Errors:
// fault.NotFound, fault.Forbidden, fault.Conflict where there is nothing to prove, fault.Limited, fault.Unavailable if this hub
// sends no mail.
func (d *Directory) AskEmailCode(ctx context.Context, actor hub.Actor, id string) error {
	if d.Codes == nil {
		return fault.New(fault.Unavailable, "this hub sends no mail: set --smtp and --mail-from")
	}
	if err := d.Codes.Ready(); err != nil {
		return err
	}
	return d.do(ctx, actor, func(c *change) error {
		user, err := c.User(ctx, id)
		if err != nil {
			return fault.Missing(err, "user", id)
		}
		if err := c.mayHandle(user); err != nil {
			return err
		}
		switch {
		case user.Email == "":
			return fault.New(fault.Conflict, "the account has no e-mail address: give it one first")
		case user.EmailVerified:
			return fault.New(fault.Conflict, "the e-mail address is verified already")
		}
		if ok, wait := d.Codes.Sent.Allow(limit.Key{Name: user.ID}, time.Now()); !ok {
			return &fault.Error{
				Kind: fault.Limited, Message: "enough codes were mailed to this address: wait before asking for another",
				RetryAfter: wait,
			}
		}
		now := hub.Now()
		letter := CodeLetter{To: user, Code: rand.Text()[:16], At: now, EndsAt: now.Add(verifyLife)}
		if actor.Address.IsValid() {
			letter.From = actor.Address.Unmap().String()
		}
		code := store.ResetCode{Digest: d.emailDigest(user, letter.Code), UserID: user.ID, CreatedAt: now, ExpiresAt: letter.EndsAt}
		if err := c.InsertResetCode(ctx, code); err != nil {
			return err
		}
		if err := d.Codes.Post(ctx, c.Tx, letter); err != nil {
			return err
		}
		return c.told("", "user.email-code", "user", user.ID, user.Login)
	})
}

// emailDigest binds a code to the address that it was sent to: it proves no other.
func (d *Directory) emailDigest(user hub.User, code string) []byte {
	return d.Master.Digest("verify/" + user.ID + "/" + hub.Fold(user.Email) + "/" + strings.ToUpper(strings.TrimSpace(code)))
}

// ConfirmEmail proves a user's address by the code that was mailed to it, which works once. The user joins the groups that
// take people with such an address. Errors: fault.NotFound, fault.Forbidden; fault.Invalid for a code that is wrong, used or
// old.
func (d *Directory) ConfirmEmail(ctx context.Context, actor hub.Actor, id, code string) (hub.User, error) {
	var user hub.User
	err := d.do(ctx, actor, func(c *change) error {
		var err error
		if user, err = c.User(ctx, id); err != nil {
			return fault.Missing(err, "user", id)
		}
		if err := c.mayHandle(user); err != nil {
			return err
		}
		of, err := c.UseResetCode(ctx, d.emailDigest(user, code), hub.Now())
		if fault.Is(err, fault.NotFound) || err == nil && of != user.ID {
			return fault.Fields("the address cannot be verified:",
				fault.Field{Name: "code", Reason: "is not right, was used before, or is too old: ask for another"})
		}
		if err != nil {
			return err
		}
		user.EmailVerified, user.UpdatedAt = true, later(user.UpdatedAt)
		if err := c.UpdateUser(ctx, user); err != nil {
			return err
		}
		if err := c.join(user); err != nil {
			return err
		}
		return c.told("", "user.email-verify", "user", user.ID, user.Login, "emailVerified")
	})
	return user, err
}
