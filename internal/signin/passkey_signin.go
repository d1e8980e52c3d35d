package signin

import (
	"context"
	"errors"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// wrongPasskey is the one refusal of a passkey. It counts against the source, and against the account where there is one.
func (d *Desk) wrongPasskey(o Origin, userID, reason string) error {
	d.Throttle.Failed(o.Address, passkeyCounted(userID))
	return &fault.Error{
		Kind: fault.Unauthenticated, Code: CodeWrongPasskey,
		Message: "The passkey did not work. Try again, or sign in in another way.",
		Cause:   &Refusal{UserID: userID, Reason: reason},
	}
}

func passkeyCounted(userID string) string { return "user:" + userID }

// AskPasskey asks a browser for a passkey: of anybody, which names its user itself, so that the question tells nothing of any
// account; or, where known is set and somebody proved a password or is signed in in this browser, of that user. What is sealed goes
// to the browser and comes back with the answer. Errors: fault.Conflict where there are no passkeys.
func (d *Desk) AskPasskey(ctx context.Context, cookie secret.Value, site Site, known bool) (passkey.RequestOptions, secret.Value, error) {
	if site.Host == "" {
		return passkey.RequestOptions{}, "", noSite()
	}
	var asked challenge
	allow := []passkey.Descriptor{}
	if known {
		visit, err := d.visit(ctx, d.Store.Reader, cookie)
		if err != nil {
			return passkey.RequestOptions{}, "", err
		}
		if visit.Next == SecondFactor || visit.SignedIn() {
			keys, err := d.Store.PasskeysOfUser(ctx, visit.User.ID)
			if err != nil {
				return passkey.RequestOptions{}, "", err
			}
			allow, asked.UserID, asked.Session = descriptors(keys, site), visit.User.ID, visit.Session.ID
		}
	}
	asked = d.newChallenge(asked.UserID, asked.Session)
	return passkey.NewRequestOptions(site.Host, asked.Random, allow, passkeyLife), d.seal(forUse, site, asked), nil
}

// SignInByPasskey proves the user of a browser by a passkey, with which the user was verified: that is both factors. answer is
// the JSON of the browser, sealed is what AskPasskey gave. The browser gets a new cookie; where the user is signed in already
// that session becomes fresh, and another user's session ends.
//
// Errors: fault.Unauthenticated, the same whatever was wrong (the cause, a *Refusal, tells); fault.Limited after too many failures.
func (d *Desk) SignInByPasskey(
	ctx context.Context, cookie, sealed secret.Value, site Site, answer string, remember bool, o Origin,
) (secret.Value, error) {
	return d.byPasskey(ctx, cookie, sealed, site, answer, remember, o, func(challenge) bool { return true })
}

// ConfirmByPasskey has who is signed in prove it once more, by a passkey that AskPasskey asked of a known user. The session becomes
// fresh, under a new cookie. Errors are those of SignInByPasskey, also for the passkey of anybody else.
func (d *Desk) ConfirmByPasskey(ctx context.Context, cookie, sealed secret.Value, site Site, answer string, o Origin) (secret.Value, error) {
	return d.byPasskey(ctx, cookie, sealed, site, answer, false, o, func(asked challenge) bool { return asked.Session != "" })
}

// byPasskey holds an answer against the challenge it is for, which has to fit what the answer is to open.
func (d *Desk) byPasskey(
	ctx context.Context, cookie, sealed secret.Value, site Site, answer string, remember bool, o Origin, fits func(challenge) bool,
) (secret.Value, error) {
	if wait := d.Throttle.Blocked(o.Address, ""); wait > 0 {
		return "", tooMany(wait, "")
	}
	asked, ok := d.unseal(forUse, site, sealed)
	if !ok || !fits(asked) {
		return "", d.wrongPasskey(o, "", "this browser was asked for no passkey, or too long ago")
	}
	sent, err := passkey.ReadAssertion([]byte(answer))
	if err != nil {
		return "", d.wrongPasskey(o, "", err.Error())
	}
	key, err := d.Store.PasskeyByCredential(ctx, sent.ID)
	if fault.Is(err, fault.NotFound) {
		return "", d.wrongPasskey(o, "", "nobody has this passkey")
	}
	if err != nil {
		return "", err
	}
	if wait := d.Throttle.Blocked(o.Address, passkeyCounted(key.UserID)); wait > 0 {
		return "", tooMany(wait, key.UserID)
	}
	if asked.UserID != "" && asked.UserID != key.UserID {
		return "", d.wrongPasskey(o, key.UserID, "the passkey is another user's than the password")
	}
	owned := passkey.Owned{
		Credential: passkey.Credential{
			ID: key.Credential, PublicKey: key.PublicKey, Count: key.Count, Eligible: key.Eligible, BackedUp: key.BackedUp,
		},
		UserHandle: []byte(key.UserID),
	}
	after, err := passkey.Use(site.expected(asked.Random), owned, sent)
	if err == nil && asked.UserID == "" && len(sent.UserHandle) == 0 {
		err = errors.New("the passkey does not say whose it is")
	}
	if err != nil {
		return "", d.unproven(ctx, o, key, err)
	}
	key.Count, key.BackedUp = after.Count, after.BackedUp
	return d.proven(ctx, cookie, asked, key, remember, o)
}

// proven lets the owner of a passkey in that was proven. What was read before is read again, since it may have changed.
func (d *Desk) proven(ctx context.Context, cookie secret.Value, asked challenge, key hub.Passkey, remember bool, o Origin) (secret.Value, error) {
	var next secret.Value
	var reason string
	var copied bool
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		next, reason, copied = "", "", false
		now := d.Store.Now()
		first, err := d.spend(ctx, tx, o, asked)
		if err != nil {
			return err
		}
		user, err := tx.User(ctx, key.UserID)
		if err != nil {
			return err
		}
		session, err := d.find(ctx, tx.Reader, cookie)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		switch {
		case !first:
			reason = "the challenge was answered before"
		case !user.Active():
			reason = "the user is banned"
		case user.Kind != hub.Person:
			reason = "only people sign in with a passkey"
		case asked.Session != "" && asked.Session != session.ID:
			reason = "the sign-in with the password ended, or it was another browser's"
		}
		if reason != "" {
			return nil
		}
		if _, err := tx.Passkey(ctx, key.ID); err != nil {
			return err
		}
		key.LastUsedAt, key.LastUsedFrom = now, o.Address.Unmap().String()
		counts, err := tx.UsePasskey(ctx, key)
		if copied = err == nil && !counts; copied || err != nil {
			return err
		}
		if asked.Session == "" {
			if session, err = d.sessionFor(ctx, tx, cookie, user.ID, remember); err != nil {
				return err
			}
		}
		session.Methods, session.SignedInAt = passkeyMethods(key, asked.Session != "" && session.Half()), now
		if next, err = d.rise(ctx, tx, &session, o, now); err != nil {
			return err
		}
		return tx.Record(ctx, signedIn(user, session, o))
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return "", d.wrongPasskey(o, "", "the user or the passkey was deleted at the same moment")
	case err != nil:
		return "", err
	case copied:
		return "", d.unproven(ctx, o, key, &passkey.Failure{Check: passkey.CheckCount})
	case reason != "":
		return "", d.wrongPasskey(o, key.UserID, reason)
	}
	return next, nil
}

// passkeyMethods says how a user was proven: by a key, in hardware unless it may be copied, by who was there and verified.
func passkeyMethods(key hub.Passkey, afterPassword bool) []string {
	kind := MethodHardwareKey
	if key.Eligible {
		kind = MethodSoftwareKey
	}
	methods := []string{kind, MethodPresence, MethodMultiple}
	if afterPassword {
		methods = append([]string{MethodPassword}, methods...)
	}
	return methods
}

// unproven refuses the use of somebody's passkey. One that seems to have been copied is an event, and the owner is told.
func (d *Desk) unproven(ctx context.Context, o Origin, key hub.Passkey, failed error) error {
	var failure *passkey.Failure
	if errors.As(failed, &failure) && failure.Check == passkey.CheckCount {
		err := d.Store.Tx(ctx, func(tx *store.Tx) error {
			user, err := tx.User(ctx, key.UserID)
			if err != nil {
				return err
			}
			event := o.actor(user, "").Did("user.passkey-suspect", "user", user.ID, user.Login,
				hub.Details(map[string]string{"passkey": key.ID, "name": key.Name}))
			event.Result, event.Reason = hub.Refused, failed.Error()
			if err := tx.Record(ctx, event); err != nil {
				return err
			}
			return d.tell(ctx, tx, user, LetterPasskeySuspect, o)
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return d.wrongPasskey(o, key.UserID, failed.Error())
}

// sessionFor is the session that a browser of which a user is proven goes on with: its own, if it is that user's and is to last as
// long, else a new one. Another user's session ends.
func (d *Desk) sessionFor(ctx context.Context, tx *store.Tx, cookie secret.Value, userID string, remember bool) (hub.Session, error) {
	session := hub.Session{UserID: userID, Remembered: remember}
	old, err := d.find(ctx, tx.Reader, cookie)
	switch {
	case err == nil && old.UserID == userID && old.Remembered == remember:
		return old, nil
	case err == nil:
		return session, tx.DeleteSession(ctx, old.ID)
	case fault.Is(err, fault.NotFound):
		return session, nil
	}
	return session, err
}
