package rest

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
)

// page is one page of a collection: {skip, top, total, next, prev, <segment>: [...]}. The last page has no next, since known
// clients go on until it is missing.
type page struct {
	segment  string
	elements []json.RawMessage
	top      int
	skip     int
	total    int64
	next     string
	prev     string
}

// query reads ?query=.
func (c *call) query() (query.Node, error) {
	where, err := query.Parse(c.URL.Query().Get("query"))
	return inOurWords(where), err
}

// asked reads which page is wanted: ?query=, ?orderBy=, $top and $skip with or without the $, and where a link goes on.
func (c *call) asked() (query.List, error) {
	values := c.URL.Query()
	asked := query.List{After: values.Get("after"), Limit: query.DefaultLimit}
	var err error
	if asked.Where, err = c.query(); err != nil {
		return query.List{}, err
	}
	if asked.Order, err = query.ParseOrder(values.Get("orderBy")); err != nil {
		return query.List{}, err
	}
	if err := number(values, "top", query.Everything, &asked.Limit); err != nil {
		return query.List{}, err
	}
	return asked, number(values, "skip", 0, &asked.Skip)
}

// number reads $name or name.
func number(values url.Values, name string, least int, into *int) error {
	text := values.Get("$" + name)
	if text == "" {
		text = values.Get(name)
	}
	if text == "" {
		return nil
	}
	value, err := strconv.ParseInt(text, 10, 32)
	if err != nil || int(value) < least {
		return &fault.Error{Kind: fault.Invalid, Message: "$" + name + " must be a whole number from " + strconv.Itoa(least),
			Fields: []fault.Field{{Name: "$" + name, Reason: "must be a whole number from " + strconv.Itoa(least)}}}
	}
	*into = int(value)
	return nil
}

// paged is the answer for one page of a list, whose elements are shown by view.
func paged[T, V any](a *API, c *call, segment string, asked query.List, found query.Page[T], view func(T) V) (*page, error) {
	return a.listPage(c, segment, asked, found.Total, found.Next, len(found.Items), func(i int) any { return view(found.Items[i]) })
}

// listPage is paged without a type of the rows.
func (a *API) listPage(c *call, segment string, asked query.List, total int64, next string, elements int, element func(int) any) (*page, error) {
	return a.page(c, &page{segment: segment, top: asked.Limit, skip: asked.Skip, total: total}, asked.Size(), next, elements, element)
}

// page completes an answer by its elements, of which one page has size, and the links to other pages.
func (a *API) page(c *call, p *page, size int, next string, elements int, element func(int) any) (*page, error) {
	p.elements = make([]json.RawMessage, elements)
	for i := range p.elements {
		text, err := json.Marshal(element(i))
		if err != nil {
			return nil, err
		}
		p.elements[i] = text
	}
	if next != "" {
		p.next = a.link(c, p.skip+elements, p.top, next)
	}
	if p.skip > 0 && size > 0 {
		p.prev = a.link(c, max(p.skip-size, 0), p.top, "")
	}
	return p, nil
}

// whole is the answer for a list that is short by its nature, of which the page is cut here.
func whole[T, V any](a *API, c *call, segment string, all []T, view func(T) V) (*page, error) {
	return a.short(c, segment, reflect.TypeFor[V](), len(all), func(i int) any { return view(all[i]) })
}

// short is whole without a type of the rows.
func (a *API) short(c *call, segment string, as reflect.Type, size int, element func(int) any) (*page, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	if asked.Where.Op == query.Every && len(asked.Order) == 0 {
		return a.cutPage(c, segment, size, element)
	}
	list, err := shown(segment, as, size, element)
	if err != nil {
		return nil, err
	}
	found, err := list.chosen(asked)
	if err != nil {
		return nil, err
	}
	return a.cutPage(c, segment, len(found), func(i int) any { return element(found[i]) })
}

// chosenWhole is whole for a list that was chosen by ?query= already, and is in its order.
func chosenWhole[T, V any](a *API, c *call, segment string, all []T, view func(T) V) (*page, error) {
	return a.cutPage(c, segment, len(all), func(i int) any { return view(all[i]) })
}

// cutPage is the page that is asked for of so many things.
func (a *API) cutPage(c *call, segment string, size int, element func(int) any) (*page, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	begin := min(asked.Skip, size)
	end := min(begin+asked.Size(), size)
	p := &page{segment: segment, top: asked.Limit, skip: asked.Skip, total: int64(size)}
	if end < size && end > begin {
		p.next = a.link(c, end, asked.Limit, "")
	}
	return a.page(c, p, asked.Size(), "", end-begin, func(i int) any { return element(begin + i) })
}

// link is the address of another page of what was asked: at the base URL that is configured, below the path that the
// client uses.
func (a *API) link(c *call, skip, top int, after string) string {
	values := c.URL.Query()
	for _, name := range []string{"skip", "top", "after", "$skip", "$top"} {
		values.Del(name)
	}
	values.Set("$skip", strconv.Itoa(skip))
	values.Set("$top", strconv.Itoa(top))
	if after != "" {
		values.Set("after", after)
	}
	return a.origin() + c.URL.EscapedPath() + "?" + values.Encode()
}

// origin is scheme and host of the base URL.
func (a *API) origin() string {
	base, err := url.Parse(a.Server.Issuer)
	if err != nil {
		return "" // it was read when the program began
	}
	return base.Scheme + "://" + base.Host
}

// pageKeys are the names in ?fields= that mean the page and not its elements.
func pageKeys() []string { return []string{"skip", "top", "total", "next", "prev"} }

// encode writes the page. ?fields= is about the elements, with or without the segment before them; the keys of the page are
// small, and always there.
func (p *page) encode(wanted fields) ([]byte, error) {
	elements := wanted.ofElements(p.segment)
	list := make([]json.RawMessage, len(p.elements))
	for i, element := range p.elements {
		if list[i] = element; elements != nil {
			list[i] = elements.cut(element)
		}
	}
	answer := map[string]any{"skip": p.skip, "top": p.top, "total": p.total, p.segment: list}
	if p.next != "" {
		answer["next"] = p.next
	}
	if p.prev != "" {
		answer["prev"] = p.prev
	}
	return json.Marshal(answer)
}

// ofElements is what is wanted of each element of a page; nil: what is shown by default.
func (f fields) ofElements(segment string) fields {
	below := fields{}
	for name, inner := range f {
		below[name] = inner
	}
	for _, name := range pageKeys() {
		delete(below, name)
	}
	if inner, named := below[segment]; named {
		delete(below, segment)
		for name, further := range inner {
			below.add(name, further)
		}
	}
	if len(below) == 0 {
		return nil
	}
	return below
}
