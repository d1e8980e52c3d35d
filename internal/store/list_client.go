package store

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// byTrait is a key of services that is kept as a trait. Few services have the same: those are gathered once, from an index, not
// looked for at each service.
func byTrait(name, hint, key string) listKey {
	return listKey{name: name, hint: hint, rank: some, test: func(b *builder, m match) string {
		return "(s.environment, s.id) IN (SELECT t.environment, t.service_id " + fromTraits(b, m, key) + ")"
	}}
}

// byCommonTrait is a key that is kept as a trait which most services may share.
func byCommonTrait(name, hint, key string, values ...string) listKey {
	return listKey{name: name, hint: hint, rank: some, values: values, test: hasTrait(key),
		seek: func(b *builder, m match) string { return "SELECT t.service_id AS id " + fromTraits(b, m, key) },
	}
}

// hasTrait is the condition that the service at hand has a trait.
func hasTrait(key string) func(*builder, match) string {
	return func(b *builder, m match) string {
		return "EXISTS (SELECT 1 " + fromTraits(b, m, key) + " AND t.environment = s.environment AND t.service_id = s.id)"
	}
}

// fromTraits are the traits t with a key that have a value, of whichever services.
func fromTraits(b *builder, m match, key string) string {
	text, value := "FROM service_traits t WHERE t.environment IN ('"+string(hub.Production)+"', '"+string(hub.Test)+
		"') AND t.key = '"+key+"' AND ", foldTrait(m.value)
	if m.prefix {
		return text + beginning(b, "t.value", value)
	}
	return text + "t.value = " + b.arg(value)
}

func serviceNoun() *noun {
	flows := hub.Flows()
	flowNames := make([]string, len(flows))
	for i, flow := range flows {
		flowNames[i] = string(flow)
	}
	return &noun{
		name: "services", table: "services s", id: "s.id", columns: serviceColumns, tallied: "services",
		first: query.Order{Key: "name"},
		orders: []listOrder{
			{name: "name", column: "s.name_folded", unique: true},
			{name: "creationtime", column: "s.created_at", number: true},
			{name: "id", column: "s.id", unique: true},
		},
		keys: []listKey{
			folded("name", "name of a service", "s.name_folded", single),
			byTrait("key", "key of a service", traitKey),
			exactly("id", "id of a service", "s.id", single),
			byTrait("applicationname", "name of the application behind it", traitApplication),
			byTrait("vendor", "who makes it", traitVendor),
			byTrait("version", "its version", traitVersion),
			byTrait("homeurl", "its home page", traitHome),
			byTrait("baseurl", "a base URL", traitBase),
			byTrait("redirecturi", "a redirect URI", traitRedirect),
			byCommonTrait("flow", "a flow that is switched on", traitFlow, flowNames...),
			{name: "organisation", hint: "key or id of its organisation", whole: true, test: ofOrganisation("s.organisation")},
			{name: "organization", hidden: true, whole: true, test: ofOrganisation("s.organisation")},
			byID(exactly("organisation", "", "s.organisation", unranked)),
			byCommonTrait("has", "a setting that is not empty", traitHas,
				"redirectUri", "homeUrl", "baseUrl", "applicationName", "vendor", "version", "releaseDate",
				"description", "iconUrl", "permission", "viewer", "organisation"),
			byID(listKey{name: "viewer", test: hasTrait(traitViewer)}),
			is(unranked, flag{"trusted", "s.trusted = TRUE"}, flag{"public", "s.public = TRUE"}, flag{"disabled", "s.disabled = TRUE"}),
		},
		text: containing("s.name_folded"),
	}
}

// ListServices lists the services of an environment. Query: name, key, id, applicationName, vendor, version, homeUrl, baseUrl,
// redirectUri, flow, organisation, has, is; text is in the name. By id: organisation, viewer (a group that may see it; that of
// all users where everyone may). Order: name, creationtime, id.
func (r *Reader) ListServices(ctx context.Context, environment hub.Environment, l query.List) (query.Page[hub.Service], error) {
	return listed(ctx, r, serviceNoun(), scanService, l, inEnvironment("s.environment", environment))
}

func apiClientNoun() *noun {
	return &noun{
		name: "API clients", table: "api_clients a", id: "a.id", columns: apiClientColumns, tallied: "api-clients",
		first: query.Order{Key: "creationtime"},
		orders: []listOrder{
			{name: "creationtime", column: "a.created_at", number: true},
			{name: "id", column: "a.id", unique: true},
		},
		keys: []listKey{
			exactly("id", "client id", "a.id", single),
			byUser("user", "login, id or e-mail address of its user", "a.user_id", some),
			byID(exactly("user", "", "a.user_id", some)),
			byID(listKey{name: "organisation", test: func(b *builder, m match) string {
				return "EXISTS (SELECT 1 FROM users v WHERE v.id = a.user_id AND v.organisation = " + b.arg(m.value) + ")"
			}}),
			byUser("author", "login, id or e-mail address of who made it", "a.author_id", unranked),
			exactly("label", "its label", "a.label", unranked),
			{name: "organisation", hint: "key or id of its user's organisation", whole: true, test: func(b *builder, m match) string {
				return "EXISTS (SELECT 1 FROM users v WHERE v.id = a.user_id AND v.organisation = " + organisationNamed(b, m) + ")"
			}},
			is(unranked, flag{"disabled", "a.disabled = TRUE"}, flag{"active", "a.disabled = FALSE"}, flag{"limited", "a.limited = TRUE"}),
		},
		text: containing("LOWER(a.label)"),
	}
}

// ListAPIClients lists the API clients of an environment. Query: id, user, author, label, organisation, is; text is in the
// label. By id: user, organisation. Order: creationtime, id.
func (r *Reader) ListAPIClients(ctx context.Context, environment hub.Environment, l query.List) (query.Page[hub.APIClient], error) {
	return listed(ctx, r, apiClientNoun(), scanAPIClient, l, inEnvironment("a.environment", environment))
}
