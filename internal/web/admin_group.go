package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// groupPage is one group: its rules, who and what is in it, and the roles it gives.
type groupPage struct {
	frame
	edition
	Group                          hub.Group
	Name, Description              field
	Grace, Domain                  field
	Factor, Join                   bool
	Members                        []userRow
	Pager                          *pager
	Subgroups                      []hub.Group
	Roles                          []grantRow
	ShowRoles                      bool
	MayChange, MayGrant, MayDelete bool
}

// groupPath is where a group's page is, below the issuer's base path.
func groupPath(id string) string { return groupsPath + "/" + url.PathEscape(id) }

// GrantsAt is where the dialogs about roles given to the group are.
func (g *groupPage) GrantsAt() string { return g.Base + groupPath(g.Group.ID) + "/roles" }

// At is the page itself.
func (g *groupPage) At() string { return g.Base + groupPath(g.Group.ID) }

// group finds the group that is asked for.
func (p *Pages) group(v *visitor) (*hub.Group, error) {
	if ok, err := p.needs(v, "group-read"); !ok {
		return nil, err
	}
	id := v.PathValue("group")
	group, err := p.Directory.Group(v.Context(), p.actor(v), id)
	if err != nil {
		return nil, err
	}
	if group.ID != id { // by its name
		see(v.out, p.Issuer+groupPath(group.ID))
		return nil, nil
	}
	return &group, nil
}

func (p *Pages) mountGroup(page func(string, func(*visitor) error)) {
	at := groupsPath + "/{group}"
	mountEditing(p, page, at, p.groupEditing())
	below := func(v *visitor, group *hub.Group) (framed, string, error) {
		below, err := p.groupPage(v, group, form{}, mistakes{})
		return below, "admin-group", err
	}
	over := func(path string, fresh bool, d dialog[hub.Group]) {
		d.find, d.below, d.fresh = p.group, below, fresh
		mountDialog(p, page, at+path, d)
	}
	over("/members/add", true, dialog[hub.Group]{ask: p.askMember, do: p.addMember})
	over("/members/{member}/remove", false, dialog[hub.Group]{ask: p.askRemoveMember, do: p.removeMember})
	over("/subgroups/add", true, dialog[hub.Group]{ask: p.askSubgroup, do: p.addSubgroup})
	over("/subgroups/{subgroup}/remove", false, dialog[hub.Group]{ask: p.askRemoveSubgroup, do: p.removeSubgroup})
	over("/delete", false, dialog[hub.Group]{ask: p.askDeleteGroup, do: p.deleteGroup})
	over("/roles/grant", true, dialog[hub.Group]{
		ask: func(v *visitor, group *hub.Group, typed form, wrong mistakes) (*question, error) {
			return p.grantQuestion(v, group.Name, p.base+groupPath(group.ID)+"#grant", typed, wrong)
		},
		do: func(v *visitor, group *hub.Group, typed form) error {
			if err := p.grant(v, hub.HolderGroup, group.ID, typed); err != nil {
				return err
			}
			return p.done(v, groupPath(group.ID), "grant.done", "name", group.Name)
		}})
	over("/roles/{grant}/revoke", true, dialog[hub.Group]{
		ask: func(v *visitor, group *hub.Group, _ form, _ mistakes) (*question, error) {
			rows, err := p.grantsOf(v, "group", group.ID)
			if err != nil {
				return nil, err
			}
			return p.askRevokeGrant(v, rows, group.Name, p.base+groupPath(group.ID))
		},
		do: func(v *visitor, group *hub.Group, _ form) error {
			if err := p.Directory.RevokeOf(v.Context(), p.actor(v), hub.HolderGroup, group.ID, v.PathValue("grant")); err != nil {
				return err
			}
			return p.done(v, groupPath(group.ID), "grant.revoked", "name", group.Name)
		}})
}

// groupPage is the page with what there is, or with what was typed.
func (p *Pages) groupPage(v *visitor, group *hub.Group, typed form, wrong mistakes) (*groupPage, error) {
	shown := *group
	if typed.any() {
		shown.Name, shown.Description, shown.AutoJoinDomain = typed.text("name"), typed.text("description"), typed.text("autoJoinDomain")
		shown.RequireTwoFactor, shown.AutoJoin = typed.has("factor"), typed.has("join")
	}
	grace := strconv.Itoa(days(shown.TwoFactorGrace))
	if typed.any() {
		grace = typed.text("twoFactorGrace")
	}
	page := &groupPage{
		Group: *group, edition: edition{Version: stamp(group.UpdatedAt), Wrong: wrong},
		Factor: shown.RequireTwoFactor, Join: shown.AutoJoin, ShowRoles: v.may("role-read"),
		MayChange: v.may("group-update"), MayDelete: v.may("group-delete") && !group.BuiltIn(),
	}
	page.MayGrant = page.ShowRoles && v.may("role-manage")
	page.Title = group.Name
	page.Crumbs = []link{v.office(), {URL: groupsPath, Words: v.say("nav.groups")}}
	page.Name = newField("name", "text", "off", v.say("column.name"), shown.Name, "", wrong.Of("name"))
	page.Description = newField("description", "text", "off", v.say("column.description"), shown.Description, "", wrong.Of("description"), "optional")
	page.Grace = newField("twoFactorGrace", "number", "off", v.say("group.grace"), grace,
		v.say("group.grace.hint"), wrong.Of("twoFactorGrace"), "optional")
	page.Domain = newField("autoJoinDomain", "text", "off", v.say("group.domain"), shown.AutoJoinDomain,
		v.say("group.domain.hint"), wrong.Of("autoJoinDomain"), "optional")
	for _, one := range []*field{&page.Name, &page.Description, &page.Grace, &page.Domain} {
		one.Fixed = !page.MayChange
	}
	found, err := p.Directory.MembersOfGroup(v.Context(), p.actor(v), group.ID, query.List{
		Order: []query.Order{{Key: "name"}}, After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage,
	})
	if err != nil {
		return nil, err
	}
	for _, member := range found.Items {
		page.Members = append(page.Members, p.userRow(member))
	}
	page.Pager = newWalk(v.query, len(page.Members), found.Total, found.Next)
	if page.Subgroups, err = p.Directory.Subgroups(v.Context(), p.actor(v), group.ID); err != nil {
		return nil, err
	}
	if page.ShowRoles {
		page.Roles, err = p.grantsOf(v, "group", group.ID)
	}
	return page, err
}

// grantsOf are the roles that were given to a holder, as a key of lists names it.
func (p *Pages) grantsOf(v *visitor, key, id string) ([]grantRow, error) {
	found, err := p.Directory.Grants(v.Context(), p.actor(v), query.List{Where: query.Is(key, id), Limit: mostChoices})
	if err != nil {
		return nil, err
	}
	held, err := p.Directory.HeldRoles(v.Context(), found.Items)
	var rows []grantRow
	for _, one := range held {
		rows = append(rows, v.grantRow(one))
	}
	return rows, err
}

// stamp names a state of something that is changed by forms.
func stamp(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// groupEditing is the form by which a group is changed.
func (p *Pages) groupEditing() editing[hub.Group, hub.Group] {
	return editing[hub.Group, hub.Group]{
		kind: "group", template: "admin-group", find: p.group, update: p.Directory.UpdateGroup,
		id:      func(group *hub.Group) string { return group.ID },
		updated: func(group *hub.Group) time.Time { return group.UpdatedAt },
		page: func(v *visitor, group *hub.Group, typed form, wrong mistakes) (editable, error) {
			return p.groupPage(v, group, typed, wrong)
		},
		edit: func(v *visitor, typed form) (func(*hub.Group), error) {
			grace, err := strconv.Atoi(trimmed(typed, "twoFactorGrace"))
			if trimmed(typed, "twoFactorGrace") == "" {
				grace, err = 0, nil
			}
			if err != nil || grace < 0 || grace > 10_000 {
				return nil, wrongField("twoFactorGrace", v.plain("group.grace.number"))
			}
			return func(group *hub.Group) {
				group.Name, group.Description, group.AutoJoinDomain =
					trimmed(typed, "name"), trimmed(typed, "description"), trimmed(typed, "autoJoinDomain")
				group.RequireTwoFactor, group.AutoJoin = typed.has("factor"), typed.has("join")
				group.TwoFactorGrace = time.Duration(grace) * 24 * time.Hour
			}, nil
		},
		differs: func(v *visitor, group *hub.Group, typed form) template.HTML {
			return v.says(typed, "name", "column.name", group.Name, "description", "column.description", group.Description,
				"autoJoinDomain", "group.domain", group.AutoJoinDomain,
				"twoFactorGrace", "group.grace", strconv.Itoa(days(group.TwoFactorGrace))) +
				v.turned(typed, "factor", "group.factor", group.RequireTwoFactor) +
				v.turned(typed, "join", "group.join", group.AutoJoin)
		},
		done: func(v *visitor, group *hub.Group, now hub.Group) error {
			return p.done(v, groupPath(group.ID), "group.saved", "name", now.Name)
		}}
}

func (p *Pages) askMember(v *visitor, group *hub.Group, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("group.add", "group", group.Name), Text: v.say("user.join.text"),
		Back: p.base + groupPath(group.ID) + "#add-member", Do: v.say("user.join.do"), Gentle: true,
		Fields: []field{newField("user", "text", "off", v.say("column.user"), typed.text("user"),
			v.say("user.merge.hint"), wrong.Of("user"), "focus")},
	}, nil
}

func (p *Pages) addMember(v *visitor, group *hub.Group, typed form) error {
	user, err := p.Directory.User(v.Context(), p.actor(v), strings.TrimSpace(typed.text("user")))
	if err != nil {
		return p.nobody(v, "user", typed.text("user"), err)
	}
	if err := p.Directory.AddMember(v.Context(), p.actor(v), group.ID, user.ID); err != nil {
		return err
	}
	return p.done(v, groupPath(group.ID), "user.joined", "name", newPerson(user.User).Name, "group", group.Name)
}

func (p *Pages) askRemoveMember(v *visitor, group *hub.Group, _ form, _ mistakes) (*question, error) {
	user, err := p.Directory.User(v.Context(), p.actor(v), v.PathValue("member"))
	if err != nil {
		return nil, err
	}
	return &question{
		Title: v.say("user.part", "name", newPerson(user.User).Name, "group", group.Name), Text: v.say("user.part.text"),
		Back: p.base + groupPath(group.ID) + "#m-" + user.ID, Do: v.say("user.part.do"),
	}, nil
}

func (p *Pages) removeMember(v *visitor, group *hub.Group, _ form) error {
	user, err := p.Directory.User(v.Context(), p.actor(v), v.PathValue("member"))
	if err != nil {
		return err
	}
	if err := p.Directory.RemoveMember(v.Context(), p.actor(v), group.ID, user.ID); err != nil {
		return err
	}
	return p.done(v, groupPath(group.ID), "user.parted", "name", newPerson(user.User).Name, "group", group.Name)
}

func (p *Pages) askSubgroup(v *visitor, group *hub.Group, typed form, wrong mistakes) (*question, error) {
	names, err := p.groupNames(v)
	sub := newField("subgroup", "text", "off", v.say("column.group"), typed.text("subgroup"), v.say("user.join.hint"), wrong.Of("subgroup"), "focus")
	sub.List = slices.DeleteFunc(names, func(name string) bool { return name == group.Name })
	return &question{
		Title: v.say("group.nest", "group", group.Name), Text: v.say("group.nest.text", "group", group.Name),
		Back: p.base + groupPath(group.ID) + "#add-group", Do: v.say("user.join.do"), Gentle: true, Fields: []field{sub},
	}, err
}

func (p *Pages) addSubgroup(v *visitor, group *hub.Group, typed form) error {
	sub, err := p.groupNamed(v, "subgroup", typed.text("subgroup"))
	if err != nil {
		return err
	}
	if err := p.Directory.AddSubgroup(v.Context(), p.actor(v), group.ID, sub.ID); err != nil {
		return err
	}
	return p.done(v, groupPath(group.ID), "user.joined", "name", sub.Name, "group", group.Name)
}

func (p *Pages) askRemoveSubgroup(v *visitor, group *hub.Group, _ form, _ mistakes) (*question, error) {
	sub, err := p.Directory.Group(v.Context(), p.actor(v), v.PathValue("subgroup"))
	if err != nil {
		return nil, err
	}
	return &question{
		Title: v.say("user.part", "name", sub.Name, "group", group.Name), Text: v.say("user.part.text"),
		Back: p.base + groupPath(group.ID) + "#s-" + sub.ID, Do: v.say("user.part.do"),
	}, nil
}

func (p *Pages) removeSubgroup(v *visitor, group *hub.Group, _ form) error {
	sub, err := p.Directory.Group(v.Context(), p.actor(v), v.PathValue("subgroup"))
	if err != nil {
		return err
	}
	if err := p.Directory.RemoveSubgroup(v.Context(), p.actor(v), group.ID, sub.ID); err != nil {
		return err
	}
	return p.done(v, groupPath(group.ID), "user.parted", "name", sub.Name, "group", group.Name)
}

func (p *Pages) askDeleteGroup(v *visitor, group *hub.Group, _ form, _ mistakes) (*question, error) {
	return &question{
		Title: v.say("group.delete.title", "group", group.Name), Text: v.say("group.delete.text"),
		Back: p.base + groupPath(group.ID) + "#delete-do", Do: v.say("group.delete"),
	}, nil
}

func (p *Pages) deleteGroup(v *visitor, group *hub.Group, _ form) error {
	if err := p.Directory.DeleteGroup(v.Context(), p.actor(v), group.ID); err != nil {
		return err
	}
	return p.done(v, groupsPath, "group.delete.done", "name", group.Name)
}
