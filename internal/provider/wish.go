package provider

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
)

// Wish is what a client asks a person for, for the pages that tell.
type Wish struct {
	Asked   *oauth.Asked
	Service hub.Service // the client
	// Said is what a client says of itself that registered itself; Unvouched, that nobody here has looked at it.
	Said      oauth.ClientMetadata
	Unvouched bool

	// What the person has not allowed it before.
	Profile, Email, Groups bool
	Offline                bool // a refresh token
	Abilities              []Ability
}

// Ability is what a client asks to do at another service with the person's rights.
type Ability struct {
	Service     hub.Service
	Whole       bool             // whatever the person may do there
	Permissions []hub.Permission // otherwise, the only ones it asks for
	Administer  bool             // also what needs a fresh sign-in, as Hub's own API allows soon after one
}

// Wish says what the request of a service asks the one for who is signed in; of somebody unknown, everything. It is nil for
// a request that is not sound, which is for the authorization endpoint to tell.
func (p *Provider) Wish(
	ctx context.Context, environment hub.Environment, server *oauth.Server, visit signin.Visit, request oauth.Parameters,
) (*Wish, error) {
	asked := understood(ctx, server, request)
	if asked == nil {
		return nil, nil
	}
	v := view{p.node, environment}
	var who *person
	if visit.SignedIn() {
		var err error
		if who, err = v.person(ctx, visit.User.ID); err != nil {
			return nil, err
		}
	}
	if asked.Prompts("consent") { // it wants the person to see it all
		all, err := v.wantedOf(ctx, asked, who)
		return newWish(asked, all), err
	}
	missing, _, err := v.unapproved(ctx, asked, who)
	return newWish(asked, missing), err
}

// understood looks at a request without an answer to it; nil if it is not sound, or says only where the request is to be found:
// the authorization endpoint makes it one that cannot change between what a person is shown and what that person allows.
func understood(ctx context.Context, server *oauth.Server, request oauth.Parameters) *oauth.Asked {
	answer := server.Authorize(ctx, &oauth.AuthorizeRequest{
		Origin: oauth.Origin{Door: "page", Looking: true}, Parameters: request, Session: preview{},
	})
	if answer.Step == nil || answer.Asked.Fetched {
		return nil
	}
	return answer.Asked
}

func newWish(asked *oauth.Asked, all []wanted) *Wish {
	wish := &Wish{Asked: asked}
	if behind, known := asked.Client.Detail.(*client); known {
		wish.Service, wish.Said, wish.Unvouched = behind.service, behind.said, asked.Client.Unvouched
	}
	flags := map[string]*bool{
		hub.ScopeProfile: &wish.Profile, hub.ScopeEmail: &wish.Email,
		hub.ScopeGroups: &wish.Groups, hub.ScopeOfflineAccess: &wish.Offline,
	}
	places := map[string]int{}
	for _, w := range all {
		if flag := flags[w.item]; flag != nil {
			*flag = true
		}
		if w.service == nil || w.service.service.ID == asked.Client.ID {
			continue // signing in to the service itself is what the page is about
		}
		at, there := places[w.service.service.ID]
		if !there {
			at = len(wish.Abilities)
			places[w.service.service.ID] = at
			wish.Abilities = append(wish.Abilities, Ability{Service: w.service.service})
		}
		wish.Abilities[at].add(w)
	}
	wish.Abilities = slices.DeleteFunc(wish.Abilities, func(a Ability) bool {
		return !a.Whole && len(a.Permissions) == 0 // permissions that do not exist
	})
	return wish
}

// add widens an ability.
func (a *Ability) add(w wanted) {
	if w.permission == "" {
		a.Whole, a.Permissions, a.Administer = true, nil, a.Service.ID == hub.HubServiceID
		return
	}
	for _, permission := range a.Service.Permissions {
		if permission.Key == w.permission && !a.Whole {
			a.Permissions = append(a.Permissions, permission)
		}
	}
}
