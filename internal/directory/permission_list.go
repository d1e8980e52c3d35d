package directory

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// ServicePermission is something that can be done at a service.
type ServicePermission struct {
	hub.Permission
	Service hub.Service
}

// FullKey is the whole key, of service and permission.
func (p ServicePermission) FullKey() string { return p.Service.Key + ":" + p.Key }

// Permissions lists what can be done at the services of an environment whose settings the actor may see, or at one that is
// named, by id, key or name. Errors: those of Services.
func (d *Directory) Permissions(ctx context.Context, actor hub.Actor, environment hub.Environment, service string) ([]ServicePermission, error) {
	asked := query.List{Limit: servicesAtATime}
	if service != "" {
		seen, err := d.Service(ctx, actor, environment, service)
		if err != nil {
			return nil, err
		}
		asked.Where = query.Is("id", seen.ID)
	}
	list := []ServicePermission{}
	for {
		page, err := d.Services(ctx, actor, environment, asked)
		if err != nil {
			return nil, err
		}
		for _, seen := range page.Items {
			if !seen.Whole {
				continue
			}
			for _, one := range seen.Permissions {
				list = append(list, ServicePermission{one, seen.Service})
			}
		}
		if asked.After = page.Next; asked.After == "" {
			return list, nil
		}
	}
}
