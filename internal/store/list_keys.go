package store

import "example.org/hub/internal/query"

// Lists says of each noun by its name what its list can be searched and ordered by. The names are those of the REST
// collections.
func Lists() map[string]Listable {
	return map[string]Listable{
		"users": userNoun().listable(), "usergroups": groupNoun().listable(), "organizations": organisationNoun().listable(),
		"roles": roleNoun().listable(), "projectroles": grantNoun().listable(), "services": serviceNoun().listable(),
		"apiclients": apiClientNoun().listable(), "events": eventNoun().listable(),
	}
}

// Listable is what one list can be searched and ordered by.
type Listable struct {
	Keys   []query.Key
	Orders []string
}

func (n *noun) listable() Listable {
	var all Listable
	for _, k := range n.keys {
		if !k.hidden && !k.byID && k.parts == nil {
			all.Keys = append(all.Keys, query.Key{Name: k.name, Hint: k.hint, Values: k.values})
		}
	}
	for _, o := range n.orders {
		all.Orders = append(all.Orders, o.name)
	}
	return all
}
