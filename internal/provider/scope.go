package provider

import (
	"context"
	"errors"
	"maps"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// wanted is one thing that a request asks a person for.
type wanted struct {
	item       string // as it is remembered: the id of a service, "id:permission", or a reserved item
	service    *client
	permission string // the only one it asks for; empty: whatever the person may do
}

// wantedOf lists what a request asks for: the items of its scope, whatever names they use for a service, a refresh token, and
// the claims it wishes for by name, under the items to which they belong. What this person could not give away is left out;
// who is nil if nobody is known yet.
func (v view) wantedOf(ctx context.Context, asked *oauth.Asked, who *person) ([]wanted, error) {
	byItem := map[string]wanted{}
	add := func(w wanted) { byItem[w.item] = w }
	for _, item := range asked.Scope.Items {
		w, err := v.wantedItem(ctx, item)
		if errors.Is(err, oauth.ErrNotFound) {
			continue // gone since it was looked at
		}
		if err != nil {
			return nil, err
		}
		if w.service == nil || who == nil || hub.MayUse(w.service.service, who.groups, who.permissions[v.environment]) {
			add(w)
		}
	}
	for _, wishes := range []map[string]oauth.ClaimWish{asked.Claims.UserInfo, asked.Claims.IDToken} {
		for claim := range wishes {
			if item := claimItem(claim); item != "" {
				add(wanted{item: item})
			}
		}
	}
	if asked.Offline {
		add(wanted{item: hub.ScopeOfflineAccess})
	}
	all := make([]wanted, 0, len(byItem))
	for _, item := range slices.Sorted(maps.Keys(byItem)) {
		all = append(all, byItem[item])
	}
	return all, nil
}

// claimItem is the scope item under which a claim is told (OpenID Connect Core 1.0 section 5.4); empty: it tells nothing
// about the person.
func claimItem(claim string) string {
	switch claim {
	case "email", "email_verified":
		return hub.ScopeEmail
	case "groups":
		return hub.ScopeGroups
	case "name", "preferred_username", "updated_at":
		return hub.ScopeProfile
	}
	return ""
}

// wantedItem finds what an item of a scope names: a reserved item, a service, or one permission of a service.
func (v view) wantedItem(ctx context.Context, item string) (wanted, error) {
	if hub.IsReservedScope(item) {
		return wanted{item: item}, nil
	}
	for name, permission := range oauth.ScopeNames(item) {
		found, err := v.service(ctx, name)
		switch {
		case errors.Is(err, oauth.ErrNotFound):
			continue
		case err != nil:
			return wanted{}, err
		case permission == "":
			return wanted{item: found.service.ID, service: found}, nil
		}
		return wanted{item: found.service.ID + ":" + permission, service: found, permission: permission}, nil
	}
	return wanted{}, oauth.ErrNotFound
}
