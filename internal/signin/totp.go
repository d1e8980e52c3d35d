package signin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"image/png"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Time-based codes (RFC 6238): six digits, SHA-1, 30 seconds, which is what every authenticator app can do. Codes of a few
// steps before and after are taken, since nodes and telephones may be 90 s off.
const (
	totpPeriod = 30
	totpDigits = 6
	totpSkew   = 3 // steps
	totpSeed   = 20
)

// wrongFactor refuses a code.
func wrongFactor(userID, reason string) error {
	return &fault.Error{Kind: fault.Unauthenticated, Code: CodeWrongFactor, Message: "The code is not right, or it was used before. Wait for the next one and try again.",
		Cause: &Refusal{UserID: userID, Reason: reason}}
}

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

// plainCode takes away what people put between the characters.
func plainCode(code string) string {
	if len(code) > 64 {
		return ""
	}
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\t", "").Replace(code))
}

// stepOf finds the time step that a code belongs to, among those after the last that was used.
func stepOf(seed []byte, last int64, code string, now time.Time) (step int64, found bool, err error) {
	text, current := base32.StdEncoding.EncodeToString(seed), now.Unix()/totpPeriod
	for at := current - totpSkew; at <= current+totpSkew; at++ {
		want, err := hotp.GenerateCodeCustom(text, uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, err
		}
		if secret.Equal([]byte(want), []byte(code)) && at > last && !found {
			step, found = at, true
		}
	}
	return step, found, nil
}

// Enrolment is a second factor that is being set up: what the authenticator app has to be told.
type Enrolment struct {
	Issuer  string // as the app will show it
	Account string
	Seed    secret.Value // in base32, to type
}

// URI is the enrolment as apps read it from a QR code.
func (e Enrolment) URI() secret.Value {
	label := url.PathEscape(e.Issuer) + ":" + url.PathEscape(e.Account)
	return secret.Value("otpauth://totp/" + label + "?secret=" + e.Seed.Reveal() + "&issuer=" + url.QueryEscape(e.Issuer))
}

// QR draws the URI, as a PNG with so many pixels a side.
func (e Enrolment) QR(side int) ([]byte, error) {
	key, err := otp.NewKeyFromURL(e.URI().Reveal())
	if err != nil {
		return nil, err
	}
	drawing, err := key.Image(side, side)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = png.Encode(&file, drawing)
	return file.Bytes(), err
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

func enrolment(issuer string, user hub.User, seed []byte) Enrolment {
	return Enrolment{Issuer: issuer, Account: user.Login, Seed: secret.Value(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed))}
}

// A seed that is not confirmed yet is sealed for who began with it: whoever knew the password once could else look at a seed, leave
// it there, and have the codes of a second factor that its owner sets up later.

// begunIn says that a second factor is being set up in a browser.
func begunIn(session hub.Session) string { return "session/" + session.ID }

// begunWith says that it is being set up by who comes with a credential of a kind that others may have, too.
func begunWith(actor hub.Actor) string { return "credential/" + actor.Credential }

func begunPurpose(userID, by string) string { return hub.TOTPPurpose(userID) + "/begun/" + by }

// beginTOTP gives the seed of a second factor that is being set up: a new one, or to who began and looks again the same. Errors:
// fault.Conflict if the user has one already.
func (d *Desk) beginTOTP(ctx context.Context, tx *store.Tx, userID, by string, again bool) ([]byte, error) {
	totp, err := tx.TOTP(ctx, userID)
	switch {
	case err == nil && !totp.ConfirmedAt.IsZero():
		return nil, fault.New(fault.Conflict, "there is a second factor already: remove it first")
	case err == nil && again:
		if seed, err := d.Master.Open(begunPurpose(userID, by), totp.Sealed); err == nil {
			return seed, nil
		}
	case err != nil && !fault.Is(err, fault.NotFound):
		return nil, err
	}
	seed := make([]byte, totpSeed)
	rand.Read(seed)
	return seed, tx.SetTOTP(ctx, hub.TOTP{UserID: userID, Sealed: d.Master.Seal(begunPurpose(userID, by), seed)})
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

// confirmTOTP ends the setting up of a second factor by a first code, and gives the recovery codes. Errors: fault.Invalid with
// the field code; fault.Conflict if it was set up before; fault.NotFound if it was not begun by the same.
func (d *Desk) confirmTOTP(ctx context.Context, tx *store.Tx, userID, by, code string, now time.Time) ([]secret.Value, error) {
	totp, err := tx.TOTP(ctx, userID)
	if err == nil && !totp.ConfirmedAt.IsZero() {
		return nil, fault.New(fault.Conflict, "there is a second factor already: remove it first")
	}
	if err != nil {
		return nil, err
	}
	seed, err := d.Master.Open(begunPurpose(userID, by), totp.Sealed)
	if err != nil {
		return nil, fault.New(fault.NotFound, "the second factor was begun by another")
	}
	step, found, err := stepOf(seed, totp.LastStep, plainCode(code), now)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, wrongFirstCode(userID, "the first code of a new second factor was wrong")
	}
	totp.Sealed, totp.LastStep, totp.ConfirmedAt = d.Master.Seal(hub.TOTPPurpose(userID), seed), step, now
	if err := tx.SetTOTP(ctx, totp); err != nil {
		return nil, err
	}
	return d.newRecoveryCodes(ctx, tx, userID)
}

func wrongFirstCode(userID, reason string) error {
	return &fault.Error{Kind: fault.Invalid, Code: CodeWrongFactor, Message: "The code is not right. Wait for the next one and try again.",
		Fields: []fault.Field{{Name: "code", Reason: "is not right"}}, Cause: &Refusal{UserID: userID, Reason: reason}}
}
