package declare

import (
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// match is a declared noun and what it is in the database.
type match[D, S any] struct {
	d   *D
	old *S // nil: new
	id  string
}

// found is who is meant by each entry of the document, and what a prune takes away.
type found struct {
	roles         []match[Role, roleState]
	organisations []match[Organisation, organisationState]
	groups        []match[Group, groupState]
	users         []match[User, userState]
	services      []match[Service, serviceState]
	apiClients    []match[APIClient, apiClientState]
	apps          []match[App, appState]

	goneRoles         []roleState
	goneOrganisations []organisationState
	goneGroups        []groupState
	goneUsers         []userState
	goneServices      []serviceState
	goneAPIClients    []apiClientState
	goneApps          []appState
}

// identity finds the thing that an entry means: by its id, or by the first of its names that is given. The same id and
// found false is something new.
func (p *planner) identity(n *names, what string, line int, id Given[string], make func() string, known ...Given[string]) (string, bool) {
	name := ""
	for _, one := range known {
		if one.Set && name == "" {
			name = one.Value
		}
	}
	there, found := "", false
	if name != "" {
		there, found = n.find(name)
	}
	switch {
	case id.Set && id.Value == "":
		p.add(id.Line, "the id of a %s must not be empty: leave it out to have one made", what)
		return "", false
	case id.Set && found && there != id.Value && n.labels[id.Value] == "":
		p.add(id.Line, "there is already a %s %s, with the id %s: an id does not change; leave it out, or use that one",
			what, quoted(name), there)
		return "", false
	case id.Set:
		there = id.Value
	case !found && name == "":
		p.add(line, "this %s has neither an id nor a name by which it is known", what)
		return "", false
	case !found:
		there = p.memory.id(what, hub.Fold(name), line, make)
	}
	if first := n.lines[there]; first > 0 {
		p.add(line, "this %s is declared twice (first on line %d)", what, first)
		return "", false
	}
	n.lines[there] = line
	return there, true
}

// matchAll identifies the entries of one kind and finds what they are now.
func matchAll[D, S any](entries []D, states map[string]*S, identify func(*D) (string, bool)) []match[D, S] {
	matches := make([]match[D, S], 0, len(entries))
	for i := range entries {
		if id, ok := identify(&entries[i]); ok {
			matches = append(matches, match[D, S]{d: &entries[i], old: states[id], id: id})
		}
	}
	return matches
}

func byID[S any](all []S, id func(*S) string) map[string]*S {
	states := make(map[string]*S, len(all))
	for i := range all {
		states[id(&all[i])] = &all[i]
	}
	return states
}

// gone gives what a prune takes away: what a section that is there does not mention.
func gone[S any](p *planner, given bool, all []S, keep func(*S) bool) []S {
	var rest []S
	for i := range all {
		if p.prune && given && !keep(&all[i]) {
			rest = append(rest, all[i])
		}
	}
	return rest
}

// identify finds out who is meant, gives ids to what is new, and lays the names of the document over those of the
// database, so that references see what will be.
func (p *planner) identify() {
	p.identifyPeople()
	p.identifyClients()
	p.rename()
}

func (p *planner) identifyPeople() {
	d, x, f := p.document, p.index, &p.found
	roles := byID(p.state.roles, func(r *roleState) string { return r.ID })
	for _, r := range d.Roles.All {
		if old := roles[r.ID.Value]; old != nil {
			x.roles.release(r.ID, old.Key, r.Key)
		}
	}
	f.roles = matchAll(d.Roles.All, roles, func(r *Role) (string, bool) {
		return p.identity(x.roles, "role", r.Line, r.ID, hub.NewID, r.Key)
	})
	f.goneRoles = gone(p, d.Roles.Given, p.state.roles, func(r *roleState) bool { return r.BuiltIn() || x.roles.lines[r.ID] > 0 })

	organisations := byID(p.state.organisations, func(o *organisationState) string { return o.ID })
	for _, o := range d.Organisations.All {
		if old := organisations[o.ID.Value]; old != nil {
			x.organisations.release(o.ID, old.Key, o.Key)
		}
	}
	f.organisations = matchAll(d.Organisations.All, organisations, func(o *Organisation) (string, bool) {
		return p.identity(x.organisations, "organisation", o.Line, o.ID, hub.NewID, o.Key)
	})
	f.goneOrganisations = gone(p, d.Organisations.Given, p.state.organisations,
		func(o *organisationState) bool { return x.organisations.lines[o.ID] > 0 })

	groups := byID(p.state.groups, func(g *groupState) string { return g.ID })
	for _, g := range d.Groups.All {
		if old := groups[g.ID.Value]; old != nil {
			x.groups.release(g.ID, old.Name, g.Name)
		}
	}
	f.groups = matchAll(d.Groups.All, groups, func(g *Group) (string, bool) {
		return p.identity(x.groups, "group", g.Line, g.ID, hub.NewID, g.Name)
	})
	f.goneGroups = gone(p, d.Groups.Given, p.state.groups, func(g *groupState) bool { return g.BuiltIn() || x.groups.lines[g.ID] > 0 })

	users := byID(p.state.users, func(u *userState) string { return u.ID })
	for _, u := range d.Users.All {
		if old := users[u.ID.Value]; old != nil {
			x.users.release(u.ID, old.Login, u.Login)
		}
	}
	f.users = matchAll(d.Users.All, users, func(u *User) (string, bool) {
		return p.identity(x.users, "user", u.Line, u.ID, hub.NewRandomID, u.Login)
	})
	f.goneUsers = gone(p, d.Users.Given, p.state.users, func(u *userState) bool { return u.BuiltIn() || x.users.lines[u.ID] > 0 })
}

// environmentOf is production unless something else is said.
func environmentOf(given Given[string]) hub.Environment {
	if given.Set {
		return hub.Environment(given.Value)
	}
	return hub.Production
}

// within makes an id one that is told apart by environment.
func within(environment hub.Environment, id string) string { return string(environment) + "/" + id }

func (p *planner) identifyClients() {
	d, x, f := p.document, p.index, &p.found
	services := byID(p.state.services, func(s *serviceState) string { return within(s.Environment, s.ID) })
	for _, s := range d.Services.All {
		environment := environmentOf(s.Environment)
		if old := services[within(environment, s.ID.Value)]; old != nil {
			x.services[environment].release(s.ID, old.Key, s.Key)
			x.services[environment].release(s.ID, old.Name, s.Name)
		}
	}
	for i := range d.Services.All {
		s := &d.Services.All[i]
		environment := environmentOf(s.Environment)
		if id, ok := p.identity(x.services[environment], "service", s.Line, s.ID, hub.NewRandomID, s.Key, s.Name); ok {
			f.services = append(f.services, match[Service, serviceState]{s, services[within(environment, id)], id})
		}
	}
	f.goneServices = gone(p, d.Services.Given, p.state.services, func(s *serviceState) bool {
		return s.BuiltIn() || x.services[s.Environment].lines[s.ID] > 0
	})

	clients := map[hub.Environment]*names{hub.Production: newNames(), hub.Test: newNames()}
	for _, c := range p.state.apiClients {
		clients[c.Environment].put(c.ID, c.Label, c.UserID+"\x00"+c.Label)
	}
	states := byID(p.state.apiClients, func(c *apiClientState) string { return within(c.Environment, c.ID) })
	for i := range d.APIClients.All {
		c := &d.APIClients.All[i]
		environment := environmentOf(c.Environment)
		if id, ok := p.identity(clients[environment], "API client", c.Line, c.ID, hub.NewRandomID, p.ownLabel(c.User, c.Label)); ok {
			f.apiClients = append(f.apiClients, match[APIClient, apiClientState]{c, states[within(environment, id)], id})
		}
	}
	f.goneAPIClients = gone(p, d.APIClients.Given, p.state.apiClients,
		func(c *apiClientState) bool { return clients[c.Environment].lines[c.ID] > 0 })

	apps := map[hub.Environment]*names{hub.Production: newNames(), hub.Test: newNames()}
	for _, a := range p.state.apps {
		apps[a.Environment].put(a.ID, a.Label, a.UserID+"\x00"+a.Label)
	}
	appStates := byID(p.state.apps, func(a *appState) string { return within(a.Environment, a.ID) })
	for i := range d.Apps.All {
		a := &d.Apps.All[i]
		environment := environmentOf(a.Environment)
		if id, ok := p.identity(apps[environment], "app", a.Line, a.AppID, secret.NewID8, p.ownLabel(a.User, a.Label)); ok {
			f.apps = append(f.apps, match[App, appState]{a, appStates[within(environment, id)], id})
		}
	}
	f.goneApps = gone(p, d.Apps.Given, p.state.apps, func(a *appState) bool { return apps[a.Environment].lines[a.ID] > 0 })
}

// ownLabel is how an API client or app without an id is known: by its user and its label.
func (p *planner) ownLabel(user, label Given[string]) Given[string] {
	if !user.Set || !label.Set || strings.TrimSpace(label.Value) == "" {
		return Given[string]{}
	}
	owner, found := p.index.users.find(user.Value)
	if !found {
		owner = user.Value // told later
	}
	return Given[string]{Mark{true, label.Line}, owner + "\x00" + label.Value}
}

// rename takes the names of what goes or is declared out of the namespaces and puts in those that will be.
func (p *planner) rename() {
	x, f := p.index, &p.found
	for _, one := range f.goneRoles {
		x.roles.forget(one.ID)
	}
	for _, one := range f.goneOrganisations {
		x.organisations.forget(one.ID)
	}
	for _, one := range f.goneGroups {
		x.groups.forget(one.ID)
	}
	for _, one := range f.goneUsers {
		x.users.forget(one.ID)
	}
	for _, one := range f.goneServices {
		x.services[one.Environment].forget(one.ID)
	}
	renameAll(p, f.roles, "role", func(match[Role, roleState]) *names { return x.roles },
		func(m match[Role, roleState]) []Given[string] { return []Given[string]{m.d.Key} },
		func(s *roleState) []string { return []string{s.Key} })
	renameAll(p, f.organisations, "organisation", func(match[Organisation, organisationState]) *names { return x.organisations },
		func(m match[Organisation, organisationState]) []Given[string] { return []Given[string]{m.d.Key} },
		func(s *organisationState) []string { return []string{s.Key} })
	renameAll(p, f.groups, "group", func(match[Group, groupState]) *names { return x.groups },
		func(m match[Group, groupState]) []Given[string] { return []Given[string]{m.d.Name} },
		func(s *groupState) []string { return []string{s.Name} })
	renameAll(p, f.users, "user", func(match[User, userState]) *names { return x.users },
		func(m match[User, userState]) []Given[string] { return []Given[string]{m.d.Login, m.d.Email} },
		func(s *userState) []string { return []string{s.Login, s.Email} })
	renameAll(p, f.services, "service", func(m match[Service, serviceState]) *names { return x.services[environmentOf(m.d.Environment)] },
		serviceNames, func(s *serviceState) []string { return []string{s.Key, s.Name} })
}

// renameAll does it for one kind: first all old names go, then the new ones come, so that names may be passed on.
func renameAll[D, S any](p *planner, all []match[D, S], what string, in func(match[D, S]) *names, given func(match[D, S]) []Given[string],
	there func(*S) []string) {
	for _, m := range all {
		if m.old != nil {
			in(m).free(m.id)
		}
	}
	for _, m := range all {
		known := given(m)
		will := make([]string, len(known))
		if m.old != nil {
			will = there(m.old)
		}
		line := in(m).lines[m.id]
		for i, one := range known {
			if one.Set {
				will[i] = one.Value
			}
		}
		taken, other := in(m).put(m.id, will[0], will...)
		if taken == "" {
			continue
		}
		for _, one := range known {
			if one.Value == taken && one.Line > 0 {
				line = one.Line
			}
		}
		p.add(line, "the name %s is taken by another %s: %s", quoted(taken), what, in(m).where(other))
	}
}
