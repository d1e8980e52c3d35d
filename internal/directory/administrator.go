package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// minPassword is the fewest characters of a password; what matters beyond that is that it is not guessed.
const minPassword = 8

// CreateAdministrator makes a person an administrator: a new user, or one that is there already and then keeps everything
// else. With a password it becomes the user's. A ban ends, since this is the way back in when all others are shut. It is
// always an event. Errors: fault.Invalid names the field.
func (d *Directory) CreateAdministrator(ctx context.Context, actor hub.Actor, login, password string) (hub.User, error) {
	if reason := hub.CheckLogin(login); reason != "" {
		return hub.User{}, invalidField("login", reason)
	}
	hash := ""
	switch {
	case password == "":
	case len([]rune(password)) < minPassword:
		return hub.User{}, invalidField("password", "must have at least 8 characters")
	case len(password) > secret.MaxPassword:
		return hub.User{}, invalidField("password", "must have at most 1024 bytes")
	default:
		hash = secret.HashPassword(password)
	}
	var user hub.User
	err := d.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if user, err = personNamed(ctx, tx, login); err != nil {
			return err
		}
		if hash != "" {
			if err := tx.SetPassword(ctx, hub.Password{UserID: user.ID, Hash: hash, ChangedAt: hub.Now()}); err != nil {
				return err
			}
			if err := tx.EndSignIns(ctx, user.ID, "", d.Store.Now()); err != nil { // somebody may have broken in
				return err
			}
		}
		if err := grantAdministration(ctx, tx, user); err != nil {
			return err
		}
		return tx.Record(ctx, actor.Did("administrator.create", "user", user.ID, user.Login, ""))
	})
	return user, err
}

func invalidField(name, reason string) error {
	return &fault.Error{
		Kind: fault.Invalid, Message: "the administrator cannot be made as asked for",
		Fields: []fault.Field{{Name: name, Reason: reason}},
	}
}

// personNamed finds the user with this login and lets a banned one back in, or adds a new person.
func personNamed(ctx context.Context, tx *store.Tx, login string) (hub.User, error) {
	user, err := tx.UserByAlias(ctx, login)
	switch {
	case fault.Is(err, fault.NotFound):
		user = hub.User{ID: hub.NewRandomID(), Login: login, Name: login, Kind: hub.Person, CreatedAt: hub.Now(),
			UpdatedAt: hub.Now()}
		return user, tx.InsertUser(ctx, user)
	case err != nil:
		return user, err
	case user.Kind != hub.Person:
		return user, fault.New(fault.Conflict, "%s is a %s; an administrator must be a person", login, user.Kind)
	case user.Banned:
		user.Banned, user.BanReason, user.UpdatedAt = false, "", hub.Now()
		return user, tx.UpdateUser(ctx, user)
	}
	return user, nil
}

func grantAdministration(ctx context.Context, tx *store.Tx, user hub.User) error {
	role, err := tx.RoleByKey(ctx, hub.SystemAdmin)
	if err != nil {
		return err
	}
	grants, err := tx.GrantsOf(ctx, hub.HolderUser, user.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(grants, func(g hub.Grant) bool {
		return g.RoleID == role.ID && g.Organisation == "" &&
			g.Environment == ""
	}) {
		return nil
	}
	return tx.InsertGrant(ctx, hub.Grant{ID: hub.NewID(), RoleID: role.ID, HolderKind: hub.HolderUser,
		HolderID: user.ID, CreatedAt: hub.Now()})
}
