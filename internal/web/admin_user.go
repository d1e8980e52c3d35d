package web

import (
	"html/template"
	"net/url"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
)

// userHead is what the pages of a user have in common: who it is, what may be done at once, and the tabs.
type userHead struct {
	directory.SeenUser
	Name string // never empty
	At   string // path of the pages below the issuer's base path
	Tabs []tab

	MayChange, MayBan, MayReset, MayDelete bool
}

// Bot reports whether it is a machine.
func (u *userHead) Bot() bool { return u.Kind == hub.Bot }

// tab is one page of several that belong together.
type tab struct {
	Words   template.HTML
	URL     string // below the issuer's base path
	Count   int    // of what is on it; shown if Counted
	Counted bool
	Current bool
}

// usersPath is where users are.
const usersPath = "/admin/users"

// userPath is where a user's pages are, below the issuer's base path.
func userPath(id string) string { return usersPath + "/" + url.PathEscape(id) }

// userHead finds the user whose page is asked for. nil without an error: the visitor was sent to sign in, or to the page of the one
// who is meant by another name.
func (p *Pages) userHead(v *visitor) (*userHead, error) {
	if ok, err := p.needs(v, "user-read", "user-read-basic"); !ok {
		return nil, err
	}
	id := v.PathValue("user")
	user, err := p.Directory.User(v.Context(), p.actor(v), id)
	if err != nil {
		return nil, err
	}
	if user.ID != id {
		_, tab, _ := strings.Cut(v.URL.EscapedPath(), userPath(id))
		see(v.out, p.Issuer+userPath(user.ID)+tab)
		return nil, nil
	}
	head := &userHead{SeenUser: user, Name: newPerson(user.User).Name, At: userPath(user.ID)}
	head.MayChange = v.may("user-update")
	head.MayBan = head.MayChange && user.ID != v.User.ID
	head.MayReset = head.MayChange && user.Kind == hub.Person
	head.MayDelete = v.may("user-delete") && !user.BuiltIn() && user.ID != v.User.ID
	return head, nil
}

// mayHold reports whether the visitor is shown what somebody holds.
func (v *visitor) mayHold(user hub.User) bool {
	return v.may("user-update") || v.may("admin-read") || user.ID == v.User.ID
}

// held is how many credentials a user has: API clients, and others.
type held struct{ clients, others int }

// headOf lays the head of a user over a page: its tabs, with the page at hand marked, and how to go back. has is nil where the visitor
// does not see what the user holds.
func (p *Pages) headOf(v *visitor, page *frame, head *userHead, current string, has *held) {
	head.Tabs = []tab{{Words: v.say("user.profile"), URL: head.At}, {Words: v.say("user.groups"), URL: head.At + "/groups"}}
	if has != nil {
		head.Tabs = append(head.Tabs, tab{Words: v.say("clients"), URL: head.At + clientsTab, Count: has.clients, Counted: true},
			tab{Words: v.say("nav.security"), URL: head.At + "/security", Count: has.others, Counted: true})
	}
	for i := range head.Tabs {
		if head.Tabs[i].URL == head.At+current {
			head.Tabs[i].Current = true
			page.Crumb = head.Tabs[i].Words
		}
	}
	page.Title = head.Name
	page.Crumbs = []link{v.office(), {URL: usersPath, Words: v.say("nav.users")}, {URL: head.At, Words: text(head.Name)}}
}
