package store

import (
	"slices"
	"strconv"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// rank says how few rows a condition is likely to leave, for the choice where to begin.
type rank uint8

const (
	unranked rank = iota // no index finds its rows
	single               // one row, or a handful
	some                 // those that something else refers to
	aRange               // a beginning
	many                 // a flag
)

// placeOf writes $n.
func placeOf(n int) string { return "$" + strconv.Itoa(n) }

func decimal(n int) string { return strconv.Itoa(n) }

// key finds what a field or text asks about.
func (n *noun) key(node query.Node) (listKey, match, error) {
	m := match{value: clean(node.Value), prefix: node.Prefix}
	if node.Op == query.Text {
		return n.text, m, nil
	}
	at := slices.IndexFunc(n.keys, func(k listKey) bool { return k.name == node.Name && k.byID == node.ByID })
	if at < 0 || (node.Op == query.Tuple) != (n.keys[at].parts != nil) {
		return listKey{}, m, invalidQuery(node.At,
			"asks for %q, by which %s cannot be searched; expected one of: %s, or text without a key", node.Name, n.name, n.known())
	}
	k := n.keys[at]
	if k.parts != nil {
		var err error
		m.of, err = k.named(node)
		return k, m, err
	}
	if k.values != nil {
		m.value = hub.Fold(m.value)
		if !slices.ContainsFunc(k.values, func(value string) bool { return strings.EqualFold(value, m.value) }) {
			return k, m, invalidQuery(node.At, "has %s: %s; expected one of: %s", k.name, m.value, strings.Join(k.values, ", "))
		}
	}
	if m.prefix && (k.whole || k.values != nil) {
		return k, m, invalidQuery(node.At, "has %s: %s*, but %s is compared as a whole: leave out the *", k.name, m.value, k.name)
	}
	if k.check != nil {
		if wrong := k.check(m); wrong != "" {
			return k, m, invalidQuery(node.At, "has %s: %s; expected %s", k.name, m.value, wrong)
		}
	}
	return k, m, nil
}

// named gives the parts of a tuple that a query names.
func (k listKey) named(node query.Node) (map[string]string, error) {
	of := map[string]string{}
	for _, part := range node.Of {
		switch _, twice := of[part.Name]; {
		case !slices.Contains(k.parts, part.Name):
			return nil, invalidQuery(part.At, "names %q in %s(); expected one of: %s", part.Name, k.name, strings.Join(k.parts, ", "))
		case twice || part.Prefix || clean(part.Value) == "":
			return nil, invalidQuery(part.At, "has %s in %s() twice, empty, or with a *: expected one whole name", part.Name, k.name)
		}
		of[part.Name] = clean(part.Value)
	}
	if len(of) == 0 {
		return nil, invalidQuery(node.At, "names nothing in %s(); expected one or more of: %s", k.name, strings.Join(k.parts, ", "))
	}
	return of, nil
}

func (n *noun) known() string {
	var names []string
	for _, k := range n.keys {
		switch {
		case k.parts != nil:
			names = append(names, k.name+"("+strings.Join(k.parts, ":, ")+":)")
		case !k.hidden && !k.byID:
			names = append(names, k.name)
		}
	}
	return strings.Join(names, ", ")
}

// test writes the condition of a query. Where rows are walked along an order ("": they are not), a condition must not lure the
// database into finding all its rows by an index and sorting them: IS TRUE hides it, unless the index is in that order.
func (n *noun) test(b *builder, node query.Node, along string) (string, error) {
	switch node.Op {
	case query.Every:
		return "TRUE", nil
	case query.Not:
		of, err := n.test(b, node.Of[0], along)
		return "NOT " + of, err
	case query.And, query.Or:
		parts := make([]string, len(node.Of))
		for i, of := range node.Of {
			var err error
			if parts[i], err = n.test(b, of, along); err != nil {
				return "", err
			}
		}
		between := " AND "
		if node.Op == query.Or {
			between = " OR "
		}
		return "(" + strings.Join(parts, between) + ")", nil
	}
	k, m, err := n.key(node)
	if err != nil {
		return "", err
	}
	condition := "(" + k.test(b, m) + ")"
	if along != "" && k.rank != unranked && (m.prefix || !slices.Contains(k.along, along)) {
		condition = "(" + condition + " IS TRUE)"
	}
	return condition, nil
}

// inOrder finds a condition that every row of a query fulfils, or alternatives of which every row fulfils one, so that an index holds
// the rows of each in an order; nil if the query has none.
func (n *noun) inOrder(node query.Node, order string) []query.Node {
	switch node.Op {
	case query.Field:
		if n.isInOrder(node, order) {
			return []query.Node{node}
		}
	case query.And:
		var fewest []query.Node
		for _, of := range node.Of {
			if found := n.inOrder(of, order); found != nil && (fewest == nil || len(found) < len(fewest)) {
				fewest = found
			}
		}
		return fewest
	case query.Or:
		if !slices.ContainsFunc(node.Of, func(of query.Node) bool { return !n.isInOrder(of, order) }) {
			return node.Of
		}
	}
	return nil
}

// isInOrder reports whether a query is one condition of which an index holds the rows in an order.
func (n *noun) isInOrder(node query.Node, order string) bool {
	if node.Op != query.Field {
		return false
	}
	k, m, err := n.key(node)
	return err == nil && k.seek == nil && !m.prefix && slices.Contains(k.along, order)
}

// mostArms is how many conditions a query may have that are sought by SELECTs of their own: what they cost grows faster than
// their number.
const mostArms = 8

// arms counts the conditions of a query which is known to be understood that are sought by SELECTs of their own.
func (n *noun) arms(node query.Node) int {
	sum := 0
	for _, of := range node.Of {
		sum += n.arms(of)
	}
	if node.Op == query.Field || node.Op == query.Text || node.Op == query.Tuple {
		if k, _, err := n.key(node); err == nil && k.seek != nil {
			sum++
		}
	}
	return sum
}

// rank says how few candidates a query, which is known to be understood, may be sought among.
func (n *noun) rank(node query.Node) rank {
	switch node.Op {
	case query.And:
		best := unranked
		for _, of := range node.Of {
			if next := n.rank(of); next != unranked && (best == unranked || next < best) {
				best = next
			}
		}
		return best
	case query.Or:
		worst := unranked
		for _, of := range node.Of {
			next := n.rank(of)
			if next == unranked {
				return unranked
			}
			worst = max(worst, next)
		}
		return worst
	case query.Field, query.Text, query.Tuple:
		k, m, err := n.key(node)
		if err != nil || k.rank == unranked {
			return unranked
		}
		if m.prefix {
			return max(k.rank, aRange)
		}
		return k.rank
	}
	return unranked
}

// seek writes a SELECT of the ids of all candidates of a query that has a rank; an id may come twice.
func (n *noun) seek(b *builder, node query.Node, in []within) string {
	switch node.Op {
	case query.And:
		best := n.rank(node)
		of := node.Of[slices.IndexFunc(node.Of, func(of query.Node) bool { return n.rank(of) == best })]
		return n.seek(b, of, in)
	case query.Or:
		return n.seekAny(b, node.Of, in)
	}
	k, m, err := n.key(node)
	if err != nil {
		return "SELECT '' AS id WHERE FALSE" // it was understood before: it does not happen
	}
	if k.seek != nil {
		return k.seek(b, m)
	}
	return n.own(b, in) + "(" + k.test(b, m) + ")"
}

// seekAny seeks what fulfils one of nodes: those that the noun's own table answers in one SELECT, the others each in its own.
func (n *noun) seekAny(b *builder, nodes []query.Node, in []within) string {
	var parts, tests []string
	var plain []query.Node
	for _, of := range nodes {
		if k, _, err := n.key(of); err == nil && k.seek == nil && (of.Op == query.Field || of.Op == query.Text) {
			plain = append(plain, of)
			continue
		}
		parts = append(parts, n.seek(b, of, in))
	}
	if len(plain) > 0 {
		text := n.own(b, in)
		for _, of := range plain {
			k, m, _ := n.key(of) // looked up just before
			tests = append(tests, k.test(b, m))
		}
		parts = append(parts, text+"("+strings.Join(tests, " OR ")+")")
	}
	return strings.Join(parts, " UNION ALL ")
}

// own begins a SELECT of ids from the noun's own table.
func (n *noun) own(b *builder, in []within) string {
	return "SELECT " + n.id + " AS id FROM " + n.table + " WHERE " + confined(b, in)
}

// confined begins the conditions of such a SELECT.
func confined(b *builder, in []within) string {
	text := ""
	for _, one := range in {
		text += one.column + " = " + b.arg(one.value) + " AND "
	}
	return text
}
