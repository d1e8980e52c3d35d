package provider

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// subjects is the port oauth.Subjects.
type subjects struct{ view }

// person is what is cached of a user: the user, the groups, and what the user may do in each environment.
type person struct {
	user        hub.User
	groups      []string    // ids
	groupNames  []string    // never nil
	grants      []hub.Grant // to the user alone, not to groups
	permissions map[hub.Environment]hub.Permissions
	subject     oauth.Subject
}

// Subject finds a user by id.
func (s subjects) Subject(ctx context.Context, id string) (*oauth.Subject, error) {
	found, err := s.person(ctx, id)
	if err != nil {
		return nil, err
	}
	return &found.subject, nil
}

func (n *node) person(ctx context.Context, id string) (*person, error) {
	if err := n.inTouch(); err != nil {
		return nil, err
	}
	return n.people.get(id, func() (*person, error) {
		roles, err := n.current(ctx)
		if err != nil {
			return nil, err
		}
		found := &person{}
		err = n.look(ctx, func(q store.Reader) error {
			user, err := q.User(ctx, id)
			if err != nil {
				return err
			}
			groups, err := q.GroupsOfUser(ctx, id)
			if err != nil {
				return err
			}
			grants, err := q.GrantsForUser(ctx, id)
			if err != nil {
				return err
			}
			*found = person{user: user, groupNames: []string{}, permissions: map[hub.Environment]hub.Permissions{}}
			for _, group := range groups {
				found.groups, found.groupNames = append(found.groups, group.ID), append(found.groupNames, group.Name)
			}
			for _, grant := range grants {
				if grant.HolderKind == hub.HolderUser {
					found.grants = append(found.grants, grant)
				}
			}
			for _, environment := range hub.Environments() {
				found.permissions[environment] = hub.Effective(roles.roles, grants, environment)
			}
			found.subject = oauth.Subject{ID: user.ID, Username: user.Login, Active: user.Active(), Detail: found}
			found.subject.TwoFactorFrom, err = twoFactorFrom(ctx, q, user, groups)
			return err
		})
		if err != nil {
			return nil, fromStore(err)
		}
		return found, nil
	})
}

// twoFactorFrom is from when on a group of a user asks for a second factor; zero: none does.
func twoFactorFrom(ctx context.Context, q store.Reader, user hub.User, groups []hub.Member) (from time.Time, err error) {
	groups, err = q.WithEveryone(ctx, user, groups)
	for _, group := range groups {
		if at := group.TwoFactorFrom(); !at.IsZero() && (from.IsZero() || at.Before(from)) {
			from = at
		}
	}
	return from, err
}

// Held is what a user may do in an environment; nothing for nobody.
func (p *Provider) Held(ctx context.Context, environment hub.Environment, userID string) (hub.Permissions, error) {
	who, err := p.person(ctx, userID)
	if errors.Is(err, oauth.ErrNotFound) {
		return hub.Permissions{}, nil
	}
	if err != nil {
		return hub.Permissions{}, err
	}
	return who.permissions[environment], nil
}

// MayUse is hub.MayUse: the one rule which services a user may put into a token's scope.
func (s subjects) MayUse(_ context.Context, subject *oauth.Subject, resource *oauth.Resource) (bool, error) {
	who := subject.Detail.(*person)
	return hub.MayUse(resource.Detail.(*client).service, who.groups, who.permissions[s.environment]), nil
}

// Reach lists the Hub service and every service in which the subject holds a permission.
func (s subjects) Reach(ctx context.Context, subject *oauth.Subject, limit int) ([]*oauth.Resource, error) {
	held, err := s.held(ctx, subject)
	if err != nil {
		return nil, err
	}
	names, err := s.reachable(ctx, held, limit)
	if err != nil {
		return nil, err
	}
	var reach []*oauth.Resource
	for _, name := range names {
		found, err := s.service(ctx, name)
		if errors.Is(err, oauth.ErrNotFound) {
			continue // a permission of a service that is gone, or of the other environment
		}
		if err != nil {
			return nil, err
		}
		holds := name == hub.HubServiceKey ||
			len(held.In(found.service.Key, found.service.Organisation, found.service.Permissions)) > 0 || held.Everything()
		if holds && !found.service.Disabled {
			reach = append(reach, &found.asResource)
		}
		if len(reach) > limit {
			break
		}
	}
	return reach, nil
}

// reachable gives the keys of the services whose permissions are held, the Hub first. Whoever may do everything reaches
// all there are: then one more than limit are enough to know that they are too many.
func (s subjects) reachable(ctx context.Context, held hub.Permissions, limit int) ([]string, error) {
	keys := []string{hub.HubServiceKey}
	if held.Everything() {
		services, err := s.Store.Services(ctx, s.environment, "", limit+2)
		if err != nil {
			return nil, fromStore(err)
		}
		for _, service := range services {
			keys = append(keys, service.Key)
		}
	}
	for _, permission := range held.Anywhere() {
		if service, _, found := strings.Cut(permission, ":"); found {
			keys = append(keys, service)
		}
	}
	slices.Sort(keys[1:])
	return slices.Compact(keys), nil
}

// held is what a subject may do in this environment.
func (v view) held(ctx context.Context, subject *oauth.Subject) (hub.Permissions, error) {
	if !subject.Service {
		return subject.Detail.(*person).permissions[v.environment], nil
	}
	return v.heldByService(ctx, subject.ID)
}

// heldByService is what a service may do on its own behalf: its own roles, which few services have.
func (v view) heldByService(ctx context.Context, id string) (hub.Permissions, error) {
	found, err := v.client(ctx, id)
	if err != nil || len(found.grants) == 0 {
		return hub.Permissions{}, err
	}
	now, err := v.current(ctx)
	if err != nil {
		return hub.Permissions{}, err
	}
	return hub.Effective(now.roles, found.grants, v.environment), nil
}

// Permissions lists what the token allows at some services of its audience.
func (s subjects) Permissions(ctx context.Context, token *oauth.AccessToken, audience []string) ([]string, error) {
	held, err := s.heldByToken(ctx, token)
	if err != nil {
		return nil, err
	}
	var permissions []string
	for _, id := range audience {
		found, err := s.service(ctx, id)
		if errors.Is(err, oauth.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		allowed := allowedAt(found.service, held, token)
		if permissions == nil {
			permissions = allowed // of the only one, most often
			continue
		}
		permissions = append(permissions, allowed...)
	}
	slices.Sort(permissions)
	return permissions, nil
}

// allowedAt is what a token allows at one service: what is held there, as far as its scope does not confine it to less.
func allowedAt(service hub.Service, held hub.Permissions, token *oauth.AccessToken) []string {
	keys := held.In(service.Key, service.Organisation, service.Permissions)
	confined, yes := token.Confined(service.ID, service.Key, service.Name)
	if !yes {
		return keys
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		return !slices.Contains(confined, strings.TrimPrefix(key, service.Key+":"))
	})
}

// heldByToken is what whoever the token stands for may do, below every cap of the token itself.
func (v view) heldByToken(ctx context.Context, token *oauth.AccessToken) (hub.Permissions, error) {
	if token.OwnBehalf() {
		return v.heldByService(ctx, token.Subject)
	}
	who, err := v.person(ctx, token.Subject)
	if err != nil {
		return hub.Permissions{}, err
	}
	held := who.permissions[v.environment]
	if bounded, is := token.Detail.(*permanent); is {
		for _, bound := range bounded.bounds {
			if !bound.Everything() {
				held = held.Intersect(bound)
			}
		}
	}
	return held, nil
}
