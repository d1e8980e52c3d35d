package declare

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// applying is one transaction that writes a difference.
type applying struct {
	tx    *store.Tx
	actor hub.Actor
	now   time.Time // by the clock of the database, which all nodes share
}

// target is what an event calls a kind of noun: "api-client" for an API client.
func target(what string) string { return strings.ReplaceAll(strings.ToLower(what), " ", "-") }

// rights are the keys that say what a new noun may do. Of one that is made its event tells those; the rest is what the noun
// itself says.
func rights() []string { return []string{"roles", "groups", "trusted", "permissions"} }

// record writes the event that tells of a change, in the transaction of the change. Which keys changed is in its details,
// with values unless they are secret.
func (w *applying) record(ctx context.Context, c Change) error {
	type value struct {
		From   string `json:"from,omitempty"`
		To     string `json:"to,omitempty"`
		Secret bool   `json:"secret,omitempty"`
	}
	changed := map[string]value{}
	for _, key := range c.Keys {
		if c.Verb != Create || slices.Contains(rights(), key.Key) {
			changed[key.Key] = value{key.From, key.To, key.Secret}
		}
	}
	details := ""
	if len(changed) > 0 {
		details = hub.Details(map[string]any{"changed": changed})
	}
	actor := w.actor
	actor.Environment = c.Environment
	return w.tx.Record(ctx, actor.Did(target(c.What)+"."+string(c.Verb), target(c.What), c.ID, c.Name, details))
}

// told writes the event of something that belongs to a noun and has an id of its own.
func (w *applying) told(ctx context.Context, what string, verb Verb, environment hub.Environment, id, name string) error {
	return w.record(ctx, Change{Verb: verb, What: what, ID: id, Name: name, Environment: environment})
}

// differ calls gone for what is only before, came for what is only after, and both for what is on both sides.
func differ[T any](before, after []T, same func(a, b T) bool, gone, came func(T) error, both func(before, after T) error) error {
	for _, one := range before {
		if !slices.ContainsFunc(after, func(other T) bool { return same(one, other) }) {
			if err := gone(one); err != nil {
				return err
			}
		}
	}
	for _, one := range after {
		i := slices.IndexFunc(before, func(other T) bool { return same(one, other) })
		if i < 0 {
			if err := came(one); err != nil {
				return err
			}
			continue
		}
		if err := both(before[i], one); err != nil {
			return err
		}
	}
	return nil
}

func nothingToDo[T any](T, T) error { return nil }

func (w *applying) grants(ctx context.Context, before, after []hub.Grant) error {
	return differ(before, after, func(a, b hub.Grant) bool { return a.ID == b.ID },
		func(g hub.Grant) error { return ifThere(w.tx.DeleteGrant(ctx, g.ID)) },
		func(g hub.Grant) error { return w.tx.InsertGrant(ctx, g) }, nothingToDo)
}

func (w *applying) secrets(ctx context.Context, before, after []hub.Secret) error {
	return differ(before, after, func(a, b hub.Secret) bool { return a.ID == b.ID },
		func(s hub.Secret) error { return w.tx.DeleteSecret(ctx, s.ID) },
		func(s hub.Secret) error { return w.tx.InsertSecret(ctx, s) },
		func(a, b hub.Secret) error {
			if a.Suspended == b.Suspended && a.ExpiresAt.Equal(b.ExpiresAt) {
				return nil
			}
			if err := w.tx.DeleteSecret(ctx, a.ID); err != nil {
				return err
			}
			return w.tx.InsertSecret(ctx, b)
		})
}

func (w *applying) organisation(ctx context.Context, before *organisationState, after organisationState) error {
	var retired []hub.RetiredKey
	var err error
	if before == nil {
		err = w.tx.InsertOrganisation(ctx, after.Organisation)
	} else {
		retired = before.retired
		err = w.tx.UpdateOrganisation(ctx, after.Organisation)
	}
	if err != nil {
		return err
	}
	return differ(retired, after.retired, func(a, b hub.RetiredKey) bool { return a.ID == b.ID && a.Label == b.Label },
		func(k hub.RetiredKey) error { return w.tx.DeleteRetiredKey(ctx, k.ID) },
		func(k hub.RetiredKey) error { return w.tx.InsertRetiredKey(ctx, k) }, nothingToDo)
}

func (w *applying) group(ctx context.Context, before *groupState, after groupState) error {
	var old groupState
	var err error
	if before == nil {
		err = w.tx.InsertGroup(ctx, after.Group)
	} else {
		old = *before
		err = w.tx.UpdateGroup(ctx, after.Group)
	}
	if err == nil {
		err = differ(old.subgroups, after.subgroups, func(a, b string) bool { return a == b },
			func(id string) error { return ifThere(w.tx.RemoveSubgroup(ctx, after.ID, id)) },
			func(id string) error { return w.tx.AddSubgroup(ctx, after.ID, id) }, nothingToDo)
	}
	if err == nil {
		err = w.grants(ctx, old.grants, after.grants)
	}
	return err
}

// ifThere takes it for done where something is gone already, with what it belonged to.
func ifThere(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func (w *applying) service(ctx context.Context, before *serviceState, after serviceState) error {
	var old serviceState
	var err error
	if before == nil {
		err = w.tx.InsertService(ctx, after.Service)
	} else {
		old = *before
		err = w.tx.UpdateService(ctx, after.Service)
	}
	if err == nil && !reflect.DeepEqual(old.registration, after.registration) {
		err = w.tx.SetRegistration(ctx, after.registration)
	}
	if err == nil {
		err = w.secrets(ctx, old.secrets, after.secrets)
	}
	if err == nil {
		err = w.grants(ctx, old.grants, after.grants)
	}
	return err
}

func (w *applying) apiClient(ctx context.Context, before *apiClientState, after apiClientState) error {
	var old apiClientState
	var err error
	if before == nil {
		err = w.tx.InsertAPIClient(ctx, after.APIClient)
	} else {
		old = *before
		err = w.tx.UpdateAPIClient(ctx, after.APIClient)
	}
	if err == nil {
		err = w.secrets(ctx, old.secrets, after.secrets)
	}
	return err
}

func (w *applying) app(ctx context.Context, before *appState, after appState) error {
	if before == nil {
		return w.tx.InsertApp(ctx, after.App)
	}
	if err := w.tx.UpdateApp(ctx, after.App); err != nil {
		return err
	}
	return differ(before.Allowlist, after.Allowlist, func(a, b hub.AllowedAddress) bool { return a.ID == b.ID },
		func(a hub.AllowedAddress) error {
			return w.tx.DeleteAllowedAddress(ctx, after.Environment, after.ID, a.ID)
		},
		func(a hub.AllowedAddress) error {
			return w.tx.InsertAllowedAddress(ctx, after.Environment, after.ID, a)
		}, nothingToDo)
}

func (w *applying) user(ctx context.Context, before *userState, after userState) error {
	var old userState
	var err error
	if before == nil {
		err = w.tx.InsertUser(ctx, after.User)
	} else {
		old = *before
		err = w.tx.UpdateUser(ctx, after.User)
	}
	for _, step := range []func(context.Context, userState, userState) error{w.signIn, w.memberships, w.formerIDs, w.passkeys,
		w.applicationPasswords, w.tokens} {
		if err == nil {
			err = step(ctx, old, after)
		}
	}
	if err == nil {
		err = w.grants(ctx, old.grants, after.grants)
	}
	return err
}

// signIn writes password and second factor. With another password, sessions that were begun with the old one end, and what they gave
// to services, and so they do with a ban; with another address what was mailed before opens nothing.
func (w *applying) signIn(ctx context.Context, old, after userState) error {
	if old.password.Hash != after.password.Hash || old.password.MustChange != after.password.MustChange {
		if err := w.tx.SetPassword(ctx, after.password); err != nil {
			return err
		}
	}
	if !bytes.Equal(old.totp.Sealed, after.totp.Sealed) || !old.totp.ConfirmedAt.Equal(after.totp.ConfirmedAt) {
		if err := w.tx.SetTOTP(ctx, after.totp); err != nil {
			return err
		}
	}
	if !slices.EqualFunc(old.recovery, after.recovery, bytes.Equal) {
		if err := w.tx.SetRecoveryCodes(ctx, after.ID, after.recovery); err != nil {
			return err
		}
	}
	if old.password.Hash != "" && old.password.Hash != after.password.Hash || after.Banned && !old.Banned {
		return w.tx.EndSignIns(ctx, after.ID, "", w.now)
	}
	if hub.Fold(old.Email) != hub.Fold(after.Email) {
		return w.tx.DeleteResetCodesOfUser(ctx, after.ID)
	}
	return nil
}

func (w *applying) memberships(ctx context.Context, old, after userState) error {
	put := func(one membership) error { return w.tx.SetMember(ctx, one.group, after.ID, one.since) }
	return differ(old.groups, after.groups, func(a, b membership) bool { return a.group == b.group },
		func(one membership) error { return ifThere(w.tx.RemoveMember(ctx, one.group, after.ID)) }, put,
		func(before, one membership) error {
			if before.since.Equal(one.since) {
				return nil
			}
			return put(one)
		})
}

func (w *applying) formerIDs(ctx context.Context, old, after userState) error {
	return differ(old.formers, after.formers, func(a, b string) bool { return a == b },
		func(id string) error { return ifThere(w.tx.RemoveSuccessor(ctx, id, after.ID)) },
		func(id string) error { return w.tx.SetSuccessor(ctx, id, after.ID) }, nothingToDo)
}

func (w *applying) applicationPasswords(ctx context.Context, old, after userState) error {
	const what = "application password"
	same := func(a, b hub.ApplicationPassword) bool { return a.ID == b.ID && bytes.Equal(a.Digest, b.Digest) }
	return differ(old.passwords, after.passwords, same,
		func(one hub.ApplicationPassword) error {
			if err := w.tx.DeleteApplicationPassword(ctx, one.ID); err != nil {
				return err
			}
			return w.told(ctx, what, Delete, "", one.ID, one.Name)
		},
		func(one hub.ApplicationPassword) error {
			if err := w.tx.InsertApplicationPassword(ctx, one); err != nil {
				return err
			}
			return w.told(ctx, what, Create, "", one.ID, one.Name)
		},
		func(before, one hub.ApplicationPassword) error {
			if before.Name == one.Name && before.Suspended == one.Suspended {
				return nil
			}
			return w.tx.UpdateApplicationPassword(ctx, one)
		})
}

func (w *applying) tokens(ctx context.Context, old, after userState) error {
	const what = "permanent token"
	return differ(old.tokens, after.tokens, func(a, b hub.PermanentToken) bool { return a.ID == b.ID },
		func(one hub.PermanentToken) error {
			if err := w.tx.DeletePermanentToken(ctx, one.ID); err != nil {
				return err
			}
			return w.told(ctx, what, Delete, one.Environment, one.ID, one.Name)
		},
		func(one hub.PermanentToken) error {
			if err := w.tx.InsertPermanentToken(ctx, one); err != nil {
				return err
			}
			return w.told(ctx, what, Create, one.Environment, one.ID, one.Name)
		},
		func(before, one hub.PermanentToken) error {
			if reflect.DeepEqual(before, one) {
				return nil
			}
			if err := w.tx.UpdatePermanentToken(ctx, one); err != nil {
				return err
			}
			return w.told(ctx, what, Update, one.Environment, one.ID, one.Name)
		})
}
