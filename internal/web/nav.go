package web

import (
	"html/template"
	"slices"
	"strings"
	"sync"

	"example.org/hub/internal/hub"
)

// navGroup is a part of the navigation, navItem one page in it.
type navGroup struct {
	Title string // a key of words
	Words template.HTML
	Items []navItem
}

type navItem struct {
	Title   string // likewise
	Words   template.HTML
	Path    string
	Needs   []string // permissions of Hub of which one is enough; none: everybody may go there
	Count   func(Census) int64
	Number  string // what Count gives; empty: it is not shown
	Current bool
}

// drawnNav keeps the navigation as it was drawn: it is the same for all who may go to the same places, and to draw it costs more than
// most pages do beside it.
type drawnNav struct {
	lock sync.RWMutex
	kept map[navKey]template.HTML
}

// navKey is what decides what the navigation looks like: the language, the pages in it, as bits in their order, and which of them is
// at hand, as its place among all; -1: none; and how many there are of what is counted, if those who go there see all of it.
type navKey struct {
	lang    string
	shown   uint32
	counted uint32
	current int
	census  Census
}

// mostNavs bounds what is kept: there are about as many as there are pages, roles and languages.
const mostNavs = 128

// administration are the groups of what people administer. They stand under the first of them.
const administration = "nav.back-office"

// navigation is every page to which the side of the console leads.
func navigation() []navGroup {
	return []navGroup{
		{Title: "nav.you", Items: []navItem{
			{Title: "nav.home", Path: "/"},
			{Title: "nav.profile", Path: profilePath},
			{Title: "nav.security", Path: securityPath},
			{Title: "nav.activity", Path: activityPath},
		}},
		{Title: "nav.settings", Items: []navItem{
			{Title: "nav.api-access", Path: apiAccessPath},
		}},
		{Title: administration, Items: []navItem{
			{Title: "nav.dashboard", Path: "/admin", Needs: []string{"admin-read"}},
			{Title: "nav.audit", Path: "/admin/audit", Needs: []string{"admin-read"}},
		}},
		{Title: "nav.access", Items: []navItem{
			{
				Title: "nav.users", Path: "/admin/users", Needs: []string{"user-read", "user-read-basic"},
				Count: func(c Census) int64 { return c.People },
			},
			{Title: "nav.groups", Path: "/admin/groups", Needs: []string{"group-read"}},
			{Title: "nav.roles", Path: "/admin/roles", Needs: []string{"role-read"}},
			{Title: "nav.organisations", Path: "/admin/organisations", Needs: []string{"organization-read"}},
		}},
		{Title: "nav.server", Items: []navItem{
			{Title: "nav.services", Path: "/admin/services", Needs: []string{"service-read"}, Count: func(c Census) int64 { return c.Services }},
			{Title: "nav.system", Path: "/admin/system", Needs: []string{"admin-read"}},
		}},
	}
}

// nav is the navigation as a visitor sees it: without what needs a permission that is lacking, with the page at hand, or the
// one it belongs to, marked. Any page's templates can draw it.
func (p *Pages) nav(v *visitor, with *template.Template) (template.HTML, error) {
	key := p.navKey(v)
	p.navs.lock.RLock()
	drawn, known := p.navs.kept[key]
	p.navs.lock.RUnlock()
	if known {
		return drawn, nil
	}
	var text strings.Builder
	err := with.ExecuteTemplate(&text, "navigation", struct {
		Base   string
		Groups []navGroup
	}{p.base, p.groups(key, v.tongue)})
	if err != nil {
		return "", err
	}
	drawn = template.HTML(text.String()) // what a template wrote
	p.navs.lock.Lock()
	defer p.navs.lock.Unlock()
	if len(p.navs.kept) >= mostNavs {
		clear(p.navs.kept)
	}
	p.navs.kept[key] = drawn
	return drawn, nil
}

// navKey finds out which pages a visitor may go to, and which of them is at hand: the deepest whose path the page's begins with.
func (p *Pages) navKey(v *visitor) navKey {
	key := navKey{lang: v.Lang, current: -1}
	place, deepest := 0, -1
	for _, group := range p.navigation {
		for _, item := range group.Items {
			if v.mayGo(item) {
				key.shown |= 1 << place
				if item.Count != nil && p.Office.Census != nil && v.sees(item) {
					key.counted |= 1 << place
				}
				if len(item.Path) > deepest && p.isAt(v, item.Path) {
					key.current, deepest = place, len(item.Path)
				}
			}
			place++
		}
	}
	if key.counted > 0 {
		var err error
		if key.census, err = p.Office.Census(v.Context(), p.Environment); err != nil {
			key.counted = 0 // it is a remark at the side: no page fails for it
		}
	}
	return key
}

// groups is the navigation that belongs to a key, in words. A group without pages is left out, and so is the heading of the
// administration if nothing follows it.
func (p *Pages) groups(key navKey, in tongue) []navGroup {
	var shown []navGroup
	heading, place := -1, 0
	for _, group := range p.navigation {
		var items []navItem
		for _, item := range group.Items {
			if item.Words, item.Current = in.say(item.Title), place == key.current; key.shown&(1<<place) != 0 {
				if key.counted&(1<<place) != 0 {
					item.Number = in.grouped(item.Count(key.census))
				}
				items = append(items, item)
			}
			place++
		}
		if group.Title == administration {
			heading = len(shown)
		} else if len(items) == 0 {
			continue
		}
		shown = append(shown, navGroup{Title: group.Title, Words: in.say(group.Title), Items: items})
	}
	if heading == len(shown)-1 && len(shown[heading].Items) == 0 {
		shown = shown[:heading]
	}
	return shown
}

func (v *visitor) mayGo(item navItem) bool {
	return len(item.Needs) == 0 || slices.ContainsFunc(item.Needs, v.may)
}

// pageName is what the page at hand is called where the navigation leads to it; empty: it does not.
func (p *Pages) pageName(v *visitor) string {
	for _, group := range p.navigation {
		for _, item := range group.Items {
			if p.isAt(v, item.Path) && strings.HasSuffix(v.Pattern, item.Path) {
				return v.plain(item.Title)
			}
		}
	}
	return ""
}

// office is what stands above every page of the administration: its first page, for who may go there.
func (v *visitor) office() link {
	above := link{Words: v.say(administration)}
	if v.may("admin-read") {
		above.URL = dashboardPath
	}
	return above
}

// sees reports whether a visitor sees all of what a page lists, and not only what belongs to some organisations.
func (v *visitor) sees(item navItem) bool {
	return slices.ContainsFunc(item.Needs, func(permission string) bool { return v.held.Has(hub.HubServiceKey + ":" + permission) })
}

// isAt reports whether a request is for a page, or for one below it, under whichever prefix it is found.
func (p *Pages) isAt(v *visitor, path string) bool {
	_, pattern, _ := strings.Cut(v.Pattern, " ")
	_, after, found := strings.Cut(pattern, path)
	if path == "/" {
		return strings.HasSuffix(pattern, "/{$}")
	}
	return found && (after == "" || strings.HasPrefix(after, "/"))
}
