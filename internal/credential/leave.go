package credential

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Leaving says how somebody leaves.
type Leaving struct {
	UserID     string
	Reason     string // becomes the reason of the ban
	KeepRights bool   // groups and roles stay, for somebody who will come back
}

// Ended is one thing that the leaver had and has no more.
type Ended struct {
	Kind        string // a Kind, "group" or "role"
	ID          string
	Name        string
	Environment hub.Environment // empty: of both
}

// Receipt says what the leaver had, for the record.
type Receipt struct {
	User   hub.User
	At     time.Time
	Banned bool    // false: the leaver was banned before
	Ended  []Ended // deleted or, for API clients and apps, disabled
	// MadeForOthers are tokens of other users that the leaver made and may have kept: they live on, and are to be replaced.
	MadeForOthers []Token
}

// mostMadeForOthers is how many of those a receipt names.
const mostMadeForOthers = 1000

// Leave ends everything of a user in one transaction: the user is banned, signed out everywhere, and loses refresh tokens,
// approved scopes, permanent tokens, application passwords, groups and roles; API clients and apps are disabled, so that
// whoever depends on one can see whose it was. It needs hub:user-update and permissions that cover the user's. Again is no
// error: the receipt then tells of what has come up since.
//
// Errors: fault.NotFound, fault.Forbidden; fault.Conflict for the guest, for oneself, and for the last administrator.
func (cs *Credentials) Leave(ctx context.Context, actor hub.Actor, leaving Leaving) (Receipt, error) {
	if reason := hub.CheckDescription(leaving.Reason); reason != "" {
		return Receipt{}, fault.Fields("the user cannot leave so:", fault.Field{Name: "reason", Reason: reason})
	}
	var receipt Receipt
	err := cs.do(ctx, actor, func(c *change) error {
		receipt = Receipt{At: c.now}
		if err := c.mayEnd(leaving.UserID); err != nil {
			return err
		}
		before, err := cs.HasAdministrator(ctx, c.Reader)
		if err != nil {
			return err
		}
		l := leaver{change: c, receipt: &receipt}
		for _, step := range []func() error{
			func() error { return l.ban(leaving.Reason) },
			l.sessions, l.consents, l.tokens, l.machines,
			func() error { return l.rights(leaving.KeepRights) },
			l.others,
		} {
			if err := step(); err != nil {
				return err
			}
		}
		if still, err := cs.HasAdministrator(ctx, c.Reader); err != nil || before && !still {
			return orLast(err)
		}
		receipt.User = c.owner
		return c.told("", "user.leave", "user", c.owner.ID, c.owner.Login, map[string]any{"ended": len(receipt.Ended)})
	})
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

func orLast(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "nobody would be left who may do everything: give someone else the role System Admin first")
}

// mayEnd is the rule who may end everything of whom.
func (c *change) mayEnd(userID string) error {
	if err := c.ofBoth(userID); err != nil {
		return err
	}
	switch {
	case c.owner.BuiltIn():
		return fault.New(fault.Conflict, "the guest cannot leave: ban it")
	case c.actor.User.ID == c.owner.ID:
		return fault.New(fault.Conflict, "you cannot end your own account: ask another administrator")
	}
	theirs, err := c.HeldBy(c.ctx, c.owner.ID)
	if err != nil {
		return err
	}
	return c.cover("end the account of "+c.owner.Login, theirs, hub.Environments())
}

// leaver is a change that ends everything of its owner.
type leaver struct {
	*change
	receipt *Receipt
}

func (l *leaver) ended(kind Kind, id, name string, environment hub.Environment) {
	l.receipt.Ended = append(l.receipt.Ended, Ended{Kind: string(kind), ID: id, Name: name, Environment: environment})
}

func (l *leaver) ban(reason string) error {
	if l.receipt.Banned = !l.owner.Banned; !l.receipt.Banned {
		return nil
	}
	l.owner.Banned, l.owner.BanReason, l.owner.UpdatedAt = true, reason, l.receipt.At
	if l.owner.BanReason == "" {
		l.owner.BanReason = "left"
	}
	if err := l.UpdateUser(l.ctx, l.owner); err != nil {
		return err
	}
	if err := l.DeleteResetCodesOfUser(l.ctx, l.owner.ID); err != nil {
		return err
	}
	return l.told("", "user.update", "user", l.owner.ID, l.owner.Login, map[string]any{"changed": []string{"banned", "banReason"}})
}

func (l *leaver) sessions() error {
	sessions, err := l.SessionsOfUser(l.ctx, l.owner.ID)
	for _, session := range sessions {
		if err == nil {
			err = l.endSession(session)
			l.ended(KindSession, session.ID, session.Agent, "")
		}
	}
	return err
}

// consents ends what services were given: refresh tokens and approved scopes, and by the cut every access token that is about.
func (l *leaver) consents() error {
	families, err := l.FamiliesOfUser(l.ctx, l.owner.ID, l.receipt.At)
	if err != nil {
		return err
	}
	for _, family := range families {
		if err := l.endFamily(family, "the user left"); err != nil {
			return err
		}
		l.ended(KindRefreshToken, family.ID, family.ClientID, family.Environment)
	}
	if _, err := l.EndFamiliesOfUser(l.ctx, l.owner.ID, l.receipt.At, l.receipt.At.Add(hub.RevokedFor)); err != nil {
		return err
	}
	approved, err := l.ApprovedScopesOfUser(l.ctx, l.owner.ID)
	for _, one := range approved {
		if err == nil {
			err = l.withdraw(one)
			l.ended(KindApprovedScope, one.ID, one.ClientID, one.Environment)
		}
	}
	return err
}

func (l *leaver) tokens() error {
	tokens, err := l.PermanentTokensOfUser(l.ctx, l.owner.ID)
	for _, token := range tokens {
		if err == nil {
			err = l.endPermanentToken(token)
			l.ended(KindPermanentToken, token.ID, token.Name, token.Environment)
		}
	}
	if err != nil {
		return err
	}
	passwords, err := l.ApplicationPasswordsOfUser(l.ctx, l.owner.ID)
	for _, password := range passwords {
		if err == nil {
			err = l.endApplicationPassword(password)
			l.ended(KindApplicationPassword, password.ID, password.Name, "")
		}
	}
	return err
}

// machines disables what acts as the leaver under a name of its own.
func (l *leaver) machines() error {
	changed := map[string]any{"changed": []string{"disabled"}}
	for _, environment := range hub.Environments() {
		clients, err := l.APIClientsOfUser(l.ctx, environment, l.owner.ID)
		if err != nil {
			return err
		}
		for _, client := range clients {
			if client.Disabled {
				continue
			}
			client.Disabled = true
			if err := l.UpdateAPIClient(l.ctx, client); err != nil {
				return err
			}
			if err := l.told(environment, "api-client.update", "api-client", client.ID, client.Label, changed); err != nil {
				return err
			}
			l.ended(KindAPIClient, client.ID, client.Label, environment)
		}
		apps, err := l.AppsOfUser(l.ctx, environment, l.owner.ID)
		if err != nil {
			return err
		}
		for _, app := range apps {
			if app.Disabled {
				continue
			}
			app.Disabled = true
			if err := l.UpdateApp(l.ctx, app); err != nil {
				return err
			}
			if err := l.told(environment, "app.update", "app", app.ID, app.Label, changed); err != nil {
				return err
			}
			l.ended(KindApp, app.ID, app.Label, environment)
		}
	}
	return nil
}

// others looks for tokens of other users that the leaver has seen.
func (l *leaver) others() error {
	tokens, err := l.PermanentTokensMadeForOthers(l.ctx, l.owner.ID, mostMadeForOthers)
	if err != nil {
		return err
	}
	l.receipt.MadeForOthers = nil
	for _, token := range tokens {
		r := l.reading()
		if r.owner, err = l.User(l.ctx, token.UserID); err != nil {
			return err
		}
		shown, err := r.token(token)
		if err != nil {
			return err
		}
		l.receipt.MadeForOthers = append(l.receipt.MadeForOthers, shown)
	}
	return nil
}

// rights takes the leaver out of groups and roles.
func (l *leaver) rights(keep bool) error {
	if keep {
		return nil
	}
	groups, err := l.GroupsOfUser(l.ctx, l.owner.ID)
	if err != nil {
		return err
	}
	for _, group := range groups {
		switch err := l.RemoveMember(l.ctx, group.ID, l.owner.ID); {
		case fault.Is(err, fault.NotFound): // only by way of another group
			continue
		case err != nil:
			return err
		}
		if err := l.told("", "group.remove-member", "user", l.owner.ID, l.owner.Login, map[string]any{"group": group.Name}); err != nil {
			return err
		}
		l.ended("group", group.ID, group.Name, "")
	}
	grants, err := l.GrantsOf(l.ctx, hub.HolderUser, l.owner.ID)
	if err != nil {
		return err
	}
	for _, grant := range grants {
		role, err := l.Role(l.ctx, grant.RoleID)
		if err != nil {
			return err
		}
		if err := l.DeleteGrant(l.ctx, grant.ID); err != nil {
			return err
		}
		details := map[string]any{"grant": grant.ID, "role": role.Key}
		if err := l.told(grant.Environment, "grant.delete", "user", l.owner.ID, l.owner.Login, details); err != nil {
			return err
		}
		l.ended("role", grant.ID, role.Name, grant.Environment)
	}
	return nil
}
