package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// SeenService is a service as far as somebody may see it.
type SeenService struct {
	hub.Service
	Whole   bool // all settings, not only what everybody sees who may use the service
	Secrets []hub.Secret
}

// Service gives a service by id, key or name, "me" being the service that asks. Its settings, and what is known of its
// secrets, are for hub:service-read, hub:admin-read and the service itself; whoever may use it sees what it is called. Errors:
// fault.NotFound, also for a service that the actor may not know of.
func (d *Directory) Service(ctx context.Context, actor hub.Actor, environment hub.Environment, name string) (SeenService, error) {
	none := fault.New(fault.NotFound, "there is no service %s", name)
	if hub.Fold(name) == "me" && actor.ServiceID != "" {
		name = actor.ServiceID
	}
	service, err := d.Store.ServiceByName(ctx, environment, name)
	if fault.Is(err, fault.NotFound) || actor.Within(environment) != nil {
		return SeenService{}, none
	}
	if err != nil {
		return SeenService{}, err
	}
	if seesService(actor, service) {
		secrets, err := d.Store.Secrets(ctx, environment, service.ID)
		return SeenService{service, true, secrets}, err
	}
	if !hub.MayUse(service, nil, actor.Permissions) {
		groups, err := d.groupIDs(ctx, actor)
		if err != nil {
			return SeenService{}, err
		}
		if !hub.MayUse(service, groups, actor.Permissions) {
			return SeenService{}, none
		}
	}
	return SeenService{Service: service}, nil
}

// ServicesNamed gives the services with these ids, keys or names, each as Service does but for its secrets; those that are not there,
// or that the actor may not know of, are left out, and one that is meant twice comes twice. Errors: fault.Unavailable.
func (d *Directory) ServicesNamed(ctx context.Context, actor hub.Actor, environment hub.Environment, names []string) ([]hub.Service, error) {
	if len(names) == 0 || actor.Within(environment) != nil {
		return nil, nil
	}
	found, err := d.Store.ServicesByName(ctx, environment, names)
	var groups []string
	hidden := func(service hub.Service) bool {
		return !hub.MayUse(service, groups, actor.Permissions) && !seesService(actor, service)
	}
	if err != nil || !slices.ContainsFunc(found, hidden) {
		return found, err
	}
	groups, err = d.groupIDs(ctx, actor)
	return slices.DeleteFunc(found, hidden), err
}

// groupIDs are the groups in which the actor is.
func (d *Directory) groupIDs(ctx context.Context, actor hub.Actor) ([]string, error) {
	if actor.User.ID == "" {
		return nil, nil
	}
	of, err := d.Store.GroupsOfUser(ctx, actor.User.ID)
	ids := make([]string, len(of))
	for i, group := range of {
		ids[i] = group.ID
	}
	return ids, err
}

// seesService is the rule who may see all settings of a service.
func seesService(actor hub.Actor, service hub.Service) bool {
	return actor.ServiceID == service.ID || actor.Require("service-read", service.Organisation) == nil ||
		actor.Require("admin-read", "") == nil
}

// wholeService gives a service to whoever may see all of it.
func (d *Directory) wholeService(ctx context.Context, actor hub.Actor, environment hub.Environment, id string) (hub.Service, error) {
	seen, err := d.Service(ctx, actor, environment, id)
	if err == nil && !seen.Whole {
		err = actor.Require("service-read", seen.Organisation)
	}
	return seen.Service, err
}
