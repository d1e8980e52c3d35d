package provider

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// Actor says who a live token makes its bearer: with the permissions that are left after every cap of the token, and
// whether it may do what needs a fresh sign-in. That is so for a permanent token made for it, for an access token soon after
// the person signed in, for an API client that was not limited, and for a service by its own roles; never for an app, whose key can be
// seen again.
func (p *Provider) Actor(ctx context.Context, environment hub.Environment, live *oauth.Live, door string, address netip.Addr) (hub.Actor, error) {
	v := view{p.node, environment}
	held, err := v.heldByToken(ctx, live.AccessToken)
	if err != nil {
		return hub.Actor{}, err
	}
	if confined, yes := live.Confined(hub.HubServiceID, hub.HubServiceKey, hub.HubServiceName); yes {
		keys := make([]string, len(confined))
		for i, key := range confined {
			keys[i] = hub.HubServiceKey + ":" + strings.TrimSpace(key)
		}
		held = held.Intersect(hub.NewPermissions(keys...))
	}
	actor := hub.Actor{
		Environment: environment, Permissions: held, Door: door,
		Credential: live.ClientID, Address: address, Name: live.Owner.Username,
	}
	if live.OwnBehalf() {
		actor.ServiceID, actor.Fresh = live.Subject, true
		return actor, nil
	}
	actor.User, _ = p.User(live.Owner)
	actor.Name = actor.User.Name
	if found, is := live.Detail.(*permanent); is {
		actor.Credential, actor.ReadOnly = found.row.ID, found.row.ReadOnly
		actor.Fresh = slices.Contains(found.row.Scope, hub.ScopeAdminister)
		return actor, nil
	}
	behind, _ := live.Client.Detail.(*client)
	switch {
	case behind != nil && behind.service.ID == "":
		actor.Fresh = behind.api.ID != "" && !behind.api.Limited
	case live.AuthTime.IsZero():
		actor.Program = true // whoever signs in, does so at some time
	default:
		actor.Fresh = signin.Recent(live.AuthTime, p.Store.Now(), signin.FreshFor)
	}
	return actor, nil
}

// ProgramActor says who a proven application password makes its bearer: its user, who by it administers nothing and
// never does what needs a fresh sign-in.
func (p *Provider) ProgramActor(ctx context.Context, environment hub.Environment, proven signin.Program, origin oauth.Origin) (hub.Actor, error) {
	who, err := p.person(ctx, proven.User.ID)
	if err != nil {
		return hub.Actor{}, err
	}
	p.ledger.used(useKey{kind: store.ApplicationPasswordUsed, environment: environment, id: proven.ApplicationPassword}, origin)
	return hub.Actor{User: who.user, Name: who.user.Name, Environment: environment, Permissions: who.permissions[environment],
		Program: true, Door: origin.Door, Credential: proven.ApplicationPassword, Address: origin.Address}, nil
}

// User gives the user behind a subject.
func (p *Provider) User(subject *oauth.Subject) (hub.User, bool) { return userOf(subject) }

func userOf(subject *oauth.Subject) (hub.User, bool) {
	if who, is := subject.Detail.(*person); is {
		return who.user, true
	}
	return hub.User{}, false
}

// Service gives the service behind a client.
func (p *Provider) Service(of *oauth.Client) (hub.Service, bool) {
	if behind, is := of.Detail.(*client); is && behind.service.ID != "" {
		return behind.service, true
	}
	return hub.Service{}, false
}
