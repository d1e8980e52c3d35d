package web

import (
	"html/template"
	"net/url"
	"strconv"
)

// perPage is how many rows a list shows.
const perPage = 50

// pager leads through a list that is longer than a page. Its template is "pager".
type pager struct {
	From, To, Total int
	Previous, Next  string // query strings; empty: there is none
	Remark          template.HTML
	InTime          bool // what comes first is the newest
}

// Extent says which rows of how many a page of a list shows.
func (t tongue) Extent(p *pager) template.HTML {
	return t.say("pager.of", "from", t.grouped(int64(p.From)), "to", t.grouped(int64(p.To)), "total", t.grouped(int64(p.Total)))
}

// newPager describes the page of a list that begins after skip rows and shows so many of a total; the rest of the query, filters
// for one, goes along.
func newPager(query url.Values, skip, shown, total int) *pager {
	p := &pager{From: min(skip+1, total), To: skip + shown, Total: total}
	at := func(skip int) string {
		next := url.Values{}
		for name, values := range query {
			next[name] = values
		}
		next.Del("skip")
		if skip > 0 {
			next.Set("skip", strconv.Itoa(skip))
		}
		return "?" + next.Encode()
	}
	if skip > 0 {
		p.Previous = at(max(skip-perPage, 0))
	}
	if skip+shown < total {
		p.Next = at(skip + shown)
	}
	return p
}

// skipped is how many rows of a list come before the page that is asked for; what cannot be read is none.
func skipped(query url.Values) int {
	skip, err := strconv.Atoi(query.Get("skip"))
	if err != nil || skip < 0 {
		return 0
	}
	return skip
}
