package query

import (
	"slices"
	"strings"
)

// Op is what a Node does.
type Op uint8

// The operators. The zero Node is Every.
const (
	Every Op = iota // everything: the empty query
	And             // all of Of
	Or              // any of Of
	Not             // not Of[0]
	Text            // free text Value, in whatever the noun is found by
	Field           // key Name has Value
	Tuple           // Name with the Fields Of at once: access(project: P, with: R)
)

// Node is a query as a tree.
type Node struct {
	Op     Op
	Of     []Node
	Name   string // of a Field or Tuple, in lower case
	Value  string // of a Text or Field, as written
	Prefix bool   // the value only begins so: a trailing * stood behind it
	ByID   bool   // the value of a Field is an id and nothing else: see ByID
	At     int    // where it begins in the text, in characters from 1; 0 where no text was parsed
}

// All is what fulfils every one of nodes; those that ask for everything are left out.
func All(nodes ...Node) Node { return join(And, nodes) }

// Any is what fulfils one of nodes or more. Any of no nodes is Every: who means no row says Nothing.
func Any(nodes ...Node) Node {
	for _, node := range nodes {
		if node.Op == Every {
			return node
		}
	}
	return join(Or, nodes)
}

// Nothing is what no row fulfils.
func Nothing() Node { return Node{Op: Not, Of: []Node{{}}} }

// Is is the condition that a key has a value, whole and exactly.
func Is(name, value string) Node { return Node{Op: Field, Name: name, Value: value} }

// IsAddress reports whether a free text means an e-mail address.
func IsAddress(text string) bool { return strings.Contains(text, "@") }

// KnowingOnlyOneself gives a query in which nobody is meant by an e-mail address, under the keys that name a user, but the asker:
// for those whom addresses of others do not concern. own tells the asker's address, and id is who that is.
func (n Node) KnowingOnlyOneself(own func(address string) bool, id string, keys ...string) Node {
	return n.Rewrite(func(condition Node) Node {
		switch {
		case condition.Op != Field || condition.ByID || !slices.Contains(keys, condition.Name) || !IsAddress(condition.Value):
			return condition
		case own(condition.Value):
			return Is(condition.Name, id)
		}
		return Nothing()
	})
}

// Rewrite gives a query in which each condition is what change makes of it; and, or and not stay as they are.
func (n Node) Rewrite(change func(Node) Node) Node {
	if n.Op != And && n.Op != Or && n.Op != Not {
		return change(n)
	}
	of := make([]Node, len(n.Of))
	for i, inner := range n.Of {
		of[i] = inner.Rewrite(change)
	}
	n.Of = of
	return n
}

// Given is what is left to ask of rows that are known to fulfil a condition.
func (n Node) Given(known Node) Node {
	switch {
	case n.Op == known.Op && n.Name == known.Name && n.Value == known.Value && n.Prefix == known.Prefix && n.ByID == known.ByID && len(n.Of) == 0:
		return Node{}
	case n.Op == And:
		of := make([]Node, len(n.Of))
		for i, inner := range n.Of {
			of[i] = inner.Given(known)
		}
		return All(of...)
	case n.Op == Or && slices.ContainsFunc(n.Of, func(of Node) bool { return of.Given(known).Op == Every }):
		return Node{}
	}
	return n
}

// ByID is the condition that a row belongs to the one thing with this id, whatever else is called so. Rooms confine lists by
// it; no text parses to it.
func ByID(name, id string) Node { return Node{Op: Field, Name: name, Value: id, ByID: true} }

func join(op Op, nodes []Node) Node {
	var of []Node
	for _, node := range nodes {
		switch node.Op {
		case Every:
		case op:
			of = append(of, node.Of...)
		default:
			of = append(of, node)
		}
	}
	switch len(of) {
	case 0:
		return Node{}
	case 1:
		return of[0]
	}
	return Node{Op: op, Of: of, At: of[0].At}
}
