package oauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Scope is what was asked for, as far as it is granted.
type Scope struct {
	Items     []string // as the client wrote them
	Resources []*Resource
}

// String gives the items as a scope value (RFC 6749 section 3.3).
func (s Scope) String() string { return strings.Join(s.Items, " ") }

// Audience gives the ids of the resource servers.
func (s Scope) Audience() []string {
	ids := make([]string, len(s.Resources))
	for i, resource := range s.Resources {
		ids[i] = resource.ID
	}
	return ids
}

// covers reports whether the scope is for a resource server already.
func (s Scope) covers(resource *Resource) bool {
	return slices.ContainsFunc(s.Resources, func(r *Resource) bool { return r.ID == resource.ID })
}

func (s Scope) has(item string) bool { return slices.Contains(s.Items, item) }

// maxScopeItems bounds the look-ups one request can cause; maxReach is how many resource servers a token may be for
// without naming them.
const (
	maxScopeItems = 100
	maxReach      = 50
)

// resolveScope finds what the items name and keeps what the subject may use through the client. Items that are unknown,
// or out of reach, are dropped alike; if nothing is left that is invalid_scope. reserved are the items which are no
// resource servers and stay as they are.
func (s *Server) resolveScope(ctx context.Context, client *Client, subject *Subject, requested string, reserved []string) (Scope, error) {
	items := strings.Fields(requested)
	if len(items) == 0 {
		return s.defaultScope(ctx, client, subject)
	}
	if len(items) > maxScopeItems {
		return Scope{}, refusal(InvalidScope, "scope has more than %d items", maxScopeItems)
	}
	meant, err := s.meantBy(ctx, items)
	if err != nil {
		return Scope{}, err
	}
	var scope Scope
	for _, item := range items {
		if slices.Contains(scope.Items, item) || strings.ContainsFunc(item, unfitForScope) {
			continue
		}
		if slices.Contains(reserved, item) {
			scope.Items = append(scope.Items, item)
			continue
		}
		resource, err := meant.resource(ctx, item)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Scope{}, err
		}
		reach, err := s.mayReach(ctx, client, subject, resource)
		if err != nil {
			return Scope{}, err
		}
		if !reach {
			continue
		}
		scope.Items = append(scope.Items, item)
		if !scope.covers(resource) {
			scope.Resources = append(scope.Resources, resource)
		}
	}
	if len(scope.Resources) == 0 && len(reserved) == 0 || len(scope.Items) == 0 {
		return Scope{}, refusal(InvalidScope, "scope names no service that this client may get tokens for").because(Explanation{
			Reason:   "no item of the scope is a service that exists here, is switched on, and may be used by this client",
			Expected: "ids, keys or names of services of this environment, separated by blanks",
			Received: requested,
			Setting:  reachSetting(client),
		})
	}
	return scope, nil
}

// reservedItems are those that a client may ask a person for.
func (s *Server) reservedItems(client *Client) []string {
	items := []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopeGroups}
	if client.MayUse(RefreshToken{}.Type()) {
		items = append(items, ScopeOffline)
	}
	return items
}

func reachSetting(client *Client) string {
	if client.ActsAs != "" {
		return SettingTrustedOrViewer
	}
	return SettingTrusted
}

// fewItems is how many items of a scope are looked up one by one: what exists is known already then, and costs nothing.
const fewItems = 4

// meant finds the services that the items of a scope name.
type meant struct {
	server *Server
	known  map[string]*Resource // by name, if all were looked up at once; else nil
}

// meantBy looks up the items of a scope at once if they are many: a request may name a hundred things that nobody knows.
func (s *Server) meantBy(ctx context.Context, items []string) (meant, error) {
	if len(items) <= fewItems {
		return meant{server: s}, nil
	}
	var names []string
	for _, item := range items {
		for name := range ScopeNames(item) {
			names = append(names, name)
		}
	}
	known, err := s.Resources.Named(ctx, names)
	return meant{s, known}, err
}

// resource finds the service that an item names, ErrNotFound if there is none that is switched on.
func (m meant) resource(ctx context.Context, item string) (*Resource, error) {
	for name := range ScopeNames(item) {
		resource, err := m.named(ctx, name)
		if !errors.Is(err, ErrNotFound) {
			return resource, err
		}
	}
	return nil, ErrNotFound
}

func (m meant) named(ctx context.Context, name string) (*Resource, error) {
	if m.known == nil {
		return m.server.enabledResource(ctx, name)
	}
	if resource := m.known[name]; resource != nil && !resource.Disabled {
		return resource, nil
	}
	return nil, ErrNotFound
}

// targeted cuts a scope down to the resource servers that a token request names (RFC 8707 section 2.2), and its items to those
// that mean something there (RFC 9068 section 2.2.3). What is about the person is for userinfo, so it stays where the hub itself
// is named.
func (s *Server) targeted(ctx context.Context, scope Scope, uris []string) (Scope, error) {
	if len(uris) == 0 {
		return scope, nil
	}
	var cut Scope
	hub := false
	for _, uri := range uris {
		resource, err := s.resourceAt(ctx, uri)
		if err != nil {
			return Scope{}, err
		}
		if !scope.covers(resource) {
			return Scope{}, refusal(InvalidTarget, "resource is not among the services that were granted")
		}
		hub = hub || resource.ID == s.HubServiceID
		if !cut.covers(resource) {
			cut.Resources = append(cut.Resources, resource)
		}
	}
	meant, err := s.meantBy(ctx, scope.Items)
	if err != nil {
		return Scope{}, err
	}
	for _, item := range scope.Items {
		resource, err := meant.resource(ctx, item)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Scope{}, err
		}
		if err == nil && cut.covers(resource) || err != nil && hub {
			cut.Items = append(cut.Items, item)
		}
	}
	return cut, nil
}

func (s *Server) enabledResource(ctx context.Context, name string) (*Resource, error) {
	resource, err := s.Resources.Resource(ctx, name)
	if err == nil && resource.Disabled {
		return nil, ErrNotFound
	}
	return resource, err
}

// mayReach is the rule who gets tokens for whom: a service on its own behalf for itself, and for others only if it is
// trusted; a user's client for what the user may use.
func (s *Server) mayReach(ctx context.Context, client *Client, subject *Subject, resource *Resource) (bool, error) {
	if subject == nil { // nobody has signed in yet
		return true, nil
	}
	if subject.Service {
		return client.Trusted || resource.ID == client.ID, nil
	}
	return s.Subjects.MayUse(ctx, subject, resource)
}

// defaultScope is what a request without scope gets: a service itself, and if it is trusted what it holds permissions
// in; a user's own client everything its user holds permissions in.
func (s *Server) defaultScope(ctx context.Context, client *Client, subject *Subject) (Scope, error) {
	var scope Scope
	if subject.Service {
		own, err := s.enabledResource(ctx, client.ID)
		if err == nil {
			scope.Resources = append(scope.Resources, own)
		} else if !errors.Is(err, ErrNotFound) {
			return Scope{}, fmt.Errorf("the client's own service: %w", err)
		}
	}
	if !subject.Service || client.Trusted {
		reach, err := s.Subjects.Reach(ctx, subject, maxReach)
		if err != nil {
			return Scope{}, err
		}
		if len(reach) > maxReach {
			return Scope{}, refusal(InvalidScope,
				"scope is missing, and the token would be for more than %d services: name the ones it is for", maxReach)
		}
		for _, resource := range reach {
			if !scope.covers(resource) {
				scope.Resources = append(scope.Resources, resource)
			}
		}
	}
	if len(scope.Resources) == 0 {
		return Scope{}, refusal(InvalidScope, "scope is missing, and there is no service that this client may get tokens for").because(Explanation{
			Reason: "the user holds no permission in any service of this environment", Setting: SettingRoles,
		})
	}
	for _, resource := range scope.Resources {
		scope.Items = append(scope.Items, resource.ID)
	}
	return scope, nil
}
