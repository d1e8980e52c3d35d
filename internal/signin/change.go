package signin

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// minPassword is the least characters of a password somebody chooses (NIST SP 800-63B section 3.1.1.2 asks for no rules
// of composition, but for this and a look at what everybody else chooses).
const minPassword = 8

// common are the passwords of at least minPassword characters that are tried first by whoever guesses.
var common = []string{
	"password", "password1", "password12", "password123",
	"passw0rd", "p@ssw0rd", "p@ssword", "12345678", "123456789", "1234567890", "12345678910",
	"87654321", "987654321", "0987654321", "11111111", "00000000", "88888888",
	"qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "1q2w3e4r", "1q2w3e4r5t",
	"1qaz2wsx", "1qaz2wsx3edc", "q1w2e3r4", "qazwsxedc", "zaq12wsx", "asdfghjk", "asdfghjkl",
	"zxcvbnm1", "abcd1234", "abc12345", "abcdefgh", "iloveyou", "iloveyou1", "letmein1",
	"letmein123", "welcome1", "welcome123", "sunshine", "princess", "football", "baseball", "superman",
	"trustno1", "whatever", "starwars", "computer", "internet", "changeme", "changeme1", "changeme123",
	"admin123", "admin1234", "administrator", "test1234", "testtest", "secret123", "default1",
	"master123", "dragon123", "monkey123", "michael1", "jennifer", "jordan23", "liverpool", "chocolate", "password!",
}

// CheckPassword says what is wrong with a password that somebody chooses; empty means nothing is.
func CheckPassword(password string, user hub.User) string {
	plain := hub.Fold(password)
	switch {
	case !utf8.ValidString(password):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(password) < minPassword:
		return "must have at least 8 characters"
	case len(password) > secret.MaxPassword:
		return "must have at most 1,024 bytes"
	case strings.TrimSpace(password) == "":
		return "must not be blank"
	case slices.Contains(common, plain), plain == strings.Repeat(plain[:1], len(plain)):
		return "is too common: it is guessed first"
	case slices.Contains([]string{hub.Fold(user.Login), hub.Fold(user.Email), hub.Fold(user.Name)}, plain):
		return "must not be your name or address"
	}
	return ""
}

// weak refuses a chosen password. field is the name of the form's field.
func weak(field, reason string) error {
	return &fault.Error{
		Kind: fault.Invalid, Code: CodeWeak, Message: "The new password " + reason + ".",
		Fields: []fault.Field{{Name: field, Reason: reason}},
	}
}

// Hash hashes a password that is chosen for a user over another door, behind the gate that all passwords pass. Errors:
// fault.Invalid for one that is too weak, fault.Unavailable when too many are hashed at once.
func (d *Desk) Hash(ctx context.Context, user hub.User, password string, from netip.Addr) (string, error) {
	if reason := CheckPassword(password, user); reason != "" {
		return "", weak("password", reason)
	}
	return d.hash(ctx, password, from)
}

// hash hashes a new password behind the gate.
func (d *Desk) hash(ctx context.Context, password string, from netip.Addr) (string, error) {
	leave, err := d.gate.enter(ctx, from)
	if err != nil {
		return "", err
	}
	defer leave()
	return secret.HashPassword(password), nil
}

// matches compares a password with a hash behind the gate.
func (d *Desk) matches(ctx context.Context, hash, password string, from netip.Addr) (bool, error) {
	leave, err := d.gate.enter(ctx, from)
	if err != nil {
		return false, err
	}
	defer leave()
	match, _ := secret.CheckPassword(hash, password)
	return match, nil
}

// ChangePassword gives the visitor another password after the present one was given once more. Every other session and
// every refresh token of the user ends; this browser gets a new cookie and is freshly signed in.
//
// Errors: fault.Unauthenticated if nobody is signed in; fault.StepUp if a second factor was proven too long ago;
// fault.Invalid with the field currentPassword or newPassword; fault.Limited after too many wrong ones.
func (d *Desk) ChangePassword(ctx context.Context, cookie secret.Value, current, password string, o Origin) (secret.Value, error) {
	visit, err := d.visit(ctx, d.Store.Reader, cookie)
	if err != nil {
		return "", err
	}
	if !visit.SignedIn() {
		return "", fault.New(fault.Unauthenticated, "sign in first")
	}
	if slices.Contains(visit.Session.Methods, MethodMultiple) && !visit.Fresh(d.Store.Now()) {
		return "", visit.Actor(o).StepUp() // the present password alone would be less than what signed in
	}
	if reason := CheckPassword(password, visit.User); reason != "" {
		return "", weak("newPassword", reason)
	}
	proven, err := d.prove(ctx, visit.User.ID, current, o.Address, allowAll)
	if fault.Is(err, fault.Unauthenticated) {
		return "", &fault.Error{
			Kind: fault.Invalid, Code: CodeWrongCurrent, Message: "The current password is not right.",
			Fields: []fault.Field{{Name: "currentPassword", Reason: "is not right"}},
			Cause:  &Refusal{UserID: visit.User.ID, Reason: "a wrong current password was given for a change"},
		}
	}
	if err != nil {
		return "", err
	}
	return d.replaceOwn(ctx, cookie, proven.password, password, "newPassword", o)
}

// SetPassword gives the visitor, who has to change it before going in, another password.
//
// Errors: fault.Unauthenticated if there is no such visitor; fault.Invalid with the field password.
func (d *Desk) SetPassword(ctx context.Context, cookie secret.Value, password string, o Origin) (secret.Value, error) {
	visit, err := d.visit(ctx, d.Store.Reader, cookie)
	if err != nil {
		return "", err
	}
	if visit.Next != NewPassword {
		return "", fault.New(fault.Unauthenticated, "sign in first")
	}
	if reason := CheckPassword(password, visit.User); reason != "" {
		return "", weak("password", reason)
	}
	old, err := d.Store.Password(ctx, visit.User.ID)
	if err != nil {
		return "", err
	}
	return d.replaceOwn(ctx, cookie, old, password, "password", o)
}

// replaceOwn replaces the password of a visitor by another one.
func (d *Desk) replaceOwn(ctx context.Context, cookie secret.Value, old hub.Password, password, field string, o Origin) (secret.Value, error) {
	same, err := d.matches(ctx, old.Hash, password, o.Address)
	if err != nil {
		return "", err
	}
	if same {
		return "", &fault.Error{Kind: fault.Invalid, Code: CodeSame, Message: "The new password is the old one. Choose another.",
			Fields: []fault.Field{{Name: field, Reason: "must not be the old one"}}}
	}
	hash, err := d.hash(ctx, password, o.Address)
	if err != nil {
		return "", err
	}
	var next secret.Value
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		now := d.Store.Now()
		visit, err := d.visit(ctx, tx.Reader, cookie)
		if err != nil {
			return err
		}
		current, err := tx.Password(ctx, old.UserID)
		if err != nil {
			return err
		}
		if visit.User.ID != old.UserID || !visit.SignedIn() && visit.Next != NewPassword || !current.ChangedAt.Equal(old.ChangedAt) {
			return fault.New(fault.Unauthenticated, "the password or the session changed at the same moment; sign in and look")
		}
		session := visit.Session
		session.SignedInAt = now
		if next, err = d.rise(ctx, tx, &session, o, now); err != nil {
			return err
		}
		return d.replace(ctx, tx, visit.Actor(o), visit.User, hub.Password{UserID: old.UserID, Hash: hash, ChangedAt: now}, session.ID, o)
	})
	return next, err
}

// replace sets a password, ends what the old one had opened but for the session to keep, and tells of it.
func (d *Desk) replace(ctx context.Context, tx *store.Tx, actor hub.Actor, user hub.User, password hub.Password, keep string, o Origin) error {
	if err := tx.SetPassword(ctx, password); err != nil {
		return err
	}
	if err := tx.EndSignIns(ctx, user.ID, keep, d.Store.Now()); err != nil {
		return err
	}
	if err := tx.Record(ctx, actor.Did("user.password-change", "user", user.ID, user.Login, "")); err != nil {
		return err
	}
	return d.tell(ctx, tx, user, LetterPasswordChanged, o)
}

// PasswordSet tells whether the actor has a password, and since when.
func (d *Desk) PasswordSet(ctx context.Context, actor hub.Actor) (has bool, since time.Time, err error) {
	own, err := d.Store.Password(ctx, actor.User.ID)
	if fault.Is(err, fault.NotFound) {
		return false, time.Time{}, nil
	}
	return err == nil, own.ChangedAt, err
}
