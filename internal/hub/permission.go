package hub

import (
	"slices"
	"strings"
)

// Permissions is what someone may do in one environment: a set of "service-key:permission" keys that hold everywhere,
// and further sets that hold only for the services and people of one organisation. It is immutable; the zero value
// holds nothing.
type Permissions struct {
	all  bool
	keys []string // sorted, without repeats
	in   map[string]Permissions
}

// NewPermissions makes the set of these keys, held everywhere. AllPermissions among them makes it everything. A key
// with an organisation's id and a slash before it is held in that organisation only, as Encode writes it.
func NewPermissions(keys ...string) Permissions {
	var p Permissions
	for _, key := range keys {
		if organisation, inside, found := strings.Cut(key, "/"); found {
			p = p.Union(NewPermissions(inside).Within(organisation))
			continue
		}
		if key == AllPermissions {
			p.all = true
			continue
		}
		p.keys = append(p.keys, key)
	}
	if p.all {
		p.keys = nil
	}
	slices.Sort(p.keys)
	p.keys = slices.Compact(p.keys)
	return p
}

// Encode writes the whole set as keys that NewPermissions reads back.
func (p Permissions) Encode() []string {
	keys := p.Keys()
	for _, organisation := range p.Organisations() {
		for _, key := range p.in[organisation].Keys() {
			keys = append(keys, organisation+"/"+key)
		}
	}
	return keys
}

// Within gives the same permissions confined to one organisation.
func (p Permissions) Within(organisation string) Permissions {
	return Permissions{in: map[string]Permissions{organisation: {all: p.all, keys: p.keys}}}
}

// Everything reports whether p is the permission to do all, everywhere.
func (p Permissions) Everything() bool { return p.all }

// Empty reports whether p allows nothing.
func (p Permissions) Empty() bool { return !p.all && len(p.keys) == 0 && len(p.in) == 0 }

// Has reports whether key is held everywhere.
func (p Permissions) Has(key string) bool {
	if p.all {
		return true
	}
	_, found := slices.BinarySearch(p.keys, key)
	return found
}

// HasIn reports whether key is held for the services and people of an organisation; "" is no organisation.
func (p Permissions) HasIn(organisation, key string) bool {
	return p.Has(key) || (organisation != "" && p.in[organisation].Has(key))
}

// HasAnywhere reports whether key is held everywhere or in some organisation.
func (p Permissions) HasAnywhere(key string) bool {
	if p.Has(key) {
		return true
	}
	for _, held := range p.in {
		if held.Has(key) {
			return true
		}
	}
	return false
}

// Union is what p or other allows.
func (p Permissions) Union(other Permissions) Permissions {
	sum := Permissions{all: p.all || other.all}
	if !sum.all {
		sum.keys = slices.Concat(p.keys, other.keys)
		slices.Sort(sum.keys)
		sum.keys = slices.Compact(sum.keys)
	}
	for _, organisation := range organisations(p, other) {
		if sum.in == nil {
			sum.in = map[string]Permissions{}
		}
		sum.in[organisation] = p.in[organisation].Union(other.in[organisation])
	}
	return sum
}

// Intersect is what both p and other allow: what a credential capped at other may do for someone with p.
func (p Permissions) Intersect(other Permissions) Permissions {
	var both Permissions
	switch {
	case p.all && other.all:
		both.all = true
	case p.all:
		both.keys = other.keys
	case other.all:
		both.keys = p.keys
	default:
		for _, key := range p.keys {
			if other.Has(key) {
				both.keys = append(both.keys, key)
			}
		}
	}
	for _, organisation := range organisations(p, other) {
		here := p.heldIn(organisation).Intersect(other.heldIn(organisation))
		if !here.Empty() {
			if both.in == nil {
				both.in = map[string]Permissions{}
			}
			both.in[organisation] = here
		}
	}
	return both
}

// Covers reports whether p allows everything that other allows. Acting for someone else, and granting, need it.
func (p Permissions) Covers(other Permissions) bool {
	if !p.coversEverywhere(other) {
		return false
	}
	for organisation, held := range other.in {
		if !p.heldIn(organisation).coversEverywhere(held) {
			return false
		}
	}
	return true
}

// In gives the keys held for a service with this key in this organisation ("" is none), sorted: the permissions that an
// API of that service is told of. Everything is spelt out with the permissions that the service declares.
func (p Permissions) In(serviceKey, organisation string, declared []Permission) []string {
	held := p.heldIn(organisation)
	keys := []string{}
	if held.all {
		for _, permission := range declared {
			keys = append(keys, serviceKey+":"+permission.Key)
		}
		slices.Sort(keys)
		return keys
	}
	start, _ := slices.BinarySearch(held.keys, serviceKey+":")
	for _, key := range held.keys[start:] {
		if !strings.HasPrefix(key, serviceKey+":") {
			break
		}
		keys = append(keys, key)
	}
	return keys
}

// Anywhere gives the keys held everywhere or in some organisation, sorted.
func (p Permissions) Anywhere() []string {
	keys := p.Keys()
	for _, held := range p.in {
		keys = append(keys, held.Keys()...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Keys gives the keys held everywhere, sorted; a set that is everything gives AllPermissions alone.
func (p Permissions) Keys() []string {
	if p.all {
		return []string{AllPermissions}
	}
	return slices.Clone(p.keys)
}

// OrganisationsOf gives the ids of organisations in which a key is held that is not held everywhere, sorted.
func (p Permissions) OrganisationsOf(key string) []string {
	return slices.DeleteFunc(p.Organisations(), func(id string) bool { return !p.in[id].Has(key) })
}

// Organisations gives the ids of organisations in which p allows more than everywhere, sorted.
func (p Permissions) Organisations() []string { return organisations(p, Permissions{}) }

func (p Permissions) coversEverywhere(other Permissions) bool {
	if p.all {
		return true
	}
	if other.all {
		return false
	}
	for _, key := range other.keys {
		if !p.Has(key) {
			return false
		}
	}
	return true
}

// heldIn is what p allows for one organisation, the permissions held everywhere included.
func (p Permissions) heldIn(organisation string) Permissions {
	everywhere := Permissions{all: p.all, keys: p.keys}
	if held, found := p.in[organisation]; found && organisation != "" {
		return everywhere.Union(held)
	}
	return everywhere
}

func organisations(p, other Permissions) []string {
	var ids []string
	for id := range p.in {
		ids = append(ids, id)
	}
	for id := range other.in {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
