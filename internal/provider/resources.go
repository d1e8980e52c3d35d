package provider

import (
	"context"
	"errors"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// resources is the port oauth.Resources.
type resources struct{ view }

// Resource finds a service by id, key or name.
func (r resources) Resource(ctx context.Context, name string) (*oauth.Resource, error) {
	found, err := r.service(ctx, name)
	if err != nil {
		return nil, err
	}
	return &found.asResource, nil
}

// Named finds services by ids, keys or names.
func (r resources) Named(ctx context.Context, names []string) (map[string]*oauth.Resource, error) {
	ids, err := r.serviceIDs(ctx, names)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*oauth.Resource, len(ids))
	for _, name := range names {
		id, found := ids[hub.Fold(name)]
		if !found || !mayBeName(name) {
			continue
		}
		service, err := r.serviceOf(ctx, id)
		if errors.Is(err, oauth.ErrNotFound) {
			continue // gone since
		}
		if err != nil {
			return nil, err
		}
		known[name] = &service.asResource
	}
	return known, nil
}

// service finds a service by id, key or name.
func (v view) service(ctx context.Context, name string) (*client, error) {
	if !mayBeName(name) {
		return nil, oauth.ErrNotFound
	}
	folded := hub.Fold(name)
	id, found, _ := v.names.peek(clientKey{v.environment, folded})
	if !found { // else the common case, which costs no list of one
		ids, err := v.serviceIDs(ctx, []string{name})
		if err != nil {
			return nil, err
		}
		if id, found = ids[folded]; !found {
			return nil, oauth.ErrNotFound
		}
	}
	return v.serviceOf(ctx, id)
}

// serviceOf finds a service by its exact id.
func (v view) serviceOf(ctx context.Context, id string) (*client, error) {
	found, err := v.client(ctx, id)
	if err == nil && found.service.ID == "" {
		return nil, oauth.ErrNotFound // an API client or app, which is no service
	}
	return found, err
}

// serviceIDs gives the ids of services by their folded ids, keys and names. However many of the names are not cached, the
// database is asked once.
func (v view) serviceIDs(ctx context.Context, names []string) (map[string]string, error) {
	if err := v.inTouch(); err != nil {
		return nil, err
	}
	ids := make(map[string]string, len(names))
	var missing []string
	var began uint64
	for _, name := range names {
		if !mayBeName(name) {
			continue
		}
		folded := hub.Fold(name)
		id, found, round := v.names.peek(clientKey{v.environment, folded})
		switch {
		case found:
			ids[folded] = id
			continue
		case len(missing) == 0:
			began = round
		}
		missing = append(missing, folded)
	}
	if len(missing) == 0 {
		return ids, nil
	}
	found, err := v.Store.ServiceIDs(ctx, v.environment, missing)
	if err != nil {
		return nil, fromStore(err)
	}
	for folded, id := range found {
		ids[folded] = id
		v.names.put(clientKey{v.environment, folded}, id, began)
	}
	return ids, nil
}

// mayBeName tells a name from what is nearly one.
func mayBeName(text string) bool { return strings.TrimSpace(text) == text && isText(text) }
