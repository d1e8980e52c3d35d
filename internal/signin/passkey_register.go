package signin

import (
	"cmp"
	"context"
	"encoding/hex"
	"unicode/utf8"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

const (
	mostPasskeys    = 20 // of one user
	mostPasskeyName = 100
)

// ownPasskeys finds the visitor who adds a passkey: who has signed in of late, or who is held up for want of a second factor.
func (d *Desk) ownPasskeys(ctx context.Context, q store.Reader, cookie secret.Value) (Visit, error) {
	visit, err := d.visit(ctx, q, cookie)
	if err == nil {
		err = mayEnrol(visit, d.Store.Now())
	}
	return visit, err
}

// AskNewPasskey asks the visitor's browser to make a passkey. What is sealed goes to the browser and comes back with the answer.
//
// Errors: fault.Unauthenticated, fault.StepUp; fault.Conflict where there are no passkeys, or the user has too many.
func (d *Desk) AskNewPasskey(ctx context.Context, cookie secret.Value, site Site) (passkey.CreationOptions, secret.Value, error) {
	visit, err := d.ownPasskeys(ctx, d.Store.Reader, cookie)
	if err != nil {
		return passkey.CreationOptions{}, "", err
	}
	return d.askNew(ctx, site, visit.User, visit.Session.ID)
}

func (d *Desk) askNew(ctx context.Context, site Site, user hub.User, session string) (passkey.CreationOptions, secret.Value, error) {
	var none passkey.CreationOptions
	if site.Host == "" {
		return none, "", noSite()
	}
	keys, err := d.Store.PasskeysOfUser(ctx, user.ID)
	if err != nil {
		return none, "", err
	}
	if len(keys) >= mostPasskeys {
		return none, "", tooManyPasskeys()
	}
	asked := d.newChallenge(user.ID, session)
	options := passkey.NewCreationOptions(site.Host, "Hub", asked.Random,
		[]byte(user.ID), user.Login, cmp.Or(user.Name, user.Login), descriptors(keys, site), passkeyLife)
	return options, d.seal(forRegistration, site, asked), nil
}

func tooManyPasskeys() error {
	return fault.New(fault.Conflict, "there are 20 passkeys already: delete one that is not used any more")
}

// Added is a passkey that was added in a browser.
type Added struct {
	Passkey hub.Passkey
	// Where it is the second factor that a group asks for, the browser is signed in with it under a new cookie, and there are
	// recovery codes, which are shown once.
	Cookie secret.Value
	Codes  []secret.Value
}

// AddPasskey keeps the passkey that the visitor's browser has made, under a name. answer is the JSON of the browser, sealed is
// what AskNewPasskey gave. Who was held up for want of a second factor is signed in with it.
//
// Errors: those of AskNewPasskey; fault.Invalid with the field name or passkey; fault.Conflict if it is known already.
func (d *Desk) AddPasskey(ctx context.Context, cookie, sealed secret.Value, site Site, answer, name string, o Origin) (Added, error) {
	visit, err := d.ownPasskeys(ctx, d.Store.Reader, cookie)
	if err != nil {
		return Added{}, err
	}
	key, asked, err := d.made(sealed, site, answer, name, visit.User.ID, visit.Session.ID)
	if err != nil {
		return Added{}, err
	}
	added := Added{Passkey: key}
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		visit, err := d.ownPasskeys(ctx, tx.Reader, cookie)
		if err != nil {
			return err
		}
		if err := d.keepPasskey(ctx, tx, visit.Actor(o), visit.User, key, asked, o); err != nil || visit.Next != Enrol {
			return err
		}
		added.Cookie, added.Codes, err = d.enrolledBy(ctx, tx, visit, key, o)
		return err
	})
	if err != nil {
		return Added{}, err
	}
	return added, nil
}

// enrolledBy lets a visitor in who lacked nothing but a second factor, and has just made a passkey.
func (d *Desk) enrolledBy(ctx context.Context, tx *store.Tx, visit Visit, key hub.Passkey, o Origin) (secret.Value, []secret.Value, error) {
	now, session := d.Store.Now(), visit.Session
	session.Methods, session.SignedInAt = passkeyMethods(key, true), now
	cookie, err := d.rise(ctx, tx, &session, o, now)
	if err != nil {
		return "", nil, err
	}
	codes, err := d.newRecoveryCodes(ctx, tx, visit.User.ID)
	if err != nil {
		return "", nil, err
	}
	return cookie, codes, tx.Record(ctx, signedIn(visit.User, session, o))
}

// made checks what a browser has made.
func (d *Desk) made(sealed secret.Value, site Site, answer, name, userID, session string) (hub.Passkey, challenge, error) {
	if reason := checkPasskeyName(name); reason != "" {
		return hub.Passkey{}, challenge{}, badPasskeyName(reason)
	}
	asked, ok := d.unseal(forRegistration, site, sealed)
	if !ok || asked.UserID != userID || asked.Session != session {
		return hub.Passkey{}, asked, unmade(userID, "this browser was asked for no new passkey, or too long ago")
	}
	sent, transports, err := passkey.ReadAttestation([]byte(answer))
	if err != nil {
		return hub.Passkey{}, asked, unmade(userID, err.Error())
	}
	made, err := passkey.Register(site.expected(asked.Random), sent)
	if err != nil {
		return hub.Passkey{}, asked, unmade(userID, err.Error())
	}
	return hub.Passkey{
		ID: hub.NewRandomID(), UserID: userID, Credential: made.ID, PublicKey: made.PublicKey, Site: site.Host,
		Count: made.Count, Eligible: made.Eligible, BackedUp: made.BackedUp, Transports: transports,
		AAGUID: hex.EncodeToString(made.AAGUID[:]), Name: name, CreatedAt: d.Store.Now(),
	}, asked, nil
}

// keepPasskey writes a new passkey, with event and letter.
func (d *Desk) keepPasskey(ctx context.Context, tx *store.Tx, actor hub.Actor, user hub.User, key hub.Passkey, asked challenge, o Origin) error {
	if user.Kind != hub.Person {
		return fault.New(fault.Invalid, "%s is a %s, which signs in nowhere", user.Login, user.Kind)
	}
	first, err := d.spend(ctx, tx, o, asked)
	if err != nil {
		return err
	}
	if !first {
		return unmade(user.ID, "the challenge was answered before")
	}
	sites, err := tx.PasskeySites(ctx, user.ID)
	if err != nil {
		return err
	}
	if len(sites) >= mostPasskeys {
		return tooManyPasskeys()
	}
	if err := tx.InsertPasskey(ctx, key); err != nil {
		return err
	}
	return d.passkeyChanged(ctx, tx, actor, user, key, "user.passkey-add", o)
}

func (d *Desk) passkeyChanged(ctx context.Context, tx *store.Tx, actor hub.Actor, user hub.User, key hub.Passkey, action string, o Origin) error {
	event := actor.Did(action, "user", user.ID, user.Login, hub.Details(map[string]string{"passkey": key.ID, "name": key.Name}))
	if err := tx.Record(ctx, event); err != nil {
		return err
	}
	return d.tell(ctx, tx, user, LetterFactorChanged, o)
}

func unmade(userID, reason string) error {
	return &fault.Error{Kind: fault.Invalid, Code: CodeNoPasskey, Message: "The passkey could not be added. Try again.",
		Fields: []fault.Field{{Name: "passkey", Reason: "could not be added"}}, Cause: &Refusal{UserID: userID, Reason: reason}}
}

// checkPasskeyName says what is wrong with a name; empty: nothing is.
func checkPasskeyName(name string) string {
	if utf8.RuneCountInString(name) > mostPasskeyName {
		return "must have at most 100 characters"
	}
	return hub.CheckName(name)
}

func badPasskeyName(reason string) error {
	return &fault.Error{Kind: fault.Invalid, Message: "The name " + reason + ".", Fields: []fault.Field{{Name: "name", Reason: reason}}}
}

// ownPasskey finds one of a user's passkeys.
func ownPasskey(ctx context.Context, q store.Reader, userID, id string) (hub.Passkey, error) {
	key, err := q.Passkey(ctx, id)
	if err == nil && key.UserID != userID || fault.Is(err, fault.NotFound) {
		return hub.Passkey{}, fault.New(fault.NotFound, "there is no such passkey; somebody may have deleted it")
	}
	return key, err
}

// RenamePasskey gives one of the actor's passkeys another name. Errors: fault.Invalid with the field name, fault.NotFound,
// fault.StepUp.
func (d *Desk) RenamePasskey(ctx context.Context, actor hub.Actor, id, name string) error {
	if reason := checkPasskeyName(name); reason != "" {
		return badPasskeyName(reason)
	}
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		key, err := ownPasskey(ctx, tx.Reader, actor.User.ID, id)
		if err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		if err := tx.RenamePasskey(ctx, key.ID, name); err != nil {
			return err
		}
		event := actor.Did("user.passkey-rename", "user", actor.User.ID, actor.User.Login,
			hub.Details(map[string]string{"passkey": key.ID, "was": key.Name, "name": name}))
		return tx.Record(ctx, event)
	})
}

// RemovePasskey deletes a passkey: an own one, or that of somebody who has lost the device. Errors: fault.NotFound,
// fault.Forbidden, fault.StepUp.
func (d *Desk) RemovePasskey(ctx context.Context, actor hub.Actor, userID, id string) error {
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		user, err := d.MayAct(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		key, err := ownPasskey(ctx, tx.Reader, user.ID, id)
		if err != nil {
			return err
		}
		if err := tx.DeletePasskey(ctx, key); err != nil {
			return err
		}
		if err := d.lastFactorGone(ctx, tx, user); err != nil {
			return err
		}
		return d.passkeyChanged(ctx, tx, actor, user, key, "user.passkey-remove", Origin{Address: actor.Address})
	})
}

// lastFactorGone deletes the recovery codes of a user to whom nothing is left that they could stand in for.
func (d *Desk) lastFactorGone(ctx context.Context, tx *store.Tx, user hub.User) error {
	sites, err := tx.PasskeySites(ctx, user.ID)
	if err != nil || len(sites) > 0 {
		return err
	}
	if found, err := d.factorOf(ctx, tx.Reader, user); err != nil || found.enrolled {
		return err
	}
	return tx.SetRecoveryCodes(ctx, user.ID, nil)
}
