package web

import (
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// groupsPage lists groups.
type groupsPage struct {
	frame
	Query     string
	Rows      []hub.Group
	MayCreate bool
	Pager     *pager
}

// groupsPath is where groups are.
const groupsPath = "/admin/groups"

func (p *Pages) mountGroups(page func(string, func(*visitor) error)) {
	page("GET "+groupsPath, func(v *visitor) error {
		list, err := p.groupsPage(v)
		if list == nil || err != nil {
			return err
		}
		return p.show(v, "admin-groups", list)
	})
	below := func(_ *visitor, list *groupsPage) (framed, string, error) { return list, "admin-groups", nil }
	mountDialog(p, page, groupsPath+"/new", dialog[groupsPage]{find: p.groupsPage, below: below, ask: p.askNewGroup, do: p.newGroup})
	p.mountGroup(page)
}

// groupsPage is the list as the query asks for it; nil if the visitor was sent to sign in.
func (p *Pages) groupsPage(v *visitor) (*groupsPage, error) {
	if ok, err := p.needs(v, "group-read"); !ok {
		return nil, err
	}
	page := &groupsPage{Query: shortened(strings.TrimSpace(v.query.Get("q"))), MayCreate: v.may("group-create")}
	page.Title, page.Crumbs = v.plain("nav.groups"), []link{v.office()}
	list := query.List{After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage}
	if page.Query != "" {
		list.Where = query.Node{Op: query.Text, Value: page.Query}
	}
	found, err := p.Directory.Groups(v.Context(), p.actor(v), list)
	if err != nil {
		return nil, err
	}
	page.Rows, page.Pager = found.Items, newWalk(v.query, len(found.Items), found.Total, found.Next)
	return page, nil
}

func (p *Pages) askNewGroup(v *visitor, _ *groupsPage, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("groups.new"), Text: v.say("groups.new.text"), Action: p.base + groupsPath + "/new",
		Back: p.base + groupsPath + "#new-group", Do: v.say("groups.new.do"), Gentle: true,
		Fields: []field{
			newField("name", "text", "off", v.say("column.name"), typed.text("name"), "", wrong.Of("name"), "focus"),
			newField("description", "text", "off", v.say("column.description"), typed.text("description"), "", wrong.Of("description"), "optional"),
		},
	}, nil
}

func (p *Pages) newGroup(v *visitor, _ *groupsPage, typed form) error {
	group, err := p.Directory.CreateGroup(v.Context(), p.actor(v), hub.Group{
		Name: strings.TrimSpace(typed.text("name")), Description: strings.TrimSpace(typed.text("description")),
	})
	if err != nil {
		return err
	}
	return p.done(v, groupPath(group.ID), "groups.new.done", "name", group.Name)
}

// days is a time in whole days.
func days(of time.Duration) int { return int(of / (24 * time.Hour)) }
