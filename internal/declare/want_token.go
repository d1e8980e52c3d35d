package declare

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// The credentials in a user's lists are merged with those there, which people made for themselves: an entry means the one
// with its id, else the one with its name. Only a prune takes away what a list does not mention.

func (p *planner) wantApplicationPasswords(m match[User, userState], now *userState) {
	if !m.d.ApplicationPasswords.Set {
		return
	}
	wanted := slices.Clone(now.passwords)
	kept := map[string]bool{}
	for i := range m.d.ApplicationPasswords.Value {
		d := &m.d.ApplicationPasswords.Value[i]
		digest, hint, ok := p.digest(d.Credential, secret.ApplicationPassword, "")
		if !ok {
			continue
		}
		at := slices.IndexFunc(wanted, func(one hub.ApplicationPassword) bool {
			if d.ID.Set {
				return one.ID == d.ID.Value
			}
			return one.Name == d.Name.Value
		})
		if at < 0 {
			one := hub.ApplicationPassword{ID: d.ID.Value, UserID: m.id, AuthorID: p.author(d.CreatedBy, p.actor.ID()),
				CreatedAt: p.now}
			if one.ID == "" {
				one.ID = hub.NewID()
			}
			take(&one.CreatedAt, d.Created)
			at, wanted = len(wanted), append(wanted, one)
		}
		one := &wanted[at]
		if kept[one.ID] {
			p.add(d.Line, "this application password is declared twice")
			continue
		}
		kept[one.ID] = true
		one.Name = d.Name.Value
		if reason := hub.CheckName(one.Name); reason != "" {
			p.add(d.Name.Line, "an application password: name %s", reason)
		}
		take(&one.Suspended, d.Suspended)
		if !bytes.Equal(one.Digest, digest) {
			one.Digest, one.Hint = digest, hint
		}
	}
	now.passwords = wanted
	if p.prune {
		now.passwords = slices.DeleteFunc(wanted, func(one hub.ApplicationPassword) bool { return !kept[one.ID] })
	}
	inOrder(now.passwords, func(one *hub.ApplicationPassword) string { return byAge(one.CreatedAt, one.ID) })
}

// recoveryCodes gives the digests of recovery codes, in the order in which a database lists them. Their hashes are bound to
// the id of their user, so they are of use only as export wrote them.
func (p *planner) recoveryCodes(given []Credential) [][]byte {
	var digests [][]byte
	for _, c := range given {
		digest, _, ok := p.digest(c, "", "")
		if ok && !slices.ContainsFunc(digests, func(one []byte) bool { return bytes.Equal(one, digest) }) {
			digests = append(digests, digest)
		}
	}
	sort.Slice(digests, func(i, j int) bool { return bytes.Compare(digests[i], digests[j]) < 0 })
	return digests
}

// wantFormerIDs takes over by which ids of users that are gone this one is meant.
func (p *planner) wantFormerIDs(m match[User, userState], now *userState) {
	if !m.d.FormerIDs.Set {
		return
	}
	formers := slices.Compact(slices.Sorted(slices.Values(m.d.FormerIDs.Value)))
	for _, id := range formers {
		if id == "" || p.index.users.has(id) {
			p.add(m.d.FormerIDs.Line, "formerIds: %s is no id of a user that is gone", quoted(id))
		}
		if p.formers[id] != "" && p.formers[id] != m.id {
			p.add(m.d.FormerIDs.Line, "formerIds: %s means another user already", quoted(id))
		}
		p.formers[id] = m.id
	}
	now.formers = formers
}

func (p *planner) author(given Given[Author], otherwise string) string {
	if given.Set {
		return given.Value.ID.Value
	}
	return otherwise
}

func (p *planner) wantTokens(m match[User, userState], now *userState) {
	if !m.d.PermanentTokens.Set {
		return
	}
	wanted := slices.Clone(now.tokens)
	kept := map[string]bool{}
	for i := range m.d.PermanentTokens.Value {
		d := &m.d.PermanentTokens.Value[i]
		environment := environmentOf(d.Environment)
		digest, hint, ok := p.digest(d.Credential, secret.PermanentToken, environment)
		if !ok {
			continue
		}
		at := slices.IndexFunc(wanted, func(one hub.PermanentToken) bool {
			if d.ID.Set {
				return one.ID == d.ID.Value
			}
			return one.Name == d.Name.Value && one.Environment == environment
		})
		if at < 0 {
			one := hub.PermanentToken{ID: d.ID.Value, Environment: environment, UserID: m.id, AuthorID: p.actor.ID(),
				AuthorName: p.actor.Name, CreatedAt: p.now}
			if one.ID == "" {
				one.ID = hub.NewID()
			}
			if d.CreatedBy.Set {
				one.AuthorID, one.AuthorName = d.CreatedBy.Value.ID.Value, d.CreatedBy.Value.Name.Value
			}
			take(&one.CreatedAt, d.Created)
			at, wanted = len(wanted), append(wanted, one)
		}
		one := &wanted[at]
		switch {
		case kept[one.ID]:
			p.add(d.Line, "this permanent token is declared twice")
			continue
		case one.Environment != environment:
			p.add(d.Line, "this permanent token is one of %s: a token does not change its environment", one.Environment)
			continue
		}
		kept[one.ID] = true
		p.wantToken(d, one)
		if !bytes.Equal(one.Digest, digest) {
			one.Digest, one.Hint = digest, hint
		}
	}
	now.tokens = wanted
	if p.prune {
		now.tokens = slices.DeleteFunc(wanted, func(one hub.PermanentToken) bool { return !kept[one.ID] })
	}
	inOrder(now.tokens, func(one *hub.PermanentToken) string { return byAge(one.CreatedAt, one.ID) })
}

// wantToken takes over what may change of a token.
func (p *planner) wantToken(d *PermanentToken, one *hub.PermanentToken) {
	one.Name = d.Name.Value
	if reason := hub.CheckName(one.Name); reason != "" {
		p.add(d.Name.Line, "a permanent token: name %s", reason)
	}
	p.wantScope(d, one)
	take(&one.ExpiresAt, d.Expires)
	take(&one.ReadOnly, d.ReadOnly)
	take(&one.Suspended, d.Suspended)
	if d.Permissions.Set {
		one.Permissions = append([]string{}, d.Permissions.Value...)
	}
	if d.Cap.Set {
		one.Cap = append([]string{}, d.Cap.Value...)
	}
	if d.Allowlist.Set {
		one.Allowlist = nil
		for _, address := range d.Allowlist.Value {
			prefix, err := hub.ParsePrefix(address)
			if err != nil {
				p.add(d.Allowlist.Line, "allowlist: %v", err)
				continue
			}
			if !slices.Contains(one.Allowlist, prefix) {
				one.Allowlist = append(one.Allowlist, prefix)
			}
		}
	}
}

func (p *planner) wantScope(d *PermanentToken, one *hub.PermanentToken) {
	services := p.index.services[one.Environment]
	items, ids := strings.Fields(d.Scope.Value), []string{}
	if len(items) == 0 {
		p.add(d.Scope.Line, "a permanent token needs a scope: ids, keys or names of services, separated by blanks")
		return
	}
	for _, item := range items {
		if credential.IsPermanentScope(item) {
			continue
		}
		id, _, found := services.resolveItem(item)
		if !found {
			p.add(d.Scope.Line, "there is no service %s in %s: neither this file declares it, nor is it there",
				quoted(item), one.Environment)
			continue
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	one.Scope, one.Services = items, ids
}
