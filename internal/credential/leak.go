package credential

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// The bounds of what a stranger reports.
const (
	minLeaked   = 16   // a shorter secret, brought along, could be guessed here and so ended by anybody
	maxLeaked   = 2048 // bytes
	maxSource   = 500  // bytes
	leaksAtOnce = 20
)

// ReportLeak takes a report that a secret was found where it does not belong: it does not matter by whom, and whoever reports
// learns nothing. Whatever is reported, the same is done: a keyed hash is kept, and EndLeaked looks for it later, so that
// neither answer nor time tell whether it is a live secret of ours. A signed access token is known by its signature, which tells
// whoever has it nothing that it does not say itself. What is too short to be looked for is not told apart
// either. Errors: fault.Limited if too many reports wait.
func (cs *Credentials) ReportLeak(ctx context.Context, from netip.Addr, text, source string) error {
	report := store.LeakReport{ID: hub.NewID(), Source: clip(source), Address: from.Unmap().String(), At: cs.Store.Now()}
	if cs.Signed != nil {
		var err error
		if report.Token, err = cs.Signed(ctx, text); err != nil {
			return err
		}
	}
	if text = text[:min(len(text), maxLeaked)]; len(text) < minLeaked {
		text = "too short to be looked for/" + text // nothing has this digest
	}
	report.Digest = cs.Master.Digest(text)
	return cs.Store.ReportLeak(ctx, report)
}

// clip makes text of a stranger short, and one that every database keeps.
func clip(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), maxSource)], "\x00", "?"), "?")
}

// EndLeaked looks for the secrets that were reported and ends those that are live, of any kind and environment, with an event
// and a letter to their owners and to the administrators. Any number of nodes may run it; each report is taken once.
func (cs *Credentials) EndLeaked(ctx context.Context) error {
	for {
		reports, err := cs.Store.LeakReports(ctx, leaksAtOnce)
		if err != nil || len(reports) == 0 {
			return err
		}
		for _, report := range reports { // one that makes trouble does not keep the others
			err = errors.Join(err, cs.Store.Tx(ctx, func(tx *store.Tx) error { return cs.endLeaked(ctx, tx, report) }))
		}
		if err != nil {
			return err
		}
	}
}

func (cs *Credentials) endLeaked(ctx context.Context, tx *store.Tx, report store.LeakReport) error {
	if mine, err := tx.TakeLeakReport(ctx, report.ID); err != nil || !mine {
		return err
	}
	found, err := tx.LeakedBy(ctx, report.Digest)
	if err != nil {
		return err
	}
	actor := hub.System("leak")
	actor.Address, _ = netip.ParseAddr(report.Address)
	l := &leak{change: &change{Tx: tx, ctx: ctx, actor: actor, now: cs.Store.Now()}, credentials: cs, report: report}
	return l.end(found)
}

// leak is a change that ends what one leaked secret opens.
type leak struct {
	*change
	credentials *Credentials
	report      store.LeakReport
	admins      []hub.User // nil: not looked for yet
}

func (l *leak) end(found store.Leaked) error {
	for _, token := range found.PermanentTokens {
		if err := l.DeletePermanentToken(l.ctx, token.ID); err != nil {
			return err
		}
		if err := l.tell(token.Environment, KindPermanentToken, token.ID, token.Name, token.UserID); err != nil {
			return err
		}
	}
	for _, password := range found.ApplicationPasswords {
		if err := l.DeleteApplicationPassword(l.ctx, password.ID); err != nil {
			return err
		}
		if err := l.tell("", KindApplicationPassword, password.ID, password.Name, password.UserID); err != nil {
			return err
		}
	}
	for _, one := range found.Secrets {
		if err := l.endSecret(one); err != nil {
			return err
		}
	}
	for _, app := range found.Apps {
		if err := l.endKey(app); err != nil {
			return err
		}
	}
	for _, family := range found.Families {
		if err := l.endLeakedFamily(family); err != nil {
			return err
		}
	}
	for _, token := range found.OpaqueTokens {
		if err := l.DeleteOpaqueToken(l.ctx, token.Digest); err != nil {
			return err
		}
		if err := l.tell(token.Environment, "access-token", token.TokenID, "", token.Subject); err != nil {
			return err
		}
	}
	return l.endSigned()
}

// endSigned ends a signed access token as far as that can be: for whoever asks Hub about it. Who checks signatures alone takes it
// until its end.
func (l *leak) endSigned() error {
	token := l.report.Token
	if token.ID == "" || !token.ExpiresAt.After(l.now) {
		return nil
	}
	first, err := l.RevokeTokenOnce(l.ctx, hub.RevokedToken{Environment: token.Environment, TokenID: token.ID, ExpiresAt: token.ExpiresAt})
	if err != nil || !first {
		return err
	}
	return l.tell(token.Environment, "access-token", token.ID, "", token.Subject)
}

// endSecret ends a secret of a service or an API client. Another secret of the same owner lives on.
func (l *leak) endSecret(one hub.Secret) error {
	if err := l.DeleteSecret(l.ctx, one.ID); err != nil {
		return err
	}
	client, err := l.APIClient(l.ctx, one.Environment, one.Owner)
	if err == nil {
		return l.tell(one.Environment, KindAPIClient, client.ID, client.Label, client.UserID)
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	service, err := l.Service(l.ctx, one.Environment, one.Owner)
	if err != nil {
		return err
	}
	return l.tell(one.Environment, KindService, service.ID, service.Key, "")
}

// endKey ends a key of an app. An app always has one, so it gets another, which its owner can have shown.
func (l *leak) endKey(app hub.App) error {
	if secret.Equal(app.Digest, l.report.Digest) {
		setKey(&app, l.credentials.Master, secret.New(secret.AppKey, app.Environment == hub.Test))
	} else {
		app.PreviousDigest, app.PreviousEndsAt = nil, time.Time{}
	}
	if err := l.UpdateApp(l.ctx, app); err != nil {
		return err
	}
	return l.tell(app.Environment, KindApp, app.ID, app.Label, app.UserID)
}

func (l *leak) endLeakedFamily(family hub.Family) error {
	ended, err := l.EndFamily(l.ctx, family.Environment, family.ID, l.now, l.now.Add(hub.RevokedFor))
	if err != nil || !ended {
		return err
	}
	return l.tell(family.Environment, KindRefreshToken, family.ID, "", family.UserID)
}

// tell writes the event, and letters to the owner and to the administrators. What the reporter wrote stands in the event only:
// a letter of ours carries no stranger's words.
func (l *leak) tell(environment hub.Environment, kind Kind, id, name, userID string) error {
	err := l.told(environment, "secret.leak", string(kind), id, name, map[string]any{"source": l.report.Source, "owner": userID})
	if err != nil || l.credentials.Tell == nil {
		return err
	}
	what := "the " + strings.ReplaceAll(string(kind), "-", " ")
	if name != "" {
		what += fmt.Sprintf(" %q", name)
	}
	owner, err := l.User(l.ctx, userID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil {
		what += " of " + owner.Login
		if err := l.credentials.Tell(l.ctx, l.Tx, owner, LeakNotice{What: what, Owner: true}); err != nil {
			return err
		}
	}
	if l.admins == nil {
		if l.admins, err = l.administrators(); err != nil {
			return err
		}
	}
	for _, admin := range l.admins {
		if admin.ID == owner.ID {
			continue
		}
		if err := l.credentials.Tell(l.ctx, l.Tx, admin, LeakNotice{What: what}); err != nil {
			return err
		}
	}
	return nil
}

// mostAdministrators is how many administrators a letter goes to.
const mostAdministrators = 10

// administrators finds people who may do everything, by a role of their own or of a group.
func (c *change) administrators() ([]hub.User, error) {
	roles, err := c.Roles(c.ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, role := range roles {
		all[role.ID] = hub.NewPermissions(role.Permissions...).Everything()
	}
	grants, err := c.Grants(c.ctx)
	if err != nil {
		return nil, err
	}
	people := []hub.User{}
	seen := map[string]bool{}
	for _, grant := range grants {
		if !all[grant.RoleID] || grant.Organisation != "" {
			continue
		}
		holders, err := c.holders(grant)
		if err != nil {
			return nil, err
		}
		for _, user := range holders {
			if user.Active() && user.Email != "" && !seen[user.ID] && len(people) < mostAdministrators {
				seen[user.ID] = true
				people = append(people, user)
			}
		}
	}
	return people, nil
}

func (c *change) holders(grant hub.Grant) ([]hub.User, error) {
	switch grant.HolderKind {
	case hub.HolderUser:
		user, err := c.User(c.ctx, grant.HolderID)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return []hub.User{user}, err
	case hub.HolderGroup:
		return c.MembersOfGroup(c.ctx, grant.HolderID, "", mostAdministrators)
	}
	return nil, nil
}
