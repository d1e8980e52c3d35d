package directory

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// CreateService registers a service in its environment, by hub:service-create and, since it shows a secret, a fresh sign-in.
// brought is a secret brought along; without one a confidential service gets one made, which is shown this once, unless it
// proves itself with keys of its own. Without a key the service gets one made of its name; without flows those of the settings.
// Only hub:admin-write makes it trusted, or one that asks nobody for consent.
//
// Errors: fault.Invalid by field, fault.Forbidden, fault.StepUp, fault.Conflict for an id, key or name that is taken.
func (d *Directory) CreateService(ctx context.Context, actor hub.Actor, service hub.Service,
	brought secret.Value) (hub.Service, secret.Value, error) {
	if service.ID == "" {
		service.ID = hub.NewRandomID()
	}
	made := service.Key == ""
	if made {
		service.Key = hub.KeyFromName(service.Name)
	}
	if service.Name == "" {
		service.Name = service.Key
	}
	wrong := service.Check()
	if brought != "" {
		if service.Public {
			wrong = append(wrong, fault.Field{Name: "secret", Reason: "must be left out: a public service has none"})
		} else if reason := hub.CheckSecret(brought.Reveal()); reason != "" {
			wrong = append(wrong, fault.Field{Name: "secret", Reason: reason})
		} else if form, _, _ := secret.Recognise(brought.Reveal()); form != secret.Foreign {
			wrong = append(wrong, fault.Field{Name: "secret",
				Reason: "must not begin like a secret that Hub makes: leave it out to have one made"})
		}
	}
	if err := fault.Fields("the service cannot be registered:", wrong...); err != nil {
		return hub.Service{}, "", err
	}
	shown := brought
	if shown == "" && !service.Public && service.AuthMethod != hub.PrivateKeyJWT {
		shown = secret.New(secret.ClientSecret, service.Environment == hub.Test)
	}
	err := d.do(ctx, actor, func(c *change) error {
		there, err := c.organisationNamed(&service.Organisation)
		if err != nil {
			return err
		}
		if err := c.mayCreateService(service, there); err != nil {
			return err
		}
		if made {
			if err := c.freeKey(&service); err != nil {
				return err
			}
		}
		if service.Flows == nil {
			settings, err := c.Settings(ctx)
			if err != nil {
				return err
			}
			service.Flows = slices.DeleteFunc(settings.NewServiceFlows(), func(f hub.Flow) bool {
				return service.Public && f == hub.ClientCredentials // RFC 6749 section 4.4
			})
		}
		service.CreatedAt = d.Store.Now() // its tokens are as old as it at most, on whichever node they are issued
		service.UpdatedAt = service.CreatedAt
		if err := c.InsertService(ctx, service); err != nil {
			return err
		}
		if shown != "" {
			if err := c.InsertSecret(ctx, hub.Secret{ID: hub.NewID(), Owner: service.ID, Environment: service.Environment,
				Digest: d.Master.Digest(shown.Reveal()), Hint: shown.Hint(), CreatedAt: service.CreatedAt}); err != nil {
				return err
			}
		}
		return c.told(service.Environment, "service.create", "service", service.ID, service.Key)
	})
	if err != nil {
		return hub.Service{}, "", err
	}
	return service, shown, nil
}

func (c *change) mayCreateService(service hub.Service, there bool) error {
	if err := c.actor.Within(service.Environment); err != nil {
		return err
	}
	if err := c.actor.Require("service-create", service.Organisation); err != nil {
		return err
	}
	if service.Trusted || service.SkipConsent {
		if err := c.actor.Require("admin-write", ""); err != nil {
			return err
		}
	}
	if err := c.serviceRefers(service, there); err != nil {
		return err
	}
	return c.actor.StepUp()
}

// serviceRefers wants what a service refers to to exist; there says whether its organisation does.
func (c *change) serviceRefers(service hub.Service, there bool) error {
	viewers, err := c.viewersField(service)
	if err != nil {
		return err
	}
	if err := fault.Fields("the service cannot refer to that:", organisationField(there), viewers); err != nil {
		return err
	}
	for _, other := range []func() error{
		func() error { _, err := c.APIClient(c.ctx, service.Environment, service.ID); return err },
		func() error { _, err := c.App(c.ctx, service.Environment, service.ID); return err },
		func() error { _, err := c.User(c.ctx, service.ID); return err }, // RFC 9700 section 4.15: tokens of both bear the id as "sub"
	} {
		switch err := other(); {
		case err == nil:
			return taken("id", "client or user", service.ID)
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	return nil
}

// freeKey numbers a made key until it is free.
func (c *change) freeKey(service *hub.Service) error {
	plain := service.Key
	for n := 2; ; n++ {
		other, err := c.ServiceByName(c.ctx, service.Environment, service.Key)
		if fault.Is(err, fault.NotFound) || err == nil && other.ID == service.ID {
			return nil
		}
		if err != nil || n > 1000 {
			return err
		}
		if hub.Fold(other.Name) == hub.Fold(service.Name) {
			return nil // the name is taken, and whoever inserts it will be told
		}
		service.Key = fmt.Sprintf("%s-%d", plain, n)
	}
}

// UpdateService changes a service: edit gets what is there and sets what shall be. It needs hub:service-update; a service may
// say itself which application, vendor and version it is. Trust, and to ask nobody for consent, need hub:admin-write, and so does
// where answers go of a service that has them. What proves the service (public, its keys, the way it authenticates) needs a fresh
// sign-in and permissions that cover the service's own.
//
// Errors: fault.NotFound, fault.Invalid by field, fault.Forbidden, fault.StepUp, fault.Conflict.
func (d *Directory) UpdateService(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	edit func(*hub.Service)) (hub.Service, error) {
	return d.updateService(ctx, actor, environment, id, edit, nil)
}

// updateService is UpdateService with something that is done in the same transaction, if anything changed.
func (d *Directory) updateService(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	edit func(*hub.Service), also func(*change) error) (hub.Service, error) {
	var service hub.Service
	err := d.do(ctx, actor, func(c *change) error {
		before, secrets, err := c.ServiceWithSecrets(ctx, environment, id)
		if err != nil {
			return fault.Missing(err, "service", id)
		}
		service, _, err = c.ServiceWithSecrets(ctx, environment, id) // a copy that shares nothing
		if err != nil {
			return err
		}
		edit(&service)
		there, err := c.organisationNamed(&service.Organisation)
		if err != nil {
			return err
		}
		service.ID, service.Environment, service.CreatedAt, service.UpdatedAt = before.ID, before.Environment,
			before.CreatedAt, before.UpdatedAt
		changed := serviceChanges(before, service)
		if len(changed) == 0 {
			return nil
		}
		if err := c.mayUpdateService(before, service, changed); err != nil {
			return err
		}
		wrong := append(service.Check(), before.CheckChange(service)...)
		if service.Public && !before.Public && len(secrets) > 0 {
			wrong = append(wrong, fault.Field{Name: "public",
				Reason: "cannot become true while the service has secrets: delete them first"})
		}
		if err := fault.Fields("the service cannot be changed so:", wrong...); err != nil {
			return err
		}
		if err := c.serviceRefers(service, there); err != nil {
			return err
		}
		service.UpdatedAt = later(before.UpdatedAt)
		if err := c.UpdateService(ctx, service); err != nil {
			return err
		}
		if also != nil {
			if err := also(c); err != nil {
				return err
			}
		}
		return c.told(environment, "service.update", "service", service.ID, service.Key, changed...)
	})
	return service, err
}

// serviceChanges names the fields that differ.
func serviceChanges(before, after hub.Service) []string {
	var changed []string
	note(&changed, "key", before.Key != after.Key)
	note(&changed, "name", before.Name != after.Name)
	note(&changed, "organisation", before.Organisation != after.Organisation)
	note(&changed, "trusted", before.Trusted != after.Trusted)
	note(&changed, "public", before.Public != after.Public)
	note(&changed, "disabled", before.Disabled != after.Disabled)
	a, b := reflect.ValueOf(before.ServiceSettings), reflect.ValueOf(after.ServiceSettings)
	for i := range a.NumField() {
		one, other := a.Field(i), b.Field(i)
		if one.Kind() == reflect.Slice && one.Len() == 0 && other.Len() == 0 {
			continue
		}
		note(&changed, a.Type().Field(i).Name, !reflect.DeepEqual(one.Interface(), other.Interface()))
	}
	return changed
}

// ownFields are what a service may say of itself.
func ownFields() []string { return []string{"ApplicationName", "Vendor", "Version", "ReleaseDate"} }

// provingFields are what proves a service, or widens what it may do.
func provingFields() []string {
	return []string{"trusted", "public", "AuthMethod", "JWKS", "JWKSURI"}
}

func (c *change) mayUpdateService(before, after hub.Service, changed []string) error {
	if err := c.actor.Within(before.Environment); err != nil {
		return err
	}
	own := c.actor.ServiceID == before.ID && !slices.ContainsFunc(changed,
		func(name string) bool { return !slices.Contains(ownFields(), name) })
	for _, organisation := range []string{before.Organisation, after.Organisation} {
		if err := c.actor.Require("service-update", organisation); err != nil && !own {
			return err
		}
	}
	touches := func(fields []string) bool {
		return slices.ContainsFunc(changed, func(name string) bool { return slices.Contains(fields, name) })
	}
	vouched := before.Trusted || before.SkipConsent
	if before.Trusted != after.Trusted || after.SkipConsent && !before.SkipConsent || before.BuiltIn() || vouched && touches(leadingFields()) {
		if err := c.actor.Require("admin-write", ""); err != nil {
			return err
		}
	}
	if !touches(provingFields()) {
		return nil
	}
	if err := c.actor.StepUp(); err != nil {
		return err
	}
	return c.coverService(before)
}

// coverService says whether the actor holds all that a service holds on its own behalf: whoever sets what proves it could become it.
func (c *change) coverService(service hub.Service) error {
	grants, err := c.GrantsOf(c.ctx, hub.HolderService, service.ID)
	if err != nil {
		return err
	}
	reach, err := c.GivenBy(c.ctx, grants)
	if err != nil {
		return err
	}
	return c.cover("change what proves "+service.Key, map[hub.Environment]hub.Permissions{service.Environment: reach[service.Environment]})
}

// leadingFields say where answers go and to whom. Of a service that somebody answers for, so that nobody is asked, they are changed
// only by who could answer for it, too.
func leadingFields() []string {
	return append(provingFields(), "HomeURL", "BaseURLs", "RedirectURIs", "RequestURIs", "Flows")
}

// DeleteService deletes a service with its secrets and grants, by hub:service-delete. Errors: fault.NotFound; fault.Conflict
// for Hub itself.
func (d *Directory) DeleteService(ctx context.Context, actor hub.Actor, environment hub.Environment, id string) error {
	return d.do(ctx, actor, func(c *change) error {
		service, err := c.Service(ctx, environment, id)
		if err != nil {
			return fault.Missing(err, "service", id)
		}
		if err := c.actor.Within(environment); err != nil {
			return err
		}
		if err := c.actor.Require("service-delete", service.Organisation); err != nil {
			return err
		}
		if service.BuiltIn() {
			return builtIn("Hub itself")
		}
		if err := c.DeleteService(ctx, environment, id); err != nil {
			return err
		}
		return c.told(environment, "service.delete", "service", service.ID, service.Key)
	})
}
