package credential_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store/storetest"
)

// making is every way to a credential for a user.
func (d *desk) making() map[string]func(actor hub.Actor, userID string) (secret.Value, error) {
	ctx := d.Context()
	return map[string]func(actor hub.Actor, userID string) (secret.Value, error){
		"permanent token": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := d.CreatePermanentToken(ctx, actor,
				credential.NewPermanentToken{UserID: userID, Environment: hub.Production, Name: hub.NewID(), Scope: []string{"hub"}})
			return text, err
		},
		"application password": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := d.CreateApplicationPassword(ctx, actor, userID, "Mail")
			return text, err
		},
		"API client": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := d.CreateAPIClient(ctx, actor, credential.NewAPIClient{UserID: userID, Environment: hub.Production, Label: "x"})
			return text, err
		},
		"app": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := d.CreateApp(ctx, actor, credential.NewApp{UserID: userID, Environment: hub.Production, Label: "x"})
			return text, err
		},
	}
}

func TestWhoMayMakeACredentialForWhom(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		actor hub.Actor
		owner string
		want  fault.Kind // Internal stands for none
	}{
		"own":                             {d.as("bob"), "bob", fault.Internal},
		"own of all":                      {d.as("ada"), "ada", fault.Internal},
		"own without self-update":         {d.as("eve"), "eve", fault.Forbidden},
		"own after a while":               {with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false }), "bob", fault.StepUp},
		"own by a reader":                 {with(d.as("bob"), func(a *hub.Actor) { a.ReadOnly = true }), "bob", fault.Forbidden},
		"of somebody":                     {d.as("ada"), "bob", fault.Internal},
		"of somebody who holds as much":   {d.as("carl"), "bob", fault.Internal},
		"of somebody who holds nothing":   {d.as("carl"), "eve", fault.Internal},
		"of somebody who holds more":      {d.as("carl"), "ada", fault.Forbidden},
		"of somebody without user-update": {d.as("bob"), "eve", fault.Forbidden},
		"of somebody after a while":       {with(d.as("ada"), func(a *hub.Actor) { a.Fresh = false }), "bob", fault.StepUp},
		"of somebody by a reader":         {with(d.as("ada"), func(a *hub.Actor) { a.ReadOnly = true }), "bob", fault.Forbidden},
		"of somebody by a confined one": {with(d.as("ada"), func(a *hub.Actor) {
			a.Permissions = hub.NewPermissions("hub:user-update")
		}), "bob", fault.Forbidden},
		"of nobody":                  {d.as("ada"), "nobody", fault.NotFound},
		"by Hub itself":              {system, "ada", fault.Internal},
		"from the other environment": {with(d.as("ada"), func(a *hub.Actor) { a.Environment = hub.Test }), "bob", fault.Forbidden},
		"by a service that may all": {hub.Actor{
			ServiceID: "s", Environment: hub.Production, Permissions: hub.NewPermissions("*"), Fresh: true,
		}, "ada", fault.Internal},
		"by a service that may too little": {hub.Actor{
			ServiceID: "s", Environment: hub.Production, Permissions: hub.NewPermissions("hub:user-update"), Fresh: true,
		}, "bob", fault.Forbidden},
		"of somebody in an organisation": {with(d.as("carl"), func(a *hub.Actor) {
			a.Permissions = a.Permissions.Within("elsewhere")
		}), "bob", fault.Forbidden},
		"by somebody who is bob in name": {with(d.as("eve"), func(a *hub.Actor) { a.Name = "BOB" }), "bob", fault.Forbidden},
		"by a service with an id of a user": {hub.Actor{
			ServiceID: d.users["bob"].ID, Environment: hub.Production, Permissions: hub.NewPermissions("hub:self-update"), Fresh: true,
		}, "bob", fault.Forbidden},
	} {
		for kind, make := range d.making() {
			owner := d.users[c.owner].ID
			if owner == "" {
				owner = c.owner
			}
			want := c.want
			if kind == "application password" { // it is of both environments: a service is none in the other, a person is
				switch name {
				case "from the other environment":
					want = fault.Internal
				case "by a service that may all":
					want = fault.Forbidden
				}
			}
			text, err := make(c.actor, owner)
			if want == fault.Internal {
				if err != nil || text == "" {
					t.Errorf("%s, %s: %v", kind, name, err)
				}
				if e := d.lastEvent(); e.Result != hub.Success || !strings.HasSuffix(e.Action, ".create") ||
					strings.Contains(e.Details, text.Reveal()) {
					t.Errorf("%s, %s: event %+v", kind, name, e)
				}
				continue
			}
			if !fault.Is(err, want) || text != "" {
				t.Errorf("%s, %s: got %v, want %s", kind, name, err, want)
			}
		}
	}
}

func TestConfinedCredentialMakesNoWiderOne(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	confined := with(d.as("ada"), func(a *hub.Actor) { a.Permissions = hub.NewPermissions("hub:self-update", "payments:read") })
	for kind, make := range d.making() {
		_, err := make(confined, d.users["ada"].ID)
		if kind != "permanent token" {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", kind, err)
			}
			continue
		}
		tokens, listErr := d.store.PermanentTokensOfUser(t.Context(), d.users["ada"].ID)
		if err != nil || listErr != nil || len(tokens) != 1 || !slices.Equal(tokens[0].Cap, []string{"hub:self-update", "payments:read"}) {
			t.Errorf("%v %v %+v", err, listErr, tokens)
		}
	}
}
