package query

import "slices"

// Matches reports whether something fulfils a query, where holds says it of a single condition: for lists that are no table.
func (n Node) Matches(holds func(Node) bool) bool {
	switch n.Op {
	case Every:
		return true
	case And:
		return !slices.ContainsFunc(n.Of, func(of Node) bool { return !of.Matches(holds) })
	case Or:
		return slices.ContainsFunc(n.Of, func(of Node) bool { return of.Matches(holds) })
	case Not:
		return !n.Of[0].Matches(holds)
	}
	return holds(n)
}
