package store

import (
	"context"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// few is how many rows a query may be looked for in one by one. A query whose candidates are no more is answered from them,
// put in order afterwards; where there are more, rows are walked in their order and each is tested, which soon finds a page
// since matches are frequent then. Either way a page costs the same however many rows there are.
const few = 1000

// noun says how the rows of one kind are listed.
type noun struct {
	name    string // of many, in messages
	table   string // with its alias: "users u"
	id      string // what tells rows apart: "u.id"
	columns string
	keys    []listKey
	text    listKey     // what free text means
	orders  []listOrder // what it may be ordered by
	first   query.Order
	tallied string // its total is tallied under this name; empty: it is not
	grows   bool   // without end: see list_stretch.go
}

// within confines a list to rows of which a column has a value: those of one environment.
type within struct {
	column string
	value  string
}

// listed answers one page of a noun whose rows are read by scan. Errors: fault.Invalid for keys, values and cursors that are not
// ours; fault.Unavailable.
func listed[T any](ctx context.Context, r *Reader, n *noun, scan func(scanner, *T) error, l query.List, in ...within) (query.Page[T], error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	items := make([]T, 0, min(l.Size()+1, few))
	q := listQuery{noun: n, list: l, in: in}
	found, err := q.answer(ctx, r, func(keep int) { items = items[:keep] }, func(row scanner) error {
		var item T
		if err := scan(row, &item); err != nil {
			return err
		}
		items = append(items, item)
		return nil
	})
	if err != nil {
		return query.Page[T]{}, err
	}
	return query.Page[T]{Items: items[:found.rows:found.rows], Total: found.total, Next: found.next}, nil
}

// listQuery is one list that is being answered. It knows no type of its rows: the compiler would write all of it for each.
type listQuery struct {
	noun   *noun
	list   query.List
	in     []within
	order  []ordered
	after  *cursor
	rank   rank
	walked bool         // rows are walked in order, not sought first
	known  int64        // how many there are altogether, where that was found out on the way; 0: it was not
	merged []query.Node // instead: the page is among the first rows of each of these, which indexes hold in its order
	limit  int          // most rows to read
	until  []any        // the place of the last row to look at; nil: to the end
}

// outcome is a page but for its rows themselves.
type outcome struct {
	rows  int // that belong to it, of those that were read
	next  string
	total int64
}

// answer reads the rows of the page by add, and begins anew with start, after those that are kept.
func (q *listQuery) answer(ctx context.Context, r *Reader, start func(keep int), add func(scanner) error) (outcome, error) {
	if err := q.understand(); err != nil {
		return outcome{}, err
	}
	if err := q.choose(ctx, r); err != nil {
		return outcome{}, err
	}
	var page outcome
	var err error
	if q.inStretches() {
		page, err = q.stretches(ctx, r, start, add)
	} else {
		q.limit = q.list.Size()
		page, err = q.page(ctx, r, func() { start(0) }, add)
	}
	if err != nil {
		return outcome{}, err
	}
	page.total, err = q.total(ctx, r, page)
	return page, err
}

// understand checks all that the request says before the database is asked.
func (q *listQuery) understand() error {
	var err error
	if q.order, err = q.noun.order(q.list.Order); err != nil {
		return err
	}
	if q.list.After != "" {
		if q.after, err = readCursor(q.list.After, q.order); err != nil {
			return err
		}
	}
	if _, err = q.noun.test(&builder{}, q.list.Where, ""); err != nil {
		return err
	}
	if q.noun.arms(q.list.Where) > mostArms {
		return invalidQuery(0, "has more than %d conditions on groups, roles, members and free text together: ask in several steps", mostArms)
	}
	q.rank = q.noun.rank(q.list.Where)
	return nil
}

// choose finds out whether candidates are few.
func (q *listQuery) choose(ctx context.Context, r *Reader) error {
	if q.list.Uncounted && (q.after == nil || !q.after.Walked) {
		if q.merged = q.noun.inOrder(q.list.Where, q.order[0].name); q.merged != nil {
			return nil
		}
	}
	q.walked = q.rank == unranked || q.after != nil && q.after.Walked
	if q.walked {
		return nil
	}
	b := &builder{}
	text := `SELECT count(*) FROM (SELECT id FROM (` + q.noun.seek(b, q.list.Where, q.in) + `) AS sought LIMIT ` + b.arg(few+1) + `) AS candidates`
	found, err := one(ctx, r, b.statement(text), value[int64], b.args...)
	q.walked = found > few
	if !q.walked && q.noun.isInOrder(q.list.Where, q.order[0].name) {
		q.walked, q.known = true, found // there is nothing to put in order
	}
	return err
}

// from is the source of rows up to its conditions.
func (q *listQuery) from(b *builder) (string, error) {
	if q.merged != nil {
		return q.merge(b)
	}
	text := ` FROM ` + q.noun.table
	if !q.walked {
		text = ` FROM (SELECT DISTINCT id AS candidate FROM (` + q.noun.seek(b, q.list.Where, q.in) + `) AS sought) AS found JOIN ` + q.noun.table +
			` ON ` + q.noun.id + ` = found.candidate`
	}
	conditions := []string{}
	for _, in := range q.in {
		conditions = append(conditions, in.column+` = `+b.arg(in.value))
	}
	if q.list.Where.Op != query.Every {
		along := ""
		if q.walked {
			along = q.order[0].name
		}
		test, err := q.noun.test(b, q.list.Where, along)
		if err != nil {
			return "", err
		}
		conditions = append(conditions, test)
	}
	if len(conditions) == 0 {
		return text + ` WHERE TRUE`, nil
	}
	return text + ` WHERE ` + strings.Join(conditions, ` AND `), nil
}

// merge is the source of rows where they are the first of several that indexes hold in the order of the page. The IS TRUE that
// hides the conditions beside the one in the index is that of a walk.
func (q *listQuery) merge(b *builder) (string, error) {
	columns, names := "", ""
	for i, o := range q.order {
		columns += `, ` + o.column + ` AS ` + placeName(i)
		names += `, ` + placeName(i)
	}
	var arms []string
	for i, arm := range q.merged {
		k, m, err := q.noun.key(arm)
		if err != nil {
			return "", err
		}
		text := `SELECT ` + q.noun.id + ` AS candidate` + columns + ` FROM ` + q.noun.table + ` WHERE ` + confined(b, q.in) + `(` + k.test(b, m) + `)`
		if left := q.list.Where.Given(arm); left.Op != query.Every {
			test, err := q.noun.test(b, left, "no order")
			if err != nil {
				return "", err
			}
			text += ` AND ` + test
		}
		if q.after != nil {
			text += ` AND ` + beyond(b, q.order, q.after.Values)
		}
		text += ` ORDER BY ` + orderBy(q.order) + ` LIMIT ` + b.arg(q.list.Size()+1+max(q.list.Skip, 0))
		arms = append(arms, `SELECT candidate`+names+` FROM (`+text+`) AS arm`+decimal(i))
	}
	return ` FROM (` + strings.Join(arms, ` UNION `) + ` ORDER BY ` + q.sorting("") +
		` LIMIT ` + b.arg(q.list.Size()+1+max(q.list.Skip, 0)) + `) AS found JOIN ` +
		q.noun.table + ` ON ` + q.noun.id + ` = found.candidate WHERE TRUE`, nil
}

// placeName is what merge calls the column that is so far in front in the order.
func placeName(at int) string { return `place` + decimal(at) }

// sorting is the order of a page by its columns: of a merged one by those of found, which SQLite knows to be in that order already.
func (q *listQuery) sorting(found string) string {
	order := q.order
	if q.merged != nil {
		order = make([]ordered, len(q.order))
		for i, o := range q.order {
			o.column = found + placeName(i)
			order[i] = o
		}
	}
	return orderBy(order)
}

// page reads the rows, and one more to know whether there are more.
func (q *listQuery) page(ctx context.Context, r *Reader, start func(), add func(scanner) error) (outcome, error) {
	size := q.limit
	if size == 0 {
		return outcome{}, nil
	}
	b := &builder{}
	from, err := q.from(b)
	if err != nil {
		return outcome{}, err
	}
	text := `SELECT ` + q.noun.columns + columnsOf(q.order) + from
	if q.after != nil {
		text += ` AND ` + beyond(b, q.order, q.after.Values)
	}
	if q.until != nil {
		text += ` AND ` + upTo(b, q.order, q.until)
	}
	text += ` ORDER BY ` + q.sorting("found.") + ` LIMIT ` + b.arg(size+1)
	if q.after == nil && q.list.Skip > 0 {
		text += ` OFFSET ` + b.arg(q.list.Skip)
	}
	mark := &marked{values: places(q.order)}
	var last []any // where the last row that belongs to the page has its place
	rows := 0
	err = r.each(ctx, b.statement(text), b.args, func() { start(); rows = 0 }, func(row scanner) error {
		mark.row = row
		err := add(mark)
		if rows++; rows == size {
			last = read(mark.values)
		}
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	page := outcome{rows: min(rows, size)}
	if rows > size {
		page.next = cursor{Order: shown(q.order), Values: last, Walked: q.walked && q.known == 0}.String()
	}
	return page, nil
}

// total is how many rows the whole list has, as query.Page says.
func (q *listQuery) total(ctx context.Context, r *Reader, page outcome) (int64, error) {
	seen := int64(max(q.list.Skip, 0) + page.rows)
	switch {
	case q.list.Where.Op == query.Every && q.noun.tallied != "":
		what := q.noun.tallied
		for _, in := range q.in {
			what += "/" + in.value
		}
		return r.total(ctx, what)
	case q.known > 0:
		return q.known, nil
	case page.next == "" && (q.list.Skip <= 0 || page.rows > 0) && q.list.Size() > 0:
		return seen, nil
	case q.list.Uncounted && page.next != "":
		return seen + 1, nil
	case q.list.Exact || !q.walked && q.merged == nil:
		b := &builder{}
		from, err := q.from(b)
		if err != nil {
			return 0, err
		}
		return one(ctx, r, b.statement(`SELECT count(*)`+from), value[int64], b.args...)
	case page.next != "":
		return seen + 1, nil
	}
	return seen, nil
}

// builder gathers the arguments of a statement as its text is put together, from left to right.
type builder struct{ args []any }

// arg is the place of an argument.
func (b *builder) arg(value any) string {
	b.args = append(b.args, value)
	return placeOf(len(b.args))
}

func (b *builder) statement(text string) *statement { return passing(text, len(b.args)) }

// steady is a statement that finds rows by a number of ids or names, and differs from others of its kind by that number alone. Where
// they are more than a page shows, the number is hardly met again.
func (b *builder) steady(text string) *statement {
	s := b.statement(text)
	s.steady = len(b.args) <= 100
	return s
}

// clean makes a value from a request into one that both databases take for text.
func clean(value string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(value, "\x00", "\ufffd"), "\ufffd")
}

func invalidQuery(at int, format string, args ...any) error {
	err := fault.New(fault.Invalid, "query "+format, args...)
	if at > 0 {
		err.Message += " (at character " + decimal(at) + ")"
	}
	err.Fields = []fault.Field{{Name: "query", Reason: err.Message}}
	return err
}

// inEnvironment confines a list to one environment.
func inEnvironment(column string, environment hub.Environment) within {
	return within{column, string(environment)}
}
