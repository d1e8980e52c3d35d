package credential

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// reading is one state of the database in which an actor looks at what somebody holds.
type reading struct {
	q        store.Reader
	ctx      context.Context
	actor    hub.Actor
	owner    hub.User
	now      time.Time
	services map[string]hub.Service // by environment and what they were asked for by; zero: there is none
	names    map[string]string      // of users and services, by id
}

// read gives what find finds of what a user holds. Everybody may look at the own things; at those of others whoever could end them
// (hub:user-update) or reads the settings of Hub (hub:admin-read): hub:user-read, which everyone may have, does not show from
// where somebody works.
func read[T any](ctx context.Context, cs *Credentials, actor hub.Actor, userID string, find func(*reading) (T, error)) (found T, err error) {
	err = cs.read(ctx, actor, userID, func(r *reading) (err error) { found, err = find(r); return err })
	return found, err
}

// read is what read does whatever is looked for.
func (cs *Credentials) read(ctx context.Context, actor hub.Actor, userID string, find func(*reading) error) error {
	return cs.Store.View(ctx, func(q store.Reader) (err error) {
		r := newReading(ctx, q, actor, cs.Store.Now())
		if r.owner, err = shownOwner(ctx, q, actor, userID); err != nil {
			return err
		}
		return find(r)
	})
}

// theirs says of what was looked for by its id that there is none, if it is not whose it should be; err is that of looking.
func theirs(err error, are bool, what, id string) error {
	if err == nil && !are {
		err = fault.New(fault.NotFound, "it is somebody else's")
	}
	return fault.Missing(err, what, id)
}

func newReading(ctx context.Context, q store.Reader, actor hub.Actor, now time.Time) *reading {
	return &reading{q: q, ctx: ctx, actor: actor, now: now, services: map[string]hub.Service{}, names: map[string]string{}}
}

// reading looks at what the change has made.
func (c *change) reading() *reading {
	r := newReading(c.ctx, c.Reader, c.actor, c.now)
	r.owner = c.owner
	return r
}

// owner finds whose credentials are meant; permissions are those of which one is needed if it is not the actor. Whoever has
// none of them for anybody is not told whether there is such a user.
func owner(ctx context.Context, q store.Reader, actor hub.Actor, userID string, permissions ...string) (hub.User, error) {
	user, err := q.User(ctx, userID)
	if fault.Is(err, fault.NotFound) {
		if err := anywhere(actor, permissions); err != nil {
			return user, err
		}
		return user, fault.Missing(err, "user", userID)
	}
	if err != nil || actor.ServiceID == "" && actor.User.ID == user.ID {
		return user, err
	}
	return user, actor.RequireAny(user.Organisation, permissions...)
}

// shownOwner finds whose credentials are to be seen. Whoever looks at the own ones was found with the request.
func shownOwner(ctx context.Context, q store.Reader, actor hub.Actor, userID string) (hub.User, error) {
	if actor.ServiceID == "" && actor.User.ID == userID && userID != "" {
		return actor.User, nil
	}
	return owner(ctx, q, actor, userID, "user-update", "admin-read")
}

// anywhere says whether the actor holds one of the permissions for some organisation.
func anywhere(actor hub.Actor, permissions []string) error {
	refused := actor.RequireAny("", permissions...)
	for _, organisation := range actor.Permissions.Organisations() {
		if actor.RequireAny(organisation, permissions...) == nil {
			return nil
		}
	}
	return refused
}

// shows reports whether what belongs to an environment is to be shown to the actor: that of the other is unknown here.
func (r *reading) shows(environment hub.Environment) bool { return r.actor.Within(environment) == nil }

// service finds the service that an id, key or name means; a zero one if there is none any more.
func (r *reading) service(environment hub.Environment, name string) (hub.Service, error) {
	key := string(environment) + "/" + name
	if found, known := r.services[key]; known || name == "" {
		return found, nil
	}
	found, err := r.q.ServiceByName(r.ctx, environment, name)
	if fault.Is(err, fault.NotFound) {
		found, err = hub.Service{}, nil
	}
	r.services[key] = found
	return found, err
}

// reach gives the services that ids mean, those that are gone left out.
func (r *reading) reach(environment hub.Environment, ids []string) ([]hub.Service, error) {
	var all []hub.Service
	for _, id := range ids {
		service, err := r.service(environment, id)
		if err != nil {
			return nil, err
		}
		if service.ID != "" {
			all = append(all, service)
		}
	}
	return all, nil
}

// reachOf gives the services that scope items mean, each once.
func (r *reading) reachOf(environment hub.Environment, items []string) ([]hub.Service, error) {
	var all []hub.Service
	seen := map[string]bool{}
	for _, item := range items {
		if hub.IsReservedScope(item) {
			continue
		}
		for name := range oauth.ScopeNames(item) {
			service, err := r.service(environment, name)
			if err != nil {
				return nil, err
			}
			if service.ID == "" {
				continue
			}
			if !seen[service.ID] {
				seen[service.ID] = true
				all = append(all, service)
			}
			break
		}
	}
	return all, nil
}

// author gives the name of who made something: a person, a service, or Hub itself.
func (r *reading) author(environment hub.Environment, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	if name, known := r.names[id]; known {
		return name, nil
	}
	name := ""
	user, err := r.q.User(r.ctx, id)
	switch {
	case err == nil && user.Name != "":
		name = user.Name
	case err == nil:
		name = user.Login
	case fault.Is(err, fault.NotFound):
		var service hub.Service
		service, err = r.service(environment, id)
		name = service.Name
	}
	if err != nil {
		return "", err
	}
	r.names[id] = name
	return name, nil
}
