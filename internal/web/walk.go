package web

import (
	"net/url"
	"strconv"

	"example.org/hub/internal/query"
)

// newWalk describes the page of a list that goes on where the page before ended, as next says, so that every page costs the same.
// Only the way back counts rows.
func newWalk(query url.Values, shown int, total int64, next string) *pager {
	skip := skipped(query)
	p := newPager(query, skip, shown, int(total))
	p.Next = ""
	if p.Previous != "" {
		p.Previous = with(query, "skip", strconv.Itoa(max(skip-perPage, 0)), "after", "")
	}
	if next != "" {
		p.Next = with(query, "skip", strconv.Itoa(skip+shown), "after", next)
	}
	return p
}

// with is a query with some values changed, given as name and value by turns; an empty one is left out, and so is skip=0.
func with(query url.Values, pairs ...string) string {
	changed := url.Values{}
	for name, values := range query {
		changed[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		changed.Del(pairs[i])
		if value := pairs[i+1]; value != "" && (pairs[i] != "skip" || value != "0") {
			changed.Set(pairs[i], value)
		}
	}
	return "?" + changed.Encode()
}

// nameOrder is how a list is ordered by name, and where the other way round is.
type nameOrder struct {
	Descending bool
	Turn       string // query string
}

// newNameOrder reads it from the URL of a list.
func newNameOrder(asked url.Values) nameOrder {
	order, turned := nameOrder{Descending: asked.Get("order") == "desc"}, "desc"
	if order.Descending {
		turned = ""
	}
	order.Turn = with(asked, "order", turned, "after", "", "skip", "")
	return order
}

func (o nameOrder) keys() []query.Order {
	return []query.Order{{Key: "name", Descending: o.Descending}}
}
