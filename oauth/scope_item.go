package oauth

import (
	"iter"
	"net/url"
	"slices"
	"strings"
)

// unfitForScope tells the characters that no item of a scope may hold (RFC 6749 section 3.3). Letters beyond ASCII are let
// through, since names of services have them.
func unfitForScope(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }

// Items of a scope that are no services (OpenID Connect Core 1.0 sections 5.4 and 11).
const (
	ScopeOpenID  = "openid"
	ScopeProfile = "profile"
	ScopeEmail   = "email"
	ScopeGroups  = "groups"
	ScopeOffline = "offline_access"
)

// ScopeNames gives what a scope item may mean, the likeliest first: a service by id, key or name, and the one permission to
// which "service:permission" confines the item, empty for the whole service. An item may be percent-encoded once more, as
// known clients send names with blanks.
func ScopeNames(item string) iter.Seq2[string, string] {
	return func(yield func(service, permission string) bool) {
		for _, spelling := range spellings(item) {
			if !yield(spelling, "") {
				return
			}
			if service, permission, found := cutPermission(spelling); found && !yield(service, permission) {
				return
			}
		}
	}
}

// cutPermission parts "service:permission". Without a permission behind the colon it is none.
func cutPermission(item string) (service, permission string, found bool) {
	at := strings.LastIndexByte(item, ':')
	if at <= 0 || at == len(item)-1 {
		return item, "", false
	}
	return item[:at], item[at+1:], true
}

// Confined gives the permissions (without the service's key) to which the token's scope confines it at a service known by
// these names, its id, key and name. A scope that names the whole service does not confine it. Where no item names it, since it is
// called otherwise by now, the token allows no more than what the items are confined to: one of them meant it.
func (t *AccessToken) Confined(names ...string) (permissions []string, confined bool) {
	if !strings.ContainsAny(t.Scope, ":%") { // the colon may be percent-encoded
		return nil, false
	}
	isOne := func(text string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, text) })
	}
	var others []string
	for item := range strings.FieldsSeq(t.Scope) {
		for _, spelling := range spellings(item) {
			if isOne(spelling) {
				return nil, false
			}
			service, permission, found := cutPermission(spelling)
			if found && isOne(service) {
				permissions = append(permissions, permission)
				break
			}
			if found {
				others = append(others, permission)
			}
		}
	}
	if len(permissions) == 0 {
		permissions = others
	}
	return permissions, len(permissions) > 0
}

func spellings(item string) []string {
	if strings.IndexByte(item, '%') >= 0 {
		if decoded, err := url.PathUnescape(item); err == nil && decoded != item {
			return []string{item, decoded}
		}
	}
	return []string{item}
}
