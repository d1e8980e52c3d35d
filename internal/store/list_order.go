package store

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
)

// listOrder is something that a list may be ordered by.
type listOrder struct {
	name   string
	column string // never NULL
	number bool   // else text
	unique bool   // no two rows have the same
}

// ordered is one column of the order that a list has.
type ordered struct {
	listOrder
	descending bool
}

// order makes what was asked for into columns whose values, together, no two rows share: what is not unique is followed by
// the id, in the direction of the last.
func (n *noun) order(asked []query.Order) ([]ordered, error) {
	if len(asked) == 0 {
		asked = []query.Order{n.first}
	}
	var all []ordered
	for _, one := range asked {
		at := slices.IndexFunc(n.orders, func(o listOrder) bool { return o.name == one.Key })
		if at < 0 {
			names := make([]string, len(n.orders))
			for i, o := range n.orders {
				names[i] = o.name
			}
			message := "orderBy names " + clean(one.Key) + ", by which " + n.name + " cannot be ordered; expected one of: " +
				strings.Join(names, ", ")
			return nil, &fault.Error{Kind: fault.Invalid, Message: message, Fields: []fault.Field{{Name: "orderBy", Reason: message}}}
		}
		all = append(all, ordered{n.orders[at], one.Descending})
		if n.orders[at].unique {
			return all, nil
		}
	}
	last := all[len(all)-1].descending
	return append(all, ordered{listOrder{name: "id", column: n.id, unique: true}, last}), nil
}

// shown writes an order as orderBy does, so that a cursor is known to belong to it.
func shown(order []ordered) string {
	parts := make([]string, len(order))
	for i, o := range order {
		parts[i] = o.name
		if o.descending {
			parts[i] += ":desc"
		}
	}
	return strings.Join(parts, ",")
}

func columnsOf(order []ordered) string {
	text := ""
	for _, o := range order {
		text += ", " + o.column
	}
	return text
}

func orderBy(order []ordered) string {
	parts := make([]string, len(order))
	for i, o := range order {
		parts[i] = o.column
		if o.descending {
			parts[i] += " DESC"
		}
	}
	return strings.Join(parts, ", ")
}

// beyond is the condition that a row comes after another in this order. Where all columns have one direction it is one
// comparison, which an index answers from its middle.
func beyond(b *builder, order []ordered, values []any) string {
	if !mixed(order) {
		return compared(b, order, sign(order[0]), values)
	}
	parts := make([]string, len(order))
	for i, o := range order {
		for j, before := range order[:i] {
			parts[i] += before.column + " = " + b.arg(values[j]) + " AND "
		}
		parts[i] += o.column + sign(o) + b.arg(values[i])
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// upTo is the condition that a row does not come after another in an order which has one direction.
func upTo(b *builder, order []ordered, values []any) string {
	opposite := order[0]
	opposite.descending = !opposite.descending
	return compared(b, order, strings.TrimRight(sign(opposite), " ")+"= ", values)
}

func mixed(order []ordered) bool {
	return slices.ContainsFunc(order, func(o ordered) bool { return o.descending != order[0].descending })
}

func compared(b *builder, order []ordered, sign string, values []any) string {
	columns, places := make([]string, len(order)), make([]string, len(order))
	for i, o := range order {
		columns[i], places[i] = o.column, b.arg(values[i])
	}
	return "(" + strings.Join(columns, ", ") + ")" + sign + "(" + strings.Join(places, ", ") + ")"
}

func sign(o ordered) string {
	if o.descending {
		return " < "
	}
	return " > "
}

// cursor is where a page ended. It goes out and comes back as an opaque text; whoever makes one of their own only chooses
// where to begin.
type cursor struct {
	Order  string `json:"o"`
	Values []any  `json:"v"`
	Walked bool   `json:"w,omitempty"` // candidates were many: they need not be sought again
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers only: it does not happen
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// maxCursor is the longest cursor: a few columns, none of which is longer than a name or an address.
const maxCursor = 8192

func readCursor(text string, order []ordered) (*cursor, error) {
	broken := &fault.Error{
		Kind:    fault.Invalid,
		Message: "the place to go on from is none of this list: follow the next link of a page as it is, with the same orderBy",
		Fields:  []fault.Field{{Name: "after", Reason: "must come from the next link of a page of this list"}},
	}
	if len(text) > maxCursor {
		return nil, broken
	}
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, broken
	}
	var c cursor
	decoder := json.NewDecoder(strings.NewReader(string(decoded)))
	decoder.UseNumber()
	if err := decoder.Decode(&c); err != nil || c.Order != shown(order) || len(c.Values) != len(order) {
		return nil, broken
	}
	for i, o := range order {
		switch value := c.Values[i].(type) {
		case json.Number:
			number, err := value.Int64()
			if err != nil || !o.number {
				return nil, broken
			}
			c.Values[i] = number
		case string:
			if o.number {
				return nil, broken
			}
			c.Values[i] = clean(value)
		default:
			return nil, broken
		}
	}
	return &c, nil
}

// marked is a row that has the columns of the order behind those of its noun.
type marked struct {
	row    scanner
	values []any // pointers
}

// Scan reads the columns of the noun, and by the way those of the order.
func (m *marked) Scan(into ...any) error { return m.row.Scan(append(into, m.values...)...) }

// places gives variables for the columns of an order.
func places(order []ordered) []any {
	values := make([]any, len(order))
	for i, o := range order {
		if o.number {
			values[i] = new(int64)
		} else {
			values[i] = new(string)
		}
	}
	return values
}

// read gives what was scanned into places.
func read(places []any) []any {
	values := make([]any, len(places))
	for i, place := range places {
		switch place := place.(type) {
		case *int64:
			values[i] = *place
		case *string:
			values[i] = *place
		}
	}
	return values
}
