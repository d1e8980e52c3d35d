package directory

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Directory is the register of people, groups, roles, organisations and services in one database. Master hashes the secrets of
// services and the keys that are retired.
type Directory struct {
	Store  *store.Store
	Master *secret.Master

	// Tell writes to a user that how the user signs in was changed, in the transaction of the change; nil: nobody is told.
	Tell func(ctx context.Context, tx *store.Tx, notice Notice) error
	// Codes proves e-mail addresses; nil: this hub sends no mail.
	Codes *Codes
}

// Notice tells somebody of a change that an attacker would make, too.
type Notice struct {
	To   hub.User // as before the change
	Kind string   // one of the Notice kinds
	From string   // address of who made it; empty: somebody at the machine of the hub
}

// The kinds of notice.
const (
	NoticePassword = "password-changed"
	NoticeAddress  = "address-changed" // to the old address
)

// tell writes a notice, if anybody can be told.
func (d *Directory) tell(c *change, to hub.User, kind string) error {
	if d.Tell == nil || to.Email == "" {
		return nil
	}
	notice := Notice{To: to, Kind: kind}
	if c.actor.Address.IsValid() {
		notice.From = c.actor.Address.Unmap().String()
	}
	return d.Tell(c.ctx, c.Tx, notice)
}

// change is one transaction in which an actor changes something.
type change struct {
	*store.Tx
	ctx   context.Context
	actor hub.Actor
}

// do runs a change. It is not begun by a credential that may only read.
func (d *Directory) do(ctx context.Context, actor hub.Actor, work func(c *change) error) error {
	if err := actor.Change(); err != nil {
		return err
	}
	return d.Store.Tx(ctx, func(tx *store.Tx) error { return work(&change{tx, ctx, actor}) })
}

// require says whether the actor has a Hub permission for something shared between the environments, which belongs to this
// organisation ("" is none).
func (c *change) require(permission, organisation string) error {
	if err := c.actor.Require(permission, organisation); err != nil || c.actor.Environment != hub.Test {
		return err
	}
	held, err := c.heldIn(hub.Production)
	if err != nil {
		return err
	}
	everywhere := c.actor
	everywhere.Permissions = held
	return everywhere.Require(permission, organisation)
}

// heldIn is what the actor may do in an environment.
func (c *change) heldIn(environment hub.Environment) (hub.Permissions, error) {
	elsewhere := map[hub.Environment]hub.Permissions{}
	if c.actor.Environment != "" && c.actor.Environment != environment && c.actor.ServiceID == "" {
		var err error
		if elsewhere, err = c.HeldBy(c.ctx, c.actor.User.ID); err != nil {
			return hub.Permissions{}, err
		}
	}
	return c.actor.HeldIn(environment, elsewhere[environment]), nil
}

// cover says whether the actor holds all of what is about to be given or taken over, in each environment.
func (c *change) cover(what string, reach map[hub.Environment]hub.Permissions) error {
	for _, environment := range hub.Environments() {
		if reach[environment].Empty() {
			continue
		}
		held, err := c.heldIn(environment)
		if err != nil {
			return err
		}
		there := c.actor
		there.Permissions = held
		if err := there.Cover(reach[environment], what); err != nil {
			return err
		}
	}
	return nil
}

// coverUser says whether the actor holds all that a user holds: whoever acts on another person's account could become them.
func (c *change) coverUser(user hub.User) error {
	reach, err := c.HeldBy(c.ctx, user.ID)
	if err != nil {
		return err
	}
	return c.cover("change the account of "+user.Login, reach)
}

// told writes the event of a change. environment is that of the target, empty for what is shared; changed are the names of
// what changed.
func (c *change) told(environment hub.Environment, action, targetType, id, name string, changed ...string) error {
	details := map[string]any{}
	if len(changed) > 0 {
		details["changed"] = changed
	}
	return c.toldMore(environment, action, targetType, id, name, details)
}

// toldMore is told with details of another kind.
func (c *change) toldMore(environment hub.Environment, action, targetType, id, name string, details map[string]any) error {
	actor := c.actor
	actor.Environment = environment
	return c.Record(c.ctx, actor.Did(action, targetType, id, name, hub.Details(details)))
}

// keeping runs what may take rights from somebody, and undoes it if nobody would be left who may do everything.
func (c *change) keeping(work func() error) error {
	before, err := HasAdministrator(c.ctx, c.Reader)
	if err != nil {
		return err
	}
	if err := work(); err != nil || !before {
		return err
	}
	return KeepAdministrator(c.ctx, c.Reader)
}

// later is the time of a change to what was last changed before: now, and never the same again, since it tells versions apart.
func later(before time.Time) time.Time {
	now := hub.Now()
	if !now.After(before) {
		now = before.Add(time.Millisecond)
	}
	return now
}

// note adds name to changed if it did.
func note(changed *[]string, name string, did bool) {
	if did {
		*changed = append(*changed, name)
	}
}
