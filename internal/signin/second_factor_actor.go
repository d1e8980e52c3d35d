package signin

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// The second factor for who comes with a token instead of a browser. Who may do what is MayAct's to say; nobody sets one up
// for somebody else, since who knows its seed can sign in.

// Factor is what can be told of a user's second factor.
type Factor struct {
	Enrolled      bool      // codes are asked for at sign-in
	Since         time.Time // then it is enrolled
	Passkeys      int       // that can be used at one of the sites of this hub
	Keys          int       // all passkeys, those made for another address too
	Required      bool      // a group of the user asks for one
	RecoveryCodes int64     // that were not used
	Failed        int       // wrong codes lately, from anywhere
}

// Any reports whether there is one of any kind.
func (f Factor) Any() bool { return f.Enrolled || f.Passkeys > 0 }

// Asked reports whether the password alone does not open the account.
func (f Factor) Asked() bool { return f.Enrolled || f.Required && f.Passkeys > 0 }

// FactorOf tells of a user's second factor: of the own one, or by hub:user-update or hub:admin-read of that of another. Errors:
// fault.NotFound, fault.Forbidden.
func (d *Desk) FactorOf(ctx context.Context, actor hub.Actor, userID string) (Factor, error) {
	user, err := d.readable(ctx, actor, userID)
	if err != nil {
		return Factor{}, err
	}
	found, err := d.factorOf(ctx, d.Store.Reader, user)
	if err != nil {
		return Factor{}, err
	}
	left, err := d.RecoveryCodesLeft(ctx, user.ID)
	failed := d.factors.Count(limit.Key{Name: user.ID}, time.Now())
	return Factor{
		Enrolled: found.enrolled, Since: found.since, Passkeys: found.passkeys, Keys: found.keys,
		Required: found.required, RecoveryCodes: left, Failed: failed,
	}, err
}

// readable finds a user of whom the actor may know by what the user signs in. Who may know of nobody is not told who there is, and
// whoever asks about the own account was found with the request.
func (d *Desk) readable(ctx context.Context, actor hub.Actor, userID string) (hub.User, error) {
	if userID != "" && actor.User.ID == userID {
		return actor.User, nil
	}
	user, err := d.Store.User(ctx, userID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return hub.User{}, err
	}
	if err := actor.RequireAny(user.Organisation, "user-update", "admin-read"); err != nil {
		return hub.User{}, err
	}
	if err != nil {
		return hub.User{}, fault.New(fault.NotFound, "there is no user %s", userID)
	}
	return user, nil
}

// own finds the user whose second factor the actor changes, who must be the actor.
func (d *Desk) own(ctx context.Context, tx *store.Tx, actor hub.Actor, userID string) (hub.User, error) {
	if err := notOwn(actor, userID); err != nil {
		return hub.User{}, err
	}
	user, err := d.MayAct(ctx, tx, actor, userID)
	if err == nil && user.Kind != hub.Person {
		err = fault.New(fault.Invalid, "%s is a %s, which signs in nowhere: it needs no second factor", user.Login, user.Kind)
	}
	return user, err
}

func notOwn(actor hub.Actor, userID string) error {
	if actor.User.ID != userID || userID == "" {
		return fault.New(fault.Forbidden, "nobody sets up the second factor of somebody else: the user has to do it")
	}
	return nil
}

// BeginFactor begins to set up the actor's second factor, each time with another seed. issuer is the name under which the app
// shows it. Errors: fault.Conflict if there is one; fault.Forbidden, fault.StepUp.
func (d *Desk) BeginFactor(ctx context.Context, actor hub.Actor, userID, issuer string) (Enrolment, error) {
	var begun Enrolment
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.own(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		seed, err := d.beginTOTP(ctx, tx, user.ID, begunWith(actor), false)
		begun = enrolment(issuer, user, seed)
		return err
	})
	return begun, err
}

// ConfirmFactor ends the setting up by a first code, and gives the recovery codes, which are shown once. Every session of the
// actor will be asked for a code. Errors: fault.Invalid with the field code, fault.Limited after too many wrong ones;
// fault.Conflict if nothing was begun, or all is done; else as BeginFactor.
func (d *Desk) ConfirmFactor(ctx context.Context, actor hub.Actor, userID, code string) ([]secret.Value, error) {
	if err := notOwn(actor, userID); err != nil { // before anything is counted against the user
		return nil, err
	}
	o := Origin{Environment: actor.Environment, Door: actor.Door, Address: actor.Address}
	if err := d.factorAllowed(ctx, userID, o); err != nil {
		return nil, err
	}
	var codes []secret.Value
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.own(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		codes, err = d.confirmTOTP(ctx, tx, user.ID, begunWith(actor), code, d.Store.Now())
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, "begin first: send a POST without confirm, and enter secretKey into the app")
		}
		if err != nil {
			return err
		}
		return d.factorChanged(ctx, tx, actor, user, "user.second-factor-set", o)
	})
	switch {
	case fault.Is(err, fault.Invalid):
		d.factorFailed(userID, o)
	default:
		d.factorRight(userID) // it was no guess that failed
	}
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RenewRecoveryCodes gives the actor new recovery codes instead of all earlier ones. Errors: fault.Conflict without a second
// factor; else as BeginFactor.
func (d *Desk) RenewRecoveryCodes(ctx context.Context, actor hub.Actor, userID string) ([]secret.Value, error) {
	var codes []secret.Value
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.own(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		if err := d.hasAny(ctx, tx, user); err != nil {
			return err
		}
		if codes, err = d.newRecoveryCodes(ctx, tx, user.ID); err != nil {
			return err
		}
		return d.factorChanged(ctx, tx, actor, user, "user.recovery-codes-renew", Origin{Address: actor.Address})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// TakeFactor takes a second factor away with its recovery codes: the own one, or that of somebody who has lost the telephone.
// Errors: fault.Conflict if there is none; fault.NotFound, fault.Forbidden, fault.StepUp.
func (d *Desk) TakeFactor(ctx context.Context, actor hub.Actor, userID string) error {
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.MayAct(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		if err := d.takeCodes(ctx, tx, user); err != nil {
			return err
		}
		return d.factorChanged(ctx, tx, actor, user, "user.second-factor-remove", Origin{Address: actor.Address})
	})
}

// takeCodes deletes a user's time-based codes with the recovery codes.
func (d *Desk) takeCodes(ctx context.Context, tx *store.Tx, user hub.User) error {
	found, err := d.factorOf(ctx, tx.Reader, user)
	if err == nil && !found.enrolled {
		err = noFactor(user)
	}
	if err == nil {
		err = tx.DeleteTOTP(ctx, user.ID)
	}
	if err != nil {
		return err
	}
	return tx.SetRecoveryCodes(ctx, user.ID, nil)
}

// hasAny says whether a user has something that recovery codes can stand in for.
func (d *Desk) hasAny(ctx context.Context, tx *store.Tx, user hub.User) error {
	found, err := d.factorOf(ctx, tx.Reader, user)
	if err == nil && !found.enrolled && found.passkeys == 0 {
		err = noFactor(user)
	}
	return err
}

func noFactor(user hub.User) error {
	return fault.New(fault.Conflict, "%s has no second factor: set it up first", user.Login)
}

// factorChanged tells of a change by event and letter.
func (d *Desk) factorChanged(ctx context.Context, tx *store.Tx, actor hub.Actor, user hub.User, action string, o Origin) error {
	if err := tx.Record(ctx, actor.Did(action, "user", user.ID, user.Login, "")); err != nil {
		return err
	}
	return d.tell(ctx, tx, user, LetterFactorChanged, o)
}
