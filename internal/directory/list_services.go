package directory

import (
	"context"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// Services lists the services of an environment that an actor may know of: all by hub:admin-read or hub:service-read, those of
// an organisation where it is held there, oneself, and whatever the actor may use. Of the last, settings are not shown, and
// nothing is found by them. Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (d *Directory) Services(ctx context.Context, actor hub.Actor, environment hub.Environment, l query.List) (query.Page[SeenService], error) {
	if err := actor.Within(environment); err != nil {
		return query.Page[SeenService]{}, err
	}
	who := reading{actor, actor.Permissions}
	whole := who.where("service-read")
	if who.may("admin-read", "") {
		whole = query.Node{}
	}
	if actor.ServiceID != "" {
		whole = query.Any(whole, query.Is("id", actor.ServiceID))
	}
	if whole.Op != query.Every {
		usable, err := d.usable(ctx, actor)
		if err != nil {
			return query.Page[SeenService]{}, err
		}
		l.Where = query.All(query.Any(whole, usable), l.Where.Rewrite(func(condition query.Node) query.Node {
			if publicOfService(condition) {
				return condition
			}
			return query.All(condition, whole)
		}))
	}
	page, err := d.Store.ListServices(ctx, environment, l)
	return mapped(page, func(service hub.Service) SeenService {
		return SeenService{Service: service, Whole: seesService(actor, service)}
	}), err
}

// publicOfService reports whether a condition is about what everybody sees who may use a service.
func publicOfService(condition query.Node) bool {
	switch condition.Name {
	case "", "id", "key", "name", "applicationname", "vendor", "version", "homeurl":
		return true
	case "is":
		return hub.Fold(condition.Value) == "trusted"
	}
	return false
}

// usable is the condition that an actor may use a service, as hub.MayUse has it.
func (d *Directory) usable(ctx context.Context, actor hub.Actor) (query.Node, error) {
	may := []query.Node{query.ByID("viewer", hub.AllUsersGroupID)}
	if actor.User.ID != "" {
		groups, err := d.Store.GroupsOfUser(ctx, actor.User.ID)
		if err != nil {
			return query.Node{}, err
		}
		for _, group := range groups {
			may = append(may, query.ByID("viewer", group.ID))
		}
	}
	type place struct{ service, organisation string }
	known := map[place]bool{}
	for _, held := range actor.Permissions.Encode() {
		organisation, permission, confined := strings.Cut(held, "/")
		if !confined {
			organisation, permission = "", held
		}
		service, _, _ := strings.Cut(permission, ":")
		if known[place{service, organisation}] {
			continue
		}
		known[place{service, organisation}] = true
		condition := query.Node{}
		if service != hub.AllPermissions {
			condition = query.Is("key", service)
		}
		if confined {
			condition = query.All(condition, query.ByID("organisation", organisation))
		}
		may = append(may, condition)
	}
	return query.Any(may...), nil
}
