package declare

import (
	"fmt"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// planner holds a document against a state and collects what has to change. It is made anew for each attempt; only the
// memory outlives one, so that what takes long or is made up stays the same.
type planner struct {
	problems
	document *Document
	master   *secret.Master
	state    *state
	index    *index
	getenv   func(string) (string, bool)
	memory   *memory
	actor    hub.Actor
	prune    bool
	flows    []hub.Flow // of a new service that does not say
	now      time.Time
	plan     *Difference
	found    found
	formers  map[string]string // ids of users that are gone: who is meant
	missing  map[string]bool   // environment variables that are not set and were told of: one is often named a hundred times
}

// memory is what planning the same document twice, for the eye and in the transaction, must not do twice.
type memory struct {
	ids     map[string]string    // of new things, by what and where they are
	made    map[string]bool      // those ids
	hashes  map[[2]string]string // argon2id of given passwords, by user and password
	matches map[[2]string]bool
	keys    map[string]string // app keys made up, by environment and id
	sealed  map[[2]string][]byte
}

func newMemory() *memory {
	return &memory{ids: map[string]string{}, made: map[string]bool{}, hashes: map[[2]string]string{}, matches: map[[2]string]bool{},
		keys: map[string]string{}, sealed: map[[2]string][]byte{}}
}

// id makes up an id once for each name in a document: several may stand on a line.
func (m *memory) id(kind, name string, line int, make func() string) string {
	place := fmt.Sprintf("%s:%d:%s", kind, line, name)
	if m.ids[place] == "" {
		m.ids[place] = make()
		m.made[m.ids[place]] = true
	}
	return m.ids[place]
}

func (m *memory) hash(userID, password string) string {
	place := [2]string{userID, password}
	if m.hashes[place] == "" {
		m.hashes[place] = secret.HashPassword(password)
	}
	return m.hashes[place]
}

func (m *memory) matchesHash(hash, password string) bool {
	pair := [2]string{hash, password}
	match, known := m.matches[pair]
	if !known {
		match, _ = secret.CheckPassword(hash, password)
		m.matches[pair] = match
	}
	return match
}

// seal seals a text once for each purpose, since every sealing gives other bytes.
func (m *memory) seal(master *secret.Master, purpose, text string) []byte {
	place := [2]string{purpose, text}
	if m.sealed[place] == nil {
		m.sealed[place] = master.Seal(purpose, []byte(text))
	}
	return m.sealed[place]
}

// take sets a value if its key was given.
func take[V any](to *V, given Given[V]) {
	if given.Set {
		*to = given.Value
	}
}

// takeWord is take for a text of a type of its own.
func takeWord[V ~string](to *V, given Given[string]) {
	if given.Set {
		*to = V(given.Value)
	}
}

// check tells what is wrong with a noun, each at the line of its key.
func check[D any](p *planner, table fields[D], d *D, line int, what string, wrong []fault.Field) {
	for _, one := range wrong {
		p.add(table.line(d, one.Name, line), "%s: %s %s", what, one.Name, one.Reason)
	}
}

// reference finds what a name refers to, and tells if there is nothing.
func (p *planner) reference(in *names, line int, what, name string) (id string, ok bool) {
	id, ok = in.find(name)
	if !ok {
		p.add(line, "there is no %s %s: neither this file declares it, nor is it there", what, quoted(name))
	}
	return id, ok
}

// groupIDs finds groups by name.
func (p *planner) groupIDs(given Given[[]string]) []string {
	var ids []string
	for _, name := range given.Value {
		if id, ok := p.reference(p.index.groups, given.Line, "group", name); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// grants gives what is wanted for a holder: grants that are there already stay as they are.
func (p *planner) grants(given Given[[]GrantRef], there []hub.Grant, of holder, own hub.Environment) []hub.Grant {
	if !given.Set {
		return there
	}
	var wanted []hub.Grant
	for _, ref := range given.Value {
		roleID, ok := p.reference(p.index.roles, ref.Line, "role", ref.Role.Value)
		if !ok {
			continue
		}
		grant := hub.Grant{RoleID: roleID, HolderKind: of.kind, HolderID: of.id, Environment: own, CreatedAt: p.now}
		if ref.Organisation.Set && ref.Organisation.Value != "" {
			if grant.Organisation, ok = p.reference(p.index.organisations, ref.Line, "organisation", ref.Organisation.Value); !ok {
				continue
			}
		}
		if ref.Environment.Set {
			if grant.Environment = hub.Environment(ref.Environment.Value); own != "" && grant.Environment != own {
				p.add(ref.Line, "a service holds roles in its own environment only, which is %s", own)
				continue
			}
		}
		same := func(g hub.Grant) bool {
			return g.RoleID == grant.RoleID && g.Organisation == grant.Organisation &&
				(g.Environment == grant.Environment || g.Environment == "" && own != "")
		}
		if slices.ContainsFunc(wanted, same) {
			p.add(ref.Line, "the role %s is given twice in the same way", quoted(ref.Role.Value))
			continue
		}
		if i := slices.IndexFunc(there, same); i >= 0 {
			grant = there[i]
		} else {
			grant.ID = hub.NewID()
		}
		wanted = append(wanted, grant)
	}
	return wanted
}
