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

// SecondFactor proves the user of a half-finished sign-in by a time-based code or a recovery code, and finishes it. The
// browser gets a new cookie.
//
// Errors: fault.Unauthenticated if the code is wrong or was used before, or there is no sign-in that lacks one;
// fault.Limited after too many failures.
func (d *Desk) SecondFactor(ctx context.Context, cookie secret.Value, code string, o Origin) (secret.Value, error) {
	visit, err := d.visit(ctx, d.Store.Reader, cookie)
	if err != nil {
		return "", err
	}
	if visit.Next != SecondFactor {
		return "", wrong(visit.User.ID, "there is no sign-in that lacks a second factor")
	}
	if err := d.guessAllowed(ctx, visit.User.ID, o); err != nil {
		return "", err
	}
	var next secret.Value
	var reason string
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		next, reason = "", ""
		now := d.Store.Now()
		session, err := d.find(ctx, tx.Reader, cookie)
		if err != nil {
			return err
		}
		used, recovery, err := d.useFactor(ctx, tx, visit.User, code, now)
		if err != nil {
			return err
		}
		if !used {
			reason = "the code is wrong or was used before"
			event := o.actor(visit.User, session.ID).Did("user.second-factor", "user", visit.User.ID, visit.User.Login, "")
			event.Result, event.Reason = hub.Refused, reason
			return tx.Record(ctx, event)
		}
		session.Methods, session.SignedInAt = []string{MethodPassword, MethodOTP, MethodMultiple}, now
		if next, err = d.rise(ctx, tx, &session, o, now); err != nil {
			return err
		}
		if recovery {
			if err := d.recovered(ctx, tx, visit.User, session, o); err != nil {
				return err
			}
		}
		return tx.Record(ctx, signedIn(visit.User, session, o))
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return "", wrong(visit.User.ID, "the sign-in ended at the same moment")
	case err != nil:
		return "", err
	case reason != "":
		d.factorFailed(visit.User.ID, o)
		return "", wrongFactor(visit.User.ID, reason)
	}
	d.factorRight(visit.User.ID)
	return next, nil
}

// wrongFactor refuses a code.
func wrongFactor(userID, reason string) error {
	return &fault.Error{
		Kind: fault.Unauthenticated, Code: CodeWrongFactor,
		Message: "The code is not right, or it was used before. Wait for the next one and try again.",
		Cause:   &Refusal{UserID: userID, Reason: reason},
	}
}

// useFactor spends a code of either kind. One statement decides whether it is the first use.
func (d *Desk) useFactor(ctx context.Context, tx *store.Tx, user hub.User, code string, now time.Time) (used, recovery bool, err error) {
	code = plainCode(code)
	if len(code) != totpDigits {
		used, err = tx.UseRecoveryCode(ctx, user.ID, d.recoveryDigest(user.ID, code), now)
		return used, used, err
	}
	totp, err := tx.TOTP(ctx, user.ID)
	if fault.Is(err, fault.NotFound) || err == nil && totp.ConfirmedAt.IsZero() {
		return false, false, nil // the second factor is a passkey: a code of an app is a wrong one
	}
	if err != nil {
		return false, false, err
	}
	seed, err := d.Master.Open(hub.TOTPPurpose(user.ID), totp.Sealed)
	if err != nil {
		return false, false, err
	}
	step, found, err := stepOf(seed, totp.LastStep, code, now)
	if err != nil || !found {
		return false, false, err
	}
	used, err = tx.UseTOTPStep(ctx, user.ID, step)
	return used, false, err
}

// mayEnrol says whether a visitor may set up a second factor: signed in lately and without one, or held up for want of it.
func mayEnrol(visit Visit, now time.Time) error {
	switch {
	case visit.Next == Enrol:
		return nil
	case !visit.SignedIn():
		return fault.New(fault.Unauthenticated, "sign in first")
	case !visit.Fresh(now):
		return fault.New(fault.StepUp, "this needs a sign-in of the last 15 minutes; sign in again")
	}
	return nil
}

// Enrol begins to set up a second factor, or gives again what was begun. issuer is the name under which the app shows it.
//
// Errors: fault.Conflict if the user has one already; fault.Unauthenticated or fault.StepUp if the visitor may not.
func (d *Desk) Enrol(ctx context.Context, cookie secret.Value, issuer string) (Enrolment, error) {
	var seed []byte
	var user hub.User
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		visit, err := d.visit(ctx, tx.Reader, cookie)
		if err == nil {
			err = mayEnrol(visit, d.Store.Now())
		}
		if err != nil {
			return err
		}
		user = visit.User
		seed, err = d.beginTOTP(ctx, tx, user.ID, begunIn(visit.Session), true)
		return err
	})
	return enrolment(issuer, user, seed), err
}

// Confirm ends the setting up by a first code, and gives the recovery codes, which are shown once. The browser gets a
// new cookie and is signed in with both factors; every other session of the user will be asked for the code.
//
// Errors: fault.Invalid, with the field code, if the code is wrong; fault.Limited after too many; else as Enrol.
func (d *Desk) Confirm(ctx context.Context, cookie secret.Value, code string, o Origin) (codes []secret.Value, next secret.Value, err error) {
	visit, err := d.visit(ctx, d.Store.Reader, cookie)
	if err == nil {
		err = mayEnrol(visit, d.Store.Now())
	}
	if err == nil {
		err = d.factorAllowed(ctx, visit.User.ID, o)
	}
	if err != nil {
		return nil, "", err
	}
	user := visit.User
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		now := d.Store.Now()
		session, err := d.find(ctx, tx.Reader, cookie)
		if err != nil {
			return err
		}
		codes, err = d.confirmTOTP(ctx, tx, user.ID, begunIn(session), code, now)
		if fault.Is(err, fault.NotFound) {
			err = wrongFirstCode(user.ID, "the second factor was begun anew elsewhere")
		}
		if err != nil {
			return err
		}
		session.Methods, session.SignedInAt = withCode(session.Methods), now
		if next, err = d.rise(ctx, tx, &session, o, now); err != nil {
			return err
		}
		if err := tx.Record(ctx, o.actor(user, session.ID).Did("user.second-factor-set", "user", user.ID, user.Login, "")); err != nil {
			return err
		}
		if visit.Next == Enrol {
			if err := tx.Record(ctx, signedIn(user, session, o)); err != nil {
				return err
			}
		}
		return d.tell(ctx, tx, user, LetterFactorChanged, o)
	})
	if fault.Is(err, fault.Invalid) {
		d.factorFailed(user.ID, o)
	}
	if err != nil {
		return nil, "", err
	}
	d.factorRight(user.ID)
	return codes, next, nil
}

// withCode adds a code to what a session was proven by, which need not have been a password.
func withCode(methods []string) []string {
	others := slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == MethodOTP || m == MethodMultiple })
	return append(others, MethodOTP, MethodMultiple)
}
