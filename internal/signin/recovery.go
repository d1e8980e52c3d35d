package signin

import (
	"context"
	"crypto/rand"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// A recovery code is eight characters that cannot be taken for each other, shown in two halves: k7mp-2wxd. That is 40 bits,
// which are guessed online only, and a source gets few guesses.
const (
	RecoveryCodes    = 10 // that are made at a time
	recoveryLength   = 8
	recoveryAlphabet = "abcdefghjkmnpqrstuvwxyz23456789"
)

// newRecoveryCodes replaces a user's recovery codes and gives the new ones as they are shown.
func (d *Desk) newRecoveryCodes(ctx context.Context, tx *store.Tx, userID string) ([]secret.Value, error) {
	codes, digests := make([]secret.Value, RecoveryCodes), make([][]byte, RecoveryCodes)
	for i := range codes {
		code := recoveryCode()
		digests[i] = d.recoveryDigest(userID, code)
		codes[i] = secret.Value(code[:recoveryLength/2] + "-" + code[recoveryLength/2:])
	}
	return codes, tx.SetRecoveryCodes(ctx, userID, digests)
}

func recoveryCode() string {
	text, buffer := make([]byte, 0, recoveryLength), make([]byte, 1)
	for len(text) < recoveryLength {
		rand.Read(buffer)
		if int(buffer[0]) < 256/len(recoveryAlphabet)*len(recoveryAlphabet) { // beyond it the first characters would be likelier
			text = append(text, recoveryAlphabet[int(buffer[0])%len(recoveryAlphabet)])
		}
	}
	return string(text)
}

// recoveryDigest is what is kept of a code; the same code of two users has two digests.
func (d *Desk) recoveryDigest(userID, code string) []byte {
	return d.Master.Digest("recovery/" + userID + "/" + code)
}

// recovered tells of a recovery code that opened an account: in the audit log and by mail.
func (d *Desk) recovered(ctx context.Context, tx *store.Tx, user hub.User, session hub.Session, o Origin) error {
	left, err := tx.RecoveryCodesLeft(ctx, user.ID)
	if err != nil {
		return err
	}
	event := o.actor(user, session.ID).Did("user.recovery-code-use", "user", user.ID, user.Login, hub.Details(map[string]int64{"left": left}))
	if err := tx.Record(ctx, event); err != nil {
		return err
	}
	return d.tell(ctx, tx, user, LetterRecoveryUsed, o)
}

// RecoveryCodesLeft counts the recovery codes a user has not used.
func (d *Desk) RecoveryCodesLeft(ctx context.Context, userID string) (int64, error) {
	return d.Store.RecoveryCodesLeft(ctx, userID)
}

// HasSecondFactor reports whether a user has a second factor: time-based codes, or a passkey.
func (d *Desk) HasSecondFactor(ctx context.Context, user hub.User) (bool, error) {
	found, err := d.factorOf(ctx, d.Store.Reader, user)
	return found.enrolled || found.passkeys > 0, err
}

// NewRecoveryCodes gives the visitor new recovery codes instead of all earlier ones. Errors: fault.StepUp if the sign-in is
// too old; fault.Conflict if there is no second factor to recover.
func (d *Desk) NewRecoveryCodes(ctx context.Context, cookie secret.Value, o Origin) ([]secret.Value, error) {
	var codes []secret.Value
	err := d.ownChange(ctx, cookie, o, "user.recovery-codes-renew", func(tx *store.Tx, user hub.User) (err error) {
		if err := d.hasAny(ctx, tx, user); err != nil {
			return err
		}
		codes, err = d.newRecoveryCodes(ctx, tx, user.ID)
		return err
	})
	return codes, err
}

// RemoveFactor takes away the visitor's second factor with its recovery codes. Errors are those of NewRecoveryCodes.
func (d *Desk) RemoveFactor(ctx context.Context, cookie secret.Value, o Origin) error {
	return d.ownChange(ctx, cookie, o, "user.second-factor-remove", func(tx *store.Tx, user hub.User) error { return d.takeCodes(ctx, tx, user) })
}

// ownChange changes the second factor of a visitor whose sign-in is fresh, with event and letter.
func (d *Desk) ownChange(ctx context.Context, cookie secret.Value, o Origin, action string, change func(*store.Tx, hub.User) error) error {
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		visit, err := d.visit(ctx, tx.Reader, cookie)
		if err != nil {
			return err
		}
		if !visit.SignedIn() {
			return fault.New(fault.Unauthenticated, "sign in first")
		}
		if err := visit.Actor(o).StepUp(); err != nil {
			return err
		}
		if err := change(tx, visit.User); err != nil {
			return err
		}
		if err := tx.Record(ctx, visit.Actor(o).Did(action, "user", visit.User.ID, visit.User.Login, "")); err != nil {
			return err
		}
		return d.tell(ctx, tx, visit.User, LetterFactorChanged, o)
	})
}
