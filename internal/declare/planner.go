package declare

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
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
}

// memory is what planning the same document twice, for the eye and in the transaction, must not do twice.
type memory struct {
	ids     map[string]string    // of new things, by what and where they are
	hashes  map[[2]string]string // argon2id of given passwords, by user and password
	matches map[[2]string]bool
	keys    map[string]string // app keys made up, by environment and id
	sealed  map[[2]string][]byte
}

func newMemory() *memory {
	return &memory{ids: map[string]string{}, hashes: map[[2]string]string{}, matches: map[[2]string]bool{},
		keys: map[string]string{}, sealed: map[[2]string][]byte{}}
}

// id makes up an id once for each name in a document: several may stand on a line.
func (m *memory) id(kind, name string, line int, make func() string) string {
	place := fmt.Sprintf("%s:%d:%s", kind, line, name)
	if m.ids[place] == "" {
		m.ids[place] = make()
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

// clear gives the text of a credential that is given by itself or by an environment variable; ok is false if it is given
// otherwise, or could not be read, which has been told.
func (p *planner) clear(c Credential) (text string, ok bool) {
	if c.Value.Set {
		return c.Value.Value, true
	}
	if !c.Env.Set {
		return "", false
	}
	text, found := p.getenv(c.Env.Value)
	if !found || text == "" {
		p.add(c.line, "the environment variable %s is not set: it has to hold the secret", c.Env.Value)
		return "", false
	}
	return text, true
}

// digest gives the digest of a secret however it is given, and its last characters for display. kind and environment are
// what the secret has to be if it looks like one of ours.
func (p *planner) digest(c Credential, kind secret.Kind, environment hub.Environment) (digest []byte, hint string, ok bool) {
	if c.Hash.Set {
		digest, err := p.master.ParseHash(c.Hash.Value)
		if err != nil {
			p.add(c.line, "%v", err)
			return nil, "", false
		}
		return digest, c.Hint.Value, true
	}
	text, ok := p.clear(c)
	if !ok {
		return nil, "", false
	}
	if reason := hub.CheckSecret(text); reason != "" && kind != "" {
		p.add(c.line, "a secret %s", reason)
		return nil, "", false
	}
	if reason := misformed(text, kind, environment); reason != "" {
		p.add(c.line, "%s", reason)
		return nil, "", false
	}
	return p.master.Digest(text), secret.Value(text).Hint(), true
}

// misformed says what is wrong with a secret that bears a prefix of ours: it would be refused by its looks.
func misformed(text string, kind secret.Kind, environment hub.Environment) string {
	form, is, test := secret.Recognise(text)
	switch {
	case kind == "" || form == secret.Foreign:
		return ""
	case form == secret.Malformed:
		return fmt.Sprintf("a secret that begins with %s_ must be one that a hub made: this one is altered or cut; give it another beginning", is)
	case is != kind:
		return fmt.Sprintf("this secret begins with %s_, but here belongs one that begins with %s_, or has a beginning of its own", is, kind)
	case environment != "" && test != (environment == hub.Test):
		return fmt.Sprintf("this secret is of the other environment by its beginning; here belongs one for %s", environment)
	}
	return ""
}

// unseal gives what a {sealed: ...} holds; it must have been sealed with this master key for this purpose.
func (p *planner) unseal(c Credential, purpose string) (box, content []byte, ok bool) {
	box, err := base64.StdEncoding.DecodeString(c.Sealed.Value)
	if err == nil {
		content, err = p.master.Open(purpose, box)
	}
	if err != nil {
		p.add(c.line, "cannot be opened: it was sealed with another master key or for another id, or was altered; bring the master key along, or give the value")
		return nil, nil, false
	}
	return box, content, true
}

// sealedSecret gives the box of a secret that has to be readable again, keeping the one there if it holds the same.
func (p *planner) sealedSecret(c Credential, purpose string, there []byte,
	decode func(string) ([]byte, bool)) (box, content []byte, ok bool) {
	if c.Sealed.Set {
		if box, content, ok = p.unseal(c, purpose); !ok {
			return nil, nil, false
		}
		return box, content, true
	}
	text, ok := p.clear(c)
	if !ok {
		return nil, nil, false
	}
	if content, ok = decode(text); !ok {
		return nil, nil, false
	}
	if len(there) > 0 {
		if held, err := p.master.Open(purpose, there); err == nil && bytes.Equal(held, content) {
			return there, content, true
		}
	}
	return p.memory.seal(p.master, purpose, string(content)), content, true
}

// seed reads the seed of a second factor, base32 as authenticator apps show it.
func (p *planner) seed(line int) func(string) ([]byte, bool) {
	return func(text string) ([]byte, bool) {
		plain := strings.TrimRight(strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(text)), "=")
		seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(plain)
		if err != nil || len(seed) < 10 || len(seed) > 128 {
			p.add(line, "totp must be the seed in base32, at least 16 characters (A-Z, 2-7)")
			return nil, false
		}
		return seed, true
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

// secrets gives the secrets that are wanted for a service or API client: given ones that are there already stay.
func (p *planner) secrets(given Given[[]Credential], there []hub.Secret, owner string, environment hub.Environment) []hub.Secret {
	if !given.Set {
		return there
	}
	if len(given.Value) > 2 {
		p.add(given.Line, "there can be two secrets at a time, so that one can be changed without a gap; %d are given",
			len(given.Value))
		return there
	}
	var wanted []hub.Secret
	for _, c := range given.Value {
		digest, hint, ok := p.digest(c, secret.ClientSecret, environment)
		if !ok {
			continue
		}
		of := func(one hub.Secret) []byte { return one.Digest }
		if sameDigest(wanted, of, digest) >= 0 {
			p.add(c.line, "this secret is given twice")
			continue
		}
		one := hub.Secret{Owner: owner, Environment: environment, Digest: digest, Hint: hint, CreatedAt: p.now}
		if i := sameDigest(there, of, digest); i >= 0 {
			one = there[i]
		} else {
			one.ID = hub.NewID()
		}
		take(&one.ExpiresAt, c.Expires)
		take(&one.Suspended, c.Suspended)
		if !ended(one.ExpiresAt, p.now) {
			wanted = append(wanted, one)
		}
	}
	inOrder(wanted, func(one *hub.Secret) string { return byAge(one.CreatedAt, one.ID) })
	return wanted
}
