package store

import (
	"slices"
	"strings"

	"example.org/hub/internal/hub"
)

// match is what a key is held against.
type match struct {
	value  string
	prefix bool
	of     map[string]string // the parts of a tuple that were named
}

// listKey is something that a query may ask about.
type listKey struct {
	name   string
	hint   string   // for who types a query
	values []string // all that it can have; nil: anything
	parts  []string // of a tuple, of which one or more are named: access(project: X, with: Y); nil: it is none
	hidden bool     // another spelling of a key, not named in messages
	byID   bool     // for rooms: see query.ByID
	whole  bool     // has no beginnings: a trailing * is refused
	check  func(m match) string
	test   func(b *builder, m match) string // the condition on a row
	rank   rank
	looks  bool                             // a row must be read for it
	bounds bool                             // it bounds the first order
	along  []string                         // the orders in which indexes hold the rows of one value
	seek   func(b *builder, m match) string // a SELECT of ids; nil: by test, on the noun's own table
}

// beginning is the condition that a column begins with a value, as one range. No name holds U+10FFFF, which is no character.
func beginning(b *builder, column, value string) string {
	return column + " >= " + b.arg(value) + " AND " + column + " < " + b.arg(value+"\U0010FFFF")
}

// folded is a key whose column holds folded text.
func folded(name, hint, column string, rank rank) listKey {
	return listKey{name: name, hint: hint, rank: rank, test: func(b *builder, m match) string {
		if value := hub.Fold(m.value); m.prefix {
			return beginning(b, column, value)
		} else {
			return column + " = " + b.arg(value)
		}
	}}
}

// exactly is a key whose column is compared as it stands.
func exactly(name, hint, column string, rank rank) listKey {
	return listKey{name: name, hint: hint, rank: rank, whole: true, test: func(b *builder, m match) string {
		return column + " = " + b.arg(m.value)
	}}
}

// byID is a key for rooms, which ask by query.ByID; requests do not have it.
func byID(k listKey) listKey {
	k.byID, k.whole = true, true
	return k
}

// containing is a condition on folded columns of a noun with few rows: one of them holds the text.
func containing(columns ...string) listKey {
	return listKey{test: func(b *builder, m match) string {
		parts := make([]string, len(columns))
		for i, column := range columns {
			parts[i] = inText(b, column, hub.Fold(m.value))
		}
		return strings.Join(parts, " OR ")
	}}
}

// inText is the condition that a column holds a text somewhere.
func inText(b *builder, column, text string) string {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	return column + ` LIKE ` + b.arg("%"+escape.Replace(text)+"%") + ` ESCAPE '\'`
}

// flag is one value of `is`.
type flag struct{ value, condition string }

// is is the key of flags.
func is(rank rank, flags ...flag) listKey {
	k := listKey{name: "is", hint: "what it is", rank: rank, whole: true}
	for _, f := range flags {
		k.values = append(k.values, f.value)
	}
	k.test = func(_ *builder, m match) string {
		return flags[slices.IndexFunc(flags, func(f flag) bool { return strings.EqualFold(f.value, m.value) })].condition
	}
	return k
}

// sorted says that indexes hold the rows of one value of a key in these orders.
func sorted(k listKey, along ...string) listKey {
	k.along = along
	return k
}

// aliasOf is the id of the user with a login, id or e-mail address, else the value itself.
func aliasOf(b *builder, m match) string {
	return "COALESCE((SELECT a0.user_id FROM user_aliases a0 WHERE a0.alias = " + b.arg(hub.Fold(m.value)) + "), " + b.arg(m.value) + ")"
}

// byUser is a key whose column holds the id of a user, who may be named by login and e-mail address too.
func byUser(name, hint, column string, rank rank) listKey {
	return listKey{name: name, hint: hint, rank: rank, whole: true, test: func(b *builder, m match) string {
		return column + " = " + aliasOf(b, m)
	}}
}
