package directory

import (
	"context"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// HeldPermission is one permission that somebody holds: everywhere, or in organisations.
type HeldPermission struct {
	Key           string // of service and permission
	Everywhere    bool
	Organisations []string // ids, where it is not held everywhere
}

// servicesAtATime is how many services one question asks for.
const servicesAtATime = 1000

// Holds lists what the actor may do at services, by id, key or name; at every service where that is something if none is named.
func (d *Directory) Holds(ctx context.Context, actor hub.Actor, environment hub.Environment, names []string) ([]HeldPermission, error) {
	services, err := d.servicesOf(ctx, actor, environment, names)
	if err != nil {
		return nil, err
	}
	held := []HeldPermission{}
	for _, service := range services {
		for _, one := range service.Permissions {
			permission := HeldPermission{Key: service.Key + ":" + one.Key}
			permission.Everywhere = actor.Permissions.HasIn("", permission.Key)
			if !permission.Everywhere {
				permission.Organisations = actor.Permissions.OrganisationsOf(permission.Key)
			}
			if permission.Everywhere || len(permission.Organisations) > 0 {
				held = append(held, permission)
			}
		}
	}
	return held, nil
}

// servicesOf finds the services that are named, or those where the actor holds anything.
func (d *Directory) servicesOf(ctx context.Context, actor hub.Actor, environment hub.Environment, names []string) ([]hub.Service, error) {
	if len(names) == 0 && actor.Permissions.Everything() {
		return d.allServices(ctx, environment)
	}
	if len(names) == 0 {
		for _, key := range actor.Permissions.Anywhere() {
			service, _, _ := strings.Cut(key, ":")
			names = append(names, service)
		}
	}
	var services []hub.Service
	asked, found := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		if asked[name] {
			continue
		}
		asked[name] = true
		service, err := d.Store.ServiceByName(ctx, environment, name)
		if fault.Is(err, fault.NotFound) || err == nil && found[service.ID] {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[service.ID] = true
		services = append(services, service)
	}
	return services, nil
}

func (d *Directory) allServices(ctx context.Context, environment hub.Environment) ([]hub.Service, error) {
	var all []hub.Service
	for after := ""; ; after = all[len(all)-1].Name {
		some, err := d.Store.Services(ctx, environment, after, servicesAtATime)
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(some) < servicesAtATime {
			return all, nil
		}
	}
}
