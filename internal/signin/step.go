package signin

import (
	"context"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Step is what a browser has to do next to be signed in.
type Step uint8

// The steps, in the order in which they come.
const (
	SignIn       Step = iota // nobody is known here
	SecondFactor             // the password was right, the code is missing
	Enrol                    // a group asks for a second factor, and the user has none yet
	NewPassword              // the password has to be changed first
	Done
)

func (s Step) String() string {
	return [...]string{"sign-in", "second-factor", "enrol", "new-password", "done"}[s]
}

// Visit is a browser as the Desk knows it by its cookie.
type Visit struct {
	Next    Step
	User    hub.User    // zero before the first step
	Session hub.Session // likewise; SignedInAt is zero until all factors were proven
	At      time.Time   // when this was so, by the time that all nodes share
	Pending Pending     // for the request that brought the browser here, if whoever knows the request has filled it in
}

// SignedIn reports whether the user may go in.
func (v Visit) SignedIn() bool { return v.Next == Done }

// Fresh reports whether the last full sign-in was recent enough for what needs that. Using the session does not
// extend it.
func (v Visit) Fresh(now time.Time) bool { return v.SignedIn() && fresh(v.Session, now) }

func fresh(s hub.Session, now time.Time) bool { return Recent(s.SignedInAt, now, FreshFor) }

// Recent reports whether a sign-in is no longer ago than so. One that lies ahead is of a clock that was set back since: nobody
// knows how long ago it was.
func Recent(signedIn, now time.Time, within time.Duration) bool {
	age := now.Sub(signedIn)
	return age <= within && age > -2*time.Minute
}

// Actor is the visitor as who does something on the own account; it has no permissions beyond that.
func (v Visit) Actor(o Origin) hub.Actor {
	actor := o.actor(v.User, v.Session.ID)
	actor.Fresh = v.Fresh(v.At)
	return actor
}

// Now is the time by which sessions are measured, on every node.
func (d *Desk) Now() time.Time { return d.Store.Now() }

// Visit says who a browser is and what it lacks. A cookie that is nobody's is no error: Next is SignIn.
func (d *Desk) Visit(ctx context.Context, cookie secret.Value) (Visit, error) {
	visit, err := d.visit(ctx, d.Store.Reader, cookie)
	if err == nil && visit.SignedIn() {
		err = d.seen(ctx, visit.Session)
	}
	return visit, err
}

func (d *Desk) visit(ctx context.Context, q store.Reader, cookie secret.Value) (Visit, error) {
	if len(cookie) != cookieCharacter {
		return Visit{}, nil
	}
	found, err := q.VisitorByDigest(ctx, d.digest(cookie))
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !(found.Session.Live(d.Store.Now()) && found.User.Active()):
		return Visit{}, nil
	case err != nil:
		return Visit{}, err
	}
	visit := Visit{User: found.User, Session: found.Session, At: d.Store.Now()}
	visit.Next, err = d.next(ctx, q, found)
	return visit, err
}

// next is what a session of a user lacks. It asks the present state, so that a rule made today binds the sessions of
// yesterday.
func (d *Desk) next(ctx context.Context, q store.Reader, of store.Visitor) (Step, error) {
	if of.Factor && !slices.Contains(of.Session.Methods, MethodMultiple) {
		factor, err := d.factorOf(ctx, q, of.User)
		switch {
		case err != nil:
			return SignIn, err
		case factor.enrolled, factor.required && factor.passkeys > 0:
			return SecondFactor, nil
		case factor.required:
			return d.withoutFactor(ctx, q, of.User)
		}
	}
	switch {
	case of.Session.Half():
		return SignIn, nil // a factor was asked for when it began and is not any more: from the start again
	case of.MustChange && !fresh(of.Session, d.Store.Now()):
		return SignIn, nil // else an old session could change what it did not prove to know
	case of.MustChange:
		return NewPassword, nil
	}
	return Done, nil
}

// withoutFactor is what is next for a user who needs a second factor and has none that works here. Who was given recovery codes, and
// has passkeys of a host that this hub had before, uses one of those; everybody else sets one up.
func (d *Desk) withoutFactor(ctx context.Context, q store.Reader, user hub.User) (Step, error) {
	left, err := q.RecoveryCodesLeft(ctx, user.ID)
	if left > 0 {
		return SecondFactor, err
	}
	return Enrol, err
}

// factor is what a user has and needs beside the password.
type factor struct {
	enrolled bool // time-based codes
	since    time.Time
	passkeys int  // that can be used somewhere
	keys     int  // all passkeys
	required bool // a group asks for a second factor
}

func (d *Desk) factorOf(ctx context.Context, q store.Reader, user hub.User) (factor, error) {
	var f factor
	totp, err := q.TOTP(ctx, user.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return f, err
	}
	f.since = totp.ConfirmedAt
	f.enrolled = err == nil && !f.since.IsZero()
	sites, err := q.PasskeySites(ctx, user.ID)
	if err != nil {
		return f, err
	}
	f.keys = len(sites)
	for _, host := range sites {
		if d.here(host) {
			f.passkeys++
		}
	}
	groups, err := q.SecuringGroups(ctx, user)
	if err != nil {
		return f, err
	}
	now := hub.Now()
	f.required = slices.ContainsFunc(groups, func(m hub.Member) bool { return m.NeedsTwoFactor(now) })
	return f, nil
}

// SignIn proves the user of a browser by password. The browser gets a new cookie; it may be signed in with it or lack
// a further step, as Visit tells. Signing in again where the user is signed in already makes that session fresh;
// another user's session ends. Errors are those of Password.
func (d *Desk) SignIn(ctx context.Context, cookie secret.Value, alias, password string, remember bool, o Origin) (secret.Value, error) {
	proven, err := d.prove(ctx, alias, password, o.Address, allowAll)
	if err != nil {
		return "", err
	}
	user := proven.user
	var next secret.Value
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		now := d.Store.Now()
		current, err := tx.Password(ctx, user.ID)
		if err != nil {
			return err
		}
		if !current.ChangedAt.Equal(proven.password.ChangedAt) {
			return wrong(user.ID, "the password was changed at the same moment")
		}
		session, err := d.sessionFor(ctx, tx, cookie, user.ID, remember)
		if err != nil {
			return err
		}
		session.Methods, session.SignedInAt = []string{MethodPassword}, time.Time{}
		factor, err := d.factorOf(ctx, tx.Reader, user)
		if err != nil {
			return err
		}
		if !factor.enrolled && !factor.required {
			session.SignedInAt = now
		}
		if next, err = d.rise(ctx, tx, &session, o, now); err != nil || session.Half() {
			return err
		}
		return tx.Record(ctx, signedIn(user, session, o))
	})
	return next, err
}

// signedIn is the event of a sign-in that is complete.
func signedIn(user hub.User, session hub.Session, o Origin) hub.Event {
	event := o.actor(user, session.ID).Did(hub.SignedIn, "user", user.ID, user.Login, "")
	event.Details = hub.Details(map[string]any{"methods": session.Methods, "remembered": session.Remembered, "agent": session.Agent})
	return event
}
