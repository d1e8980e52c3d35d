package signin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"image/png"
	"net/url"
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

func enrolment(issuer string, user hub.User, seed []byte) Enrolment {
	return Enrolment{Issuer: issuer, Account: user.Login, Seed: secret.Value(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed))}
}

// begunIn says that a second factor is being set up in a browser.
func begunIn(session hub.Session) string { return "session/" + session.ID }

// begunWith says that it is being set up by who comes with a credential of a kind that others may have, too.
func begunWith(actor hub.Actor) string { return "credential/" + actor.Credential }

// begunPurpose seals a seed that is not confirmed yet for who began with it: whoever knew the password once could else look at a seed,
// leave it there, and have the codes of a second factor that its owner sets up later.
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
