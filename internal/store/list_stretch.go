package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/query"
)

// What only ever grows is not read to its end for the few rows that hold a text. Where no index finds them, rows are looked through
// stretch by stretch until a page is full or the time for it is over; the page says how far it came, and the next goes on there.

const (
	stretchRows = 5000
	lookThrough = 1500 * time.Millisecond // unless the list says otherwise
)

// inStretches reports whether rows are looked through so.
func (q *listQuery) inStretches() bool {
	whole := q.list.Exact || q.list.Skip > 0 && q.after == nil // rows before or behind the page have to be counted
	return q.noun.grows && q.walked && q.list.Size() > 0 && !whole && !mixed(q.order) && q.noun.looksInto(q.list.Where)
}

// looksInto reports whether a row must be read to be held against a query.
func (n *noun) looksInto(node query.Node) bool {
	if node.Op == query.Field || node.Op == query.Text {
		k, _, err := n.key(node)
		return err == nil && k.looks
	}
	return slices.ContainsFunc(node.Of, n.looksInto)
}

// stretches reads the rows of a page that way.
func (q *listQuery) stretches(ctx context.Context, r *Reader, start func(keep int), add func(scanner) error) (outcome, error) {
	enough := q.list.Within
	if enough == 0 {
		enough = lookThrough
	}
	began, size, found := time.Now(), q.list.Size(), outcome{}
	for {
		last, err := q.endOfStretch(ctx, r)
		if err != nil {
			return outcome{}, err
		}
		keep := found.rows
		q.limit, q.until = size-keep, last
		page, err := q.page(ctx, r, func() { start(keep) }, add)
		if err != nil {
			return outcome{}, err
		}
		found.rows += page.rows
		if found.next = page.next; found.next != "" || last == nil {
			return found, nil
		}
		next := cursor{Order: shown(q.order), Values: last, Walked: true}
		if found.rows == size || time.Since(began) >= enough {
			found.next = next.String()
			return found, nil
		}
		q.after = &next
	}
}

// endOfStretch is the place of the last row of the next stretch; nil where there are fewer rows.
func (q *listQuery) endOfStretch(ctx context.Context, r *Reader) ([]any, error) {
	b, conditions := &builder{}, []string{"TRUE"}
	all := []query.Node{q.list.Where}
	if q.list.Where.Op == query.And {
		all = q.list.Where.Of
	}
	for _, node := range all {
		if k, m, err := q.noun.key(node); err == nil && node.Op == query.Field && k.bounds {
			conditions = append(conditions, k.test(b, m))
		}
	}
	if q.after != nil {
		conditions = append(conditions, beyond(b, q.order, q.after.Values))
	}
	text := `SELECT ` + columnsOf(q.order)[2:] + ` FROM ` + q.noun.table + ` WHERE ` + strings.Join(conditions, ` AND `) +
		` ORDER BY ` + orderBy(q.order) + ` LIMIT 1 OFFSET ` + b.arg(stretchRows-1)
	var last []any
	err := r.each(ctx, b.statement(text), b.args, func() { last = nil }, func(row scanner) error {
		place := places(q.order)
		err := row.Scan(place...)
		last = read(place)
		return err
	})
	return last, err
}
