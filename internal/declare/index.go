package declare

import (
	"fmt"

	"example.org/hub/internal/hub"
)

// names is one namespace: under which ids, keys, logins and names things are known, and what they are called in messages
// and in the form. It holds what a database has with what a document declares laid over it.
type names struct {
	ids     map[string]string   // folded name: id
	aliases map[string][]string // id: folded names
	labels  map[string]string   // id: how the form names it
	lines   map[string]int      // id: where the document declares it
}

func newNames() *names {
	return &names{ids: map[string]string{}, aliases: map[string][]string{}, labels: map[string]string{}, lines: map[string]int{}}
}

// put makes a thing known. taken is the first name that another one has, with that other one's id.
func (n *names) put(id, label string, known ...string) (taken, other string) {
	n.labels[id] = label
	for _, name := range append(known, id) {
		folded := hub.Fold(name)
		if folded == "" {
			continue
		}
		if there, found := n.ids[folded]; found {
			if there != id && taken == "" {
				taken, other = name, there
			}
			continue
		}
		n.ids[folded] = id
		n.aliases[id] = append(n.aliases[id], folded)
	}
	return taken, other
}

// free forgets a thing's names.
func (n *names) free(id string) {
	for _, folded := range n.aliases[id] {
		delete(n.ids, folded)
	}
	delete(n.aliases, id)
}

// release forgets the name of a thing that gets another one by its id, so that something new may take it.
func (n *names) release(id Given[string], old string, given Given[string]) {
	if id.Set && given.Set && hub.Fold(given.Value) != hub.Fold(old) && n.ids[hub.Fold(old)] == id.Value {
		delete(n.ids, hub.Fold(old))
	}
}

// forget is free for a thing that goes: nothing refers to it by its label any more either.
func (n *names) forget(id string) {
	n.free(id)
	delete(n.labels, id)
}

// find gives the id behind a name.
func (n *names) find(name string) (id string, found bool) {
	id, found = n.ids[hub.Fold(name)]
	return id, found
}

// has reports whether there is a thing with this id, or will be.
func (n *names) has(id string) bool {
	_, known := n.labels[id]
	return known
}

// label gives how the form names a thing; its id if it is gone.
func (n *names) label(id string) string {
	if label, found := n.labels[id]; found {
		return label
	}
	return id
}

// where says where the thing with this id comes from.
func (n *names) where(id string) string {
	if line := n.lines[id]; line > 0 {
		return fmt.Sprintf("line %d declares it", line)
	}
	return quoted(n.label(id)) + " has it"
}

// index is all namespaces.
type index struct {
	roles, organisations, groups, users *names
	services                            map[hub.Environment]*names
}

func newIndex(s *state) *index {
	x := &index{roles: newNames(), organisations: newNames(), groups: newNames(), users: newNames(),
		services: map[hub.Environment]*names{}}
	for _, environment := range hub.Environments() {
		x.services[environment] = newNames()
	}
	for _, role := range s.roles {
		x.roles.put(role.ID, role.Key, role.Key)
	}
	for _, organisation := range s.organisations {
		x.organisations.put(organisation.ID, organisation.Key, organisation.Key)
	}
	for _, group := range s.groups {
		x.groups.put(group.ID, group.Name, group.Name)
	}
	for _, user := range s.users {
		x.users.put(user.ID, user.Login, user.Login, user.Email)
	}
	for _, service := range s.services {
		x.services[service.Environment].put(service.ID, service.Key, service.Key, service.Name)
	}
	return x
}
