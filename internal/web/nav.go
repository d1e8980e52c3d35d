package web

import (
	"html/template"
	"slices"
	"strings"
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
	Current bool
}

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
			{Title: "nav.users", Path: "/admin/users", Needs: []string{"user-read", "user-read-basic"}},
			{Title: "nav.groups", Path: "/admin/groups", Needs: []string{"group-read"}},
			{Title: "nav.roles", Path: "/admin/roles", Needs: []string{"role-read"}},
			{Title: "nav.organisations", Path: "/admin/organisations", Needs: []string{"organization-read"}},
		}},
		{Title: "nav.server", Items: []navItem{
			{Title: "nav.services", Path: "/admin/services", Needs: []string{"service-read"}},
			{Title: "nav.system", Path: "/admin/system", Needs: []string{"admin-read"}},
		}},
	}
}

// nav is the navigation as a visitor sees it: without what needs a permission that is lacking, with the page at hand, or the
// one it belongs to, marked.
func (p *Pages) nav(v *visitor) []navGroup {
	var shown []navGroup
	heading, best := -1, (*navItem)(nil)
	for _, group := range navigation() {
		items := slices.DeleteFunc(group.Items, func(item navItem) bool { return !v.mayGo(item) })
		if group.Title == administration {
			heading = len(shown)
		} else if len(items) == 0 {
			continue
		}
		for i := range items {
			items[i].Words = v.say(items[i].Title)
		}
		shown = append(shown, navGroup{Title: group.Title, Words: v.say(group.Title), Items: items})
	}
	if heading == len(shown)-1 && len(shown[heading].Items) == 0 {
		shown = shown[:heading]
	}
	for _, group := range shown {
		for i := range group.Items {
			if item := &group.Items[i]; p.isAt(v, item.Path) && (best == nil || len(item.Path) > len(best.Path)) {
				best = item
			}
		}
	}
	if best != nil {
		best.Current = true
	}
	return shown
}

func (v *visitor) mayGo(item navItem) bool {
	return len(item.Needs) == 0 || slices.ContainsFunc(item.Needs, v.may)
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
