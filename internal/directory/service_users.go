package directory

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// ServiceUser is somebody who uses a service, and by what.
type ServiceUser struct{ store.ServiceUser }

// ServiceUsers are those who use a service, in the order of their ids.
type ServiceUsers struct {
	Users []ServiceUser
	Next  string // where the list goes on; empty at its end
}

// UsersOfService lists who uses a service: those who approved a scope of it, and for whom it holds something that is good. It is for
// whoever may see all of the service, and of people shows those whose credentials the actor may see, by hub:user-update or
// hub:admin-read: where these are held for some organisations only, a page may hold fewer than asked for though there are more.
// Errors: fault.NotFound, fault.Forbidden.
func (d *Directory) UsersOfService(
	ctx context.Context, actor hub.Actor, environment hub.Environment, id, after string, limit int,
) (ServiceUsers, error) {
	service, err := d.wholeService(ctx, actor, environment, id)
	if err != nil {
		return ServiceUsers{}, err
	}
	who, err := d.reads(ctx, actor)
	if err != nil {
		return ServiceUsers{}, err
	}
	everybody := who.may("user-update", "") || who.may("admin-read", "")
	if !everybody && len(who.held.OrganisationsOf(hub.HubServiceKey+":user-update")) == 0 {
		return ServiceUsers{}, who.require("admin-read")
	}
	found, err := d.Store.UsersOfService(ctx, environment, service.ID, after, d.Store.Now(), limit+1)
	if err != nil {
		return ServiceUsers{}, err
	}
	page := ServiceUsers{}
	if len(found) > limit {
		found = found[:limit]
		page.Next = found[limit-1].User.ID
	}
	for _, one := range found {
		if everybody || who.may("user-update", one.User.Organisation) {
			page.Users = append(page.Users, ServiceUser{one})
		}
	}
	return page, nil
}
