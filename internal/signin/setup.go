package signin

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// HasAdministrator reports whether anybody who may sign in holds the role System Admin everywhere, directly or by a group.
func (d *Desk) HasAdministrator(ctx context.Context) (bool, error) {
	return hasAdministrator(ctx, d.Store.Reader)
}

func hasAdministrator(ctx context.Context, q store.Reader) (bool, error) {
	role, err := q.RoleByKey(ctx, hub.SystemAdmin)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	grants, err := q.Grants(ctx)
	if err != nil {
		return false, err
	}
	for _, grant := range grants {
		if grant.RoleID != role.ID || grant.Organisation != "" {
			continue
		}
		found := false
		switch grant.HolderKind {
		case hub.HolderUser:
			found, err = canAdminister(ctx, q, grant.HolderID)
		case hub.HolderGroup:
			found, err = hasMember(ctx, q, grant.HolderID)
		}
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}

func canAdminister(ctx context.Context, q store.Reader, userID string) (bool, error) {
	user, err := q.User(ctx, userID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && user.Active() && user.Kind == hub.Person, err
}

// hasMember looks for somebody in a group who may sign in.
func hasMember(ctx context.Context, q store.Reader, groupID string) (bool, error) {
	const page = 100
	for after := ""; ; {
		members, err := q.MembersOfGroup(ctx, groupID, after, page)
		if err != nil {
			return false, err
		}
		for _, member := range members {
			if member.Active() && member.Kind == hub.Person {
				return true, nil
			}
		}
		if len(members) < page {
			return false, nil
		}
		after = members[len(members)-1].Login
	}
}

// OpenSetUp makes the code of a set-up link, which makes one administrator and is good until it was used, another is made,
// or the program ends.
func (d *Desk) OpenSetUp() secret.Value {
	code := newCode()
	d.lock.Lock()
	defer d.lock.Unlock()
	d.setUp = d.Master.Digest("set-up/" + code)
	return secret.Value(code)
}

// CheckSetUp says whether a set-up code is good. Errors: fault.NotFound if it is not, or there is an administrator.
func (d *Desk) CheckSetUp(ctx context.Context, code secret.Value) error {
	d.lock.Lock()
	good := d.setUp != nil && secret.Equal(d.setUp, d.Master.Digest("set-up/"+code.Reveal()))
	d.lock.Unlock()
	if !good {
		return ended()
	}
	there, err := d.HasAdministrator(ctx)
	if err == nil && there {
		err = ended()
	}
	return err
}

// SetUp makes the first administrator. Whoever comes first makes it, on any number of nodes; it signs nobody in.
//
// Errors: fault.NotFound as CheckSetUp; fault.Invalid with the fields username, name, email and password; fault.Conflict if
// a name is taken.
func (d *Desk) SetUp(ctx context.Context, code secret.Value, user hub.User, password string, o Origin) (hub.User, error) {
	if err := d.CheckSetUp(ctx, code); err != nil {
		return hub.User{}, err
	}
	user.ID, user.Kind, user.CreatedAt = hub.NewRandomID(), hub.Person, d.Store.Now()
	user.UpdatedAt = user.CreatedAt
	wrong := user.Check()
	for i := range wrong {
		if wrong[i].Name == "login" {
			wrong[i].Name = "username"
		}
	}
	if reason := CheckPassword(password, user); reason != "" {
		wrong = append(wrong, fault.Field{Name: "password", Reason: reason})
	}
	if len(wrong) > 0 {
		return hub.User{}, &fault.Error{Kind: fault.Invalid, Message: "Some of this cannot be used.", Fields: wrong}
	}
	hash, err := d.hash(ctx, password, o.Address)
	if err != nil {
		return hub.User{}, err
	}
	err = d.Store.Tx(ctx, func(tx *store.Tx) error {
		there, err := hasAdministrator(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if there {
			return ended()
		}
		role, err := tx.RoleByKey(ctx, hub.SystemAdmin)
		if err != nil {
			return err
		}
		if err := tx.InsertUser(ctx, user); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, hub.Password{UserID: user.ID, Hash: hash, ChangedAt: user.CreatedAt}); err != nil {
			return err
		}
		grant := hub.Grant{ID: hub.NewID(), RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID, CreatedAt: user.CreatedAt}
		if err := tx.InsertGrant(ctx, grant); err != nil {
			return err
		}
		return tx.Record(ctx, o.actor(user, "").Did("user.set-up", "user", user.ID, user.Login, hub.Details(map[string]string{"role": role.Key})))
	})
	if err != nil {
		return hub.User{}, err
	}
	d.lock.Lock()
	d.setUp = nil
	d.lock.Unlock()
	return user, nil
}
