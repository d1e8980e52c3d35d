package credential

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// change is one transaction in which an actor changes a credential of somebody.
type change struct {
	*store.Tx
	ctx   context.Context
	actor hub.Actor
	owner hub.User
	now   time.Time // by the clock of the database, which all nodes share
}

// do runs a change of a credential that belongs to a user. It is not begun by a credential that may only read.
func (cs *Credentials) do(ctx context.Context, actor hub.Actor, work func(c *change) error) error {
	if err := actor.Change(); err != nil {
		return err
	}
	return cs.Store.Tx(ctx, func(tx *store.Tx) error { return work(&change{Tx: tx, ctx: ctx, actor: actor, now: cs.Store.Now()}) })
}

// of says whose credential it is, and whether the actor may touch those at all: own ones by hub:self-update, those of
// others by hub:user-update.
func (c *change) of(userID string) (err error) {
	if c.owner, err = owner(c.ctx, c.Reader, c.actor, userID, "user-update"); err != nil {
		return err
	}
	return c.actor.Require(c.needed(), c.owner.Organisation)
}

// ofIn is of for what is good in one environment: the actor has to be of it.
func (c *change) ofIn(environment hub.Environment, userID string) error {
	if err := c.actor.Within(environment); err != nil {
		return err
	}
	return c.of(userID)
}

// needed is the permission to touch what the owner holds.
func (c *change) needed() string {
	if c.actor.User.ID == c.owner.ID {
		return "self-update"
	}
	return "user-update"
}

// ofBoth is of for what is good in both environments: whoever comes from the test environment needs the permission in
// production too.
func (c *change) ofBoth(userID string) error {
	if err := c.of(userID); err != nil || c.actor.Environment != hub.Test {
		return err
	}
	own, err := c.HeldBy(c.ctx, c.actor.User.ID)
	if err != nil {
		return err
	}
	everywhere := c.actor
	everywhere.Permissions = c.actor.HeldIn(hub.Production, own[hub.Production])
	return everywhere.Require(c.needed(), c.owner.Organisation)
}

// MayAct is the rule who may make or take away what a user signs in with, for rooms where such things are made: the user, or
// whoever has hub:user-update and holds all that the user holds, after a fresh sign-in. It gives the user. Errors: fault.NotFound,
// fault.Forbidden, fault.StepUp.
func MayAct(ctx context.Context, tx *store.Tx, actor hub.Actor, userID string) (hub.User, error) {
	c := &change{Tx: tx, ctx: ctx, actor: actor}
	if err := actor.Change(); err != nil {
		return hub.User{}, err
	}
	if err := c.ofBoth(userID); err != nil {
		return hub.User{}, err
	}
	return c.owner, c.mayMake(hub.Environments()...)
}

// mayMake is the rule who may make, or see, a credential with which one acts as its owner in these environments: after a
// fresh sign-in, and only whoever holds all that the owner holds there. For oneself that keeps a confined credential from
// making one that is not.
func (c *change) mayMake(environments ...hub.Environment) error {
	if err := c.actor.StepUp(); err != nil {
		return err
	}
	theirs, err := c.HeldBy(c.ctx, c.owner.ID)
	if err != nil {
		return err
	}
	return c.cover("make a credential of "+c.owner.Login, theirs, environments)
}

// cover says whether the actor holds all of reach in the environments named.
func (c *change) cover(what string, reach map[hub.Environment]hub.Permissions, environments []hub.Environment) error {
	own, err := c.HeldBy(c.ctx, c.actor.User.ID)
	if err != nil {
		return err
	}
	for _, environment := range environments {
		there := c.actor
		there.Permissions = c.actor.HeldIn(environment, own[environment])
		if err := there.Cover(reach[environment], what); err != nil {
			return err
		}
	}
	return nil
}

// told writes the event of a change; details never hold a secret.
func (c *change) told(environment hub.Environment, action, targetType, id, name string, details map[string]any) error {
	actor := c.actor
	actor.Environment = environment
	if c.owner.ID != "" && c.owner.ID != c.actor.User.ID {
		if details == nil {
			details = map[string]any{}
		}
		details["user"] = c.owner.ID
	}
	return c.Record(c.ctx, actor.Did(action, targetType, id, name, hub.Details(details)))
}

// mostHeld is how many credentials of one kind a user has at most: a script that makes one at each run shall notice.
const mostHeld = 1000

func tooMany(what string) error {
	return fault.New(fault.Conflict, "nobody has more than %d %s: delete those that are not used", mostHeld, what)
}

// note adds name to changed if it did.
func note(changed *[]string, name string, did bool) {
	if did {
		*changed = append(*changed, name)
	}
}

// environmentField says what is wrong with an environment.
func environmentField(environment hub.Environment) fault.Field {
	if environment.Valid() {
		return fault.Field{}
	}
	return fault.Field{Name: "environment", Reason: "must be production or test"}
}
