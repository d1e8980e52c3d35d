package credential

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// ListAPIClients lists the API clients of an environment whom an actor may know of: by hub:admin-read all, by hub:user-update
// those of the people for whom it is held, and always the actor's own. Nobody else is found by an e-mail address than by
// hub:user-read. Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (cs *Credentials) ListAPIClients(
	ctx context.Context, actor hub.Actor, environment hub.Environment, l query.List,
) (query.Page[hub.APIClient], error) {
	if err := actor.Within(environment); err != nil {
		return query.Page[hub.APIClient]{}, err
	}
	const ofOthers = hub.HubServiceKey + ":user-update"
	if actor.Require("admin-read", "") != nil && !actor.Permissions.Has(ofOthers) {
		seen := []query.Node{query.Nothing()}
		if actor.User.ID != "" {
			seen = append(seen, query.ByID("user", actor.User.ID))
		}
		for _, organisation := range actor.Permissions.OrganisationsOf(ofOthers) {
			seen = append(seen, query.ByID("organisation", organisation))
		}
		l.Where = query.All(query.Any(seen...), l.Where)
	}
	if !actor.Permissions.Has(hub.HubServiceKey + ":user-read") {
		l.Where = l.Where.KnowingOnlyOneself(actor.HasAddress, actor.User.ID, "user", "author")
	}
	return cs.Store.ListAPIClients(ctx, environment, l)
}
