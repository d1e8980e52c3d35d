package declare

import (
	"slices"
	"strings"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

func (x *index) describeToken(t hub.PermanentToken) *PermanentToken {
	d := &PermanentToken{Credential: hashed(t.Digest)}
	give(&d.ID, t.ID)
	give(&d.Name, t.Name)
	give(&d.Scope, strings.Join(x.scopeItems(t), " "))
	if t.Environment != hub.Production {
		give(&d.Environment, string(t.Environment))
	}
	give(&d.Hint, t.Hint)
	giveTime(&d.Expires, t.ExpiresAt)
	give(&d.ReadOnly, t.ReadOnly)
	var allowlist []string
	for _, prefix := range t.Allowlist {
		allowlist = append(allowlist, prefix.String())
	}
	slices.Sort(allowlist)
	giveList(&d.Allowlist, allowlist)
	if t.Permissions != nil { // an empty list is a choice too: nothing
		d.Permissions = Given[[]string]{Mark{Set: true}, t.Permissions}
	}
	if t.Cap != nil {
		d.Cap = Given[[]string]{Mark{Set: true}, t.Cap}
	}
	give(&d.Suspended, t.Suspended)
	describeAuthor(&d.CreatedBy, t.AuthorID, t.AuthorName)
	giveTime(&d.Created, t.CreatedAt)
	return d
}

// scopeItems gives the items of a token's scope so that they mean the same wherever they are read: an item whose service
// has another name by now, or holds blanks, is written by the service's id. What a deleted service has left is dropped.
func (x *index) scopeItems(t hub.PermanentToken) []string {
	services := x.services[t.Environment]
	var items []string
	for _, item := range t.Scope {
		if credential.IsPermanentScope(item) {
			items = append(items, item)
			continue
		}
		id, permission, found := services.resolveItem(item)
		if !found || !slices.Contains(t.Services, id) {
			continue // its service is gone, or known by another name: see below
		}
		if strings.ContainsAny(item, " \t\n") {
			if item = id; permission != "" {
				item += ":" + permission
			}
		}
		items = append(items, item)
	}
	for _, id := range t.Services { // services that no item names any more
		_, there := services.labels[id]
		named := slices.ContainsFunc(items, func(item string) bool {
			found, _, _ := services.resolveItem(item)
			return found == id
		})
		if there && !named {
			items = append(items, id)
		}
	}
	return items
}

// resolveItem finds the service that a scope item names.
func (n *names) resolveItem(item string) (id, permission string, found bool) {
	for name, permission := range oauth.ScopeNames(item) {
		if id, found = n.find(name); found {
			return id, permission, true
		}
	}
	return "", "", false
}
