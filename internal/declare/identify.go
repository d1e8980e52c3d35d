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

// matchAll identifies the entries of one kind that is shared between the environments: it finds what they are now, and what a prune takes
// away. of gives what an entry is known by; is the same of what there is, and whether no prune takes it away.
func matchAll[D, S any](p *planner, n *names, what string, make func() string, declared Section[D], there []S,
	of func(*D) (line int, id, name Given[string]), is func(*S) (id, name string, stays bool)) (matches []match[D, S], goes []S) {
	states := byID(there, func(s *S) string {
		id, _, _ := is(s)
		return id
	})
	for i := range declared.All {
		_, id, name := of(&declared.All[i])
		if old := states[id.Value]; old != nil {
			_, before, _ := is(old)
			n.release(id, before, name)
		}
	}
	for i := range declared.All {
		line, given, name := of(&declared.All[i])
		if id, ok := p.identity(n, what, line, given, make, name); ok {
			matches = append(matches, match[D, S]{d: &declared.All[i], old: states[id], id: id})
		}
	}
	return matches, gone(p, declared.Given, there, func(s *S) bool {
		id, _, stays := is(s)
		return stays || n.lines[id] > 0
	})
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
	f.roles, f.goneRoles = matchAll(p, x.roles, "role", hub.NewID, d.Roles, p.state.roles,
		func(r *Role) (int, Given[string], Given[string]) { return r.Line, r.ID, r.Key },
		func(r *roleState) (string, string, bool) { return r.ID, r.Key, r.BuiltIn() })
	f.organisations, f.goneOrganisations = matchAll(p, x.organisations, "organisation", hub.NewID, d.Organisations, p.state.organisations,
		func(o *Organisation) (int, Given[string], Given[string]) { return o.Line, o.ID, o.Key },
		func(o *organisationState) (string, string, bool) { return o.ID, o.Key, false })
	f.groups, f.goneGroups = matchAll(p, x.groups, "group", hub.NewID, d.Groups, p.state.groups,
		func(g *Group) (int, Given[string], Given[string]) { return g.Line, g.ID, g.Name },
		func(g *groupState) (string, string, bool) { return g.ID, g.Name, g.BuiltIn() })
	f.users, f.goneUsers = matchAll(p, x.users, "user", hub.NewRandomID, d.Users, p.state.users,
		func(u *User) (int, Given[string], Given[string]) { return u.Line, u.ID, u.Login },
		func(u *userState) (string, string, bool) { return u.ID, u.Login, u.BuiltIn() })
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
