package signin

import (
	"context"
	"net/netip"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Password proves a user by the own password. The user may be named by login, id or e-mail address, in any letter case.
//
// Errors: fault.Unauthenticated, the same after the same time whether there is no such user, the user may not sign in, or
// the password is wrong (the cause, a *Refusal, tells which); fault.Limited after too many failures, with RetryAfter, and
// fault.Unavailable when too many sign in at once.
func (d *Desk) Password(ctx context.Context, alias, password string, from netip.Addr) (hub.User, error) {
	proven, err := d.prove(ctx, alias, password, from, allowAll)
	return proven.user, err
}

// HasPassword reports whether a user has a password.
func (d *Desk) HasPassword(ctx context.Context, userID string) (bool, error) {
	_, err := d.Store.Password(ctx, userID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Program is a user who was proven to a program.
type Program struct {
	User                hub.User
	ApplicationPassword string // its id; empty: the own password was used

	PasswordOf time.Time // when the own password that was held against was set
}

// Program proves a user to a program (password grant): by an application password, or by the own password of a user who
// needs nothing more than it to sign in. Errors are those of Password.
func (d *Desk) Program(ctx context.Context, alias, password string, from netip.Addr) (Program, error) {
	return d.program(ctx, alias, password, from, func(a account, form secret.Form) (verdict, error) {
		if verdict := a.ownPassword(form); verdict.reason != "" || a.user.ID == "" {
			return verdict, nil
		}
		return d.alone(ctx, a)
	})
}

// ApplicationPassword proves a user to a program by an application password alone (HTTP Basic): the own password is not even
// looked at. Errors are those of Password.
func (d *Desk) ApplicationPassword(ctx context.Context, alias, password string, from netip.Addr) (Program, error) {
	return d.program(ctx, alias, password, from, func(account, secret.Form) (verdict, error) {
		return refused("no such application password, and nothing else will do here"), nil
	})
}

// program proves a user by an application password; else other says what may be done with what was sent.
func (d *Desk) program(
	ctx context.Context, alias, password string, from netip.Addr, other func(account, secret.Form) (verdict, error),
) (Program, error) {
	var used string
	proven, err := d.prove(ctx, alias, password, from, func(ctx context.Context, a account) (verdict, error) {
		form, kind, test := secret.Recognise(password)
		switch {
		case form == secret.Malformed, form == secret.Good && (kind != secret.ApplicationPassword || test):
			return refused("a truncated or altered credential, or one of another kind, was sent as the password"), nil
		case a.user.ID == "":
			return other(a, form)
		}
		own, err := d.Store.ApplicationPasswordByDigest(ctx, a.user.ID, d.Master.Digest(password))
		switch {
		case fault.Is(err, fault.NotFound):
			return other(a, form)
		case err != nil:
			return verdict{}, err
		case own.Suspended:
			return refused("the application password waits for an administrator to confirm it"), nil
		}
		used = own.ID
		return verdict{proven: true}, nil
	})
	return Program{User: proven.user, ApplicationPassword: used, PasswordOf: proven.password.ChangedAt}, err
}

// ownPassword says whether what was sent may be the own password at all: it never looks like a secret of ours.
func (account) ownPassword(form secret.Form) verdict {
	if form == secret.Good {
		return refused("no such application password")
	}
	return verdict{}
}

// alone allows the own password where it is all that a sign-in needs.
func (d *Desk) alone(ctx context.Context, a account) (verdict, error) {
	if a.password.MustChange {
		return verdict{unfit: "the password has to be changed first, on the sign-in page"}, nil
	}
	factor, err := d.factorOf(ctx, d.Store.Reader, a.user)
	if factor.enrolled || factor.required {
		return verdict{unfit: "a program needs an application password, since this account has a second factor"}, err
	}
	return verdict{}, err
}

// account is whom a name means, as far as anybody has it, and what the name is counted under.
type account struct {
	user     hub.User
	password hub.Password
	counted  string
}

// verdict is what can be said of a credential before the own password is looked at.
type verdict struct {
	proven bool   // it is another good credential: no password needs to be hashed
	reason string // it is none, whatever the password: refused for this reason
	unfit  string // the own password will not do here, for this reason, although it may be right
}

func refused(reason string) verdict { return verdict{reason: reason} }

func allowAll(context.Context, account) (verdict, error) { return verdict{}, nil }

// prove is the one way by which a name with a password becomes a user. Before anything of the account is looked at, source
// and name are held against what failed before; an account has one name for this, whatever it was called.
func (d *Desk) prove(
	ctx context.Context, alias, password string, from netip.Addr, judge func(context.Context, account) (verdict, error),
) (account, error) {
	if wait := d.Throttle.Blocked(from, ""); wait > 0 {
		return account{}, tooMany(wait, "")
	}
	a, err := d.account(ctx, alias)
	if err != nil {
		return account{}, err
	}
	if wait := d.Throttle.Blocked(from, a.counted); wait > 0 {
		return account{}, tooMany(wait, a.user.ID)
	}
	found, err := judge(ctx, a)
	if err != nil {
		return account{}, err
	}
	reason := found.reason
	if !found.proven && reason == "" {
		if len(password) > secret.MaxPassword {
			reason = "the password has more than 1,024 bytes"
		} else {
			leave, err := d.gate.enter(ctx, from)
			if err != nil {
				return account{}, err
			}
			defer leave() // after the failure was counted
			// What failed while this one waited counts too: else a flood of guesses at the same moment would all be tried.
			if wait := d.Throttle.Blocked(from, a.counted); wait > 0 {
				return account{}, tooMany(wait, a.user.ID)
			}
			if reason, err = d.compare(ctx, a, password); err != nil {
				return account{}, err
			}
		}
	}
	switch {
	case reason != "":
	case !a.user.Active():
		reason = "the user is banned"
	case a.user.Kind != hub.Person && !found.proven:
		reason = "only people sign in with a password"
	default:
		reason = found.unfit
	}
	if reason != "" {
		d.Throttle.Failed(from, a.counted)
		refusal := &Refusal{UserID: a.user.ID, Reason: reason}
		if left, wait := d.Throttle.Left(from, a.counted); left >= 0 && left <= warnedBefore {
			refusal.Left, refusal.Wait = left, wait
		}
		return account{}, wrongFor(refusal)
	}
	return a, nil
}

// warnedBefore is at how many attempts that are left people are told of them.
const warnedBefore = 3

// account finds whom a name means. It costs the same whether or not there is anybody.
func (d *Desk) account(ctx context.Context, alias string) (account, error) {
	if len(alias) > secret.MaxPassword {
		return account{counted: "user:"}, nil // longer than any name may be
	}
	a := account{counted: "user:" + hub.Fold(alias)}
	user, err := d.Store.UserByAlias(ctx, alias)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return account{}, err
	}
	if err == nil {
		a.user, a.counted = user, "user:"+user.ID
	}
	if a.password, err = d.Store.Password(ctx, user.ID); err != nil && !fault.Is(err, fault.NotFound) {
		return account{}, err
	}
	return a, nil
}

// compare hashes the password and says why it is not the account's; empty: it is. A hash made with other parameters than
// today's is made anew.
func (d *Desk) compare(ctx context.Context, a account, password string) (reason string, err error) {
	hash := a.password.Hash
	if hash == "" {
		hash = d.nobody
	}
	match, stale := secret.CheckPassword(hash, password)
	switch {
	case a.user.ID == "":
		return "nobody has this name", nil
	case a.password.Hash == "":
		return "the user has no password", nil
	case !match:
		return ReasonWrong, nil
	case stale && a.user.Active():
		return "", d.rehash(ctx, a, password)
	}
	return "", nil
}

// rehash replaces the hash of a password that was just proven, unless it has been changed meanwhile. Where nothing can be
// written at this moment the old hash does.
func (d *Desk) rehash(ctx context.Context, a account, password string) error {
	hash := secret.HashPassword(password)
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		current, err := tx.Password(ctx, a.user.ID)
		if err != nil || current.Hash != a.password.Hash {
			return err
		}
		current.Hash = hash
		return tx.SetPassword(ctx, current)
	})
	if fault.Is(err, fault.Unavailable) {
		return nil
	}
	return err
}
