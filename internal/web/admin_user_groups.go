package web

import (
	"html/template"
	"slices"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// userGroupsPage is the groups and roles of a user, and what they add up to.
type userGroupsPage struct {
	frame
	User                  *userHead
	Environments          []place
	Groups                []membershipRow
	Roles                 []grantRow
	Reach                 []reachRow
	Everything            bool
	ShowGroups, ShowRoles bool
	MayPut, MayGrant      bool
}

// membershipRow is a group in which a user is.
type membershipRow struct {
	hub.Group
	Roles []string      // that reach the user from it
	Why   template.HTML // of one into which the user was not put
}

// reachRow is what a user may do at one service, and why.
type reachRow struct {
	Service string
	Allowed []allowed
}

// allowed is one permission and the ways by which it comes.
type allowed struct {
	Name string
	Ways []template.HTML
}

// GrantsAt is where the dialogs about roles given to the user are.
func (u *userGroupsPage) GrantsAt() string { return u.Base + u.User.At + "/groups/roles" }

func (p *Pages) mountUserGroups(page func(string, func(*visitor) error)) {
	at := usersPath + "/{user}/groups"
	page("GET "+at, p.userGroups)
	below := func(v *visitor, head *userHead) (framed, string, error) {
		page, err := p.userGroupsPage(v, head)
		return page, "admin-user-groups", err
	}
	over := func(path string, d dialog[userHead]) {
		d.find, d.below, d.fresh = p.userHead, below, true
		mountDialog(p, page, at+path, d)
	}
	over("/add", dialog[userHead]{ask: p.askJoin, do: p.join})
	over("/{group}/remove", dialog[userHead]{ask: p.askPart, do: p.part})
	over("/roles/grant", dialog[userHead]{
		ask: func(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
			return p.grantQuestion(v, head.Name, p.of(head, "/groups#grant"), typed, wrong)
		},
		do: func(v *visitor, head *userHead, typed form) error {
			if err := p.grant(v, hub.HolderUser, head.ID, typed); err != nil {
				return err
			}
			return p.done(v, head.At+"/groups", "grant.done", "name", head.Name)
		}})
	over("/roles/{grant}/revoke", dialog[userHead]{
		ask: func(v *visitor, head *userHead, _ form, _ mistakes) (*question, error) {
			page, err := p.userGroupsPage(v, head)
			if err != nil {
				return nil, err
			}
			return p.askRevokeGrant(v, page.Roles, head.Name, p.of(head, "/groups"))
		},
		do: func(v *visitor, head *userHead, _ form) error {
			if err := p.Directory.RevokeOf(v.Context(), p.actor(v), hub.HolderUser, head.ID, v.PathValue("grant")); err != nil {
				return err
			}
			return p.done(v, head.At+"/groups", "grant.revoked", "name", head.Name)
		}})
}

func (p *Pages) userGroups(v *visitor) error {
	head, err := p.userHead(v)
	if head == nil || err != nil {
		return err
	}
	page, err := p.userGroupsPage(v, head)
	if err != nil {
		return err
	}
	return p.show(v, "admin-user-groups", page)
}

func (p *Pages) userGroupsPage(v *visitor, head *userHead) (*userGroupsPage, error) {
	page := &userGroupsPage{User: head, Environments: p.places(v, head.At+"/groups")}
	held, err := p.heldBy(v, head)
	if err != nil {
		return nil, err
	}
	p.headOf(v, &page.frame, head, "/groups", held)
	of, err := p.Directory.Belonging(v.Context(), p.actor(v), p.Environment, head.User)
	if err != nil {
		return nil, err
	}
	page.ShowGroups, page.ShowRoles = of.GroupsShown, of.RolesShown
	page.MayPut, page.MayGrant = page.ShowGroups && v.may("group-update"), page.ShowRoles && v.may("role-manage")
	for _, source := range of.Sources {
		if source.Grant.HolderKind == hub.HolderUser {
			page.Roles = append(page.Roles, v.grantRow(source.HeldRole))
		}
	}
	if page.ShowGroups {
		page.Groups = v.memberships(of)
	}
	if page.ShowRoles {
		err = p.reach(v, page, of.Sources)
	}
	return page, err
}

// memberships are the groups into which a user was put, then those in which the user is by them.
func (v *visitor) memberships(of directory.Belonging) []membershipRow {
	var rows []membershipRow
	add := func(group hub.Group, why template.HTML) {
		row := membershipRow{Group: group, Why: why}
		for _, source := range of.Sources {
			if source.Grant.HolderKind == hub.HolderGroup && source.Grant.HolderID == group.ID && !slices.Contains(row.Roles, source.Role.Name) {
				row.Roles = append(row.Roles, source.Role.Name)
			}
		}
		rows = append(rows, row)
	}
	for _, group := range of.Groups.Direct {
		add(group, "")
	}
	for _, group := range of.Groups.All {
		if !slices.ContainsFunc(of.Groups.Direct, func(g hub.Group) bool { return g.ID == group.ID }) {
			add(group, v.say("user.group.nested"))
		}
	}
	add(of.Groups.Everyone, v.say("user.group.everyone"))
	return rows
}

// way says by which way a role reaches a user.
func (v *visitor) way(source directory.Source) template.HTML {
	where := ""
	if source.In.Name != "" {
		where = " · " + source.In.Name
	}
	if source.Grant.HolderKind == hub.HolderUser {
		return v.say("user.way.direct", "role", source.Role.Name) + text(where)
	}
	names := make([]string, len(source.Path))
	for i, group := range source.Path {
		names[i] = group.Name
	}
	return v.say("user.way.group", "role", source.Role.Name, "groups", strings.Join(names, " → ")) + text(where)
}

// reach finds what roles add up to, service by service, with every way by which each permission comes.
func (p *Pages) reach(v *visitor, page *userGroupsPage, sources []directory.Source) error {
	ways := map[string][]template.HTML{}
	var keys []string
	for _, source := range sources {
		for _, permission := range source.Role.Permissions {
			if permission == hub.AllPermissions {
				page.Everything = page.Everything || source.Grant.Organisation == ""
			}
			if ways[permission] == nil {
				keys = append(keys, permission)
			}
			ways[permission] = append(ways[permission], v.way(source))
		}
	}
	slices.Sort(keys)
	names, err := p.namesFor(v, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		service, name := names.of(v, key)
		if n := len(page.Reach); n == 0 || page.Reach[n-1].Service != service {
			page.Reach = append(page.Reach, reachRow{Service: service})
		}
		row := &page.Reach[len(page.Reach)-1]
		row.Allowed = append(row.Allowed, allowed{Name: name, Ways: ways[key]})
	}
	return nil
}

// permissionNames is what services and their permissions are called, by their keys.
type permissionNames map[string]hub.Service

func (p *Pages) permissionNames(v *visitor) (permissionNames, error) {
	names := permissionNames{}
	declaring := query.Is("has", "permission")
	found, err := p.Directory.Services(v.Context(), p.actor(v), p.Environment, query.List{Where: declaring, Limit: mostChoices})
	for _, service := range found.Items {
		names[service.Key] = service.Service
	}
	return names, err
}

// namesFor is the part of them that names these permissions.
func (p *Pages) namesFor(v *visitor, permissions []string) (permissionNames, error) {
	var keys []string
	for _, permission := range permissions {
		if key, _, _ := strings.Cut(permission, ":"); key != hub.AllPermissions && key != hub.HubServiceKey && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	names := permissionNames{}
	found, err := p.Directory.ServicesNamed(v.Context(), p.actor(v), p.Environment, keys)
	for _, service := range found {
		names[service.Key] = service
	}
	return names, err
}

// of gives the names of a service and a permission of it, as far as they are known.
func (n permissionNames) of(v *visitor, key string) (service, name string) {
	if key == hub.AllPermissions {
		return v.plain("permissions.every-service"), v.plain("permissions.everything")
	}
	service, name, _ = strings.Cut(key, ":")
	if service == hub.HubServiceKey {
		return hub.HubServiceName, v.permission(name)
	}
	known, is := n[service]
	if !is {
		return service, name
	}
	for _, permission := range known.Permissions {
		if permission.Key == name {
			return known.Name, permission.Name
		}
	}
	return known.Name, name
}

// groupNames are groups to choose from, beside those that may be typed.
func (p *Pages) groupNames(v *visitor) ([]string, error) {
	found, err := p.Directory.Groups(v.Context(), p.actor(v), query.List{Limit: mostChoices})
	var names []string
	for _, group := range found.Items {
		if !group.BuiltIn() {
			names = append(names, group.Name)
		}
	}
	return names, err
}

func (p *Pages) askJoin(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	names, err := p.groupNames(v)
	if err != nil {
		return nil, err
	}
	group := newField("group", "text", "off", v.say("column.group"), typed.text("group"), v.say("user.join.hint"), wrong.Of("group"), "focus")
	group.List = names
	return &question{
		Title: v.say("user.join", "name", head.Name), Text: v.say("user.join.text"),
		Back: p.of(head, "/groups#join"), Do: v.say("user.join.do"), Gentle: true, Fields: []field{group},
	}, nil
}

func (p *Pages) join(v *visitor, head *userHead, typed form) error {
	group, err := p.groupNamed(v, "group", typed.text("group"))
	if err != nil {
		return err
	}
	if err := p.Directory.AddMember(v.Context(), p.actor(v), group.ID, head.ID); err != nil {
		return err
	}
	return p.done(v, head.At+"/groups", "user.joined", "name", head.Name, "group", group.Name)
}

// groupNamed finds a group that was typed into a field.
func (p *Pages) groupNamed(v *visitor, name, typed string) (hub.Group, error) {
	group, err := p.Directory.Group(v.Context(), p.actor(v), strings.TrimSpace(typed))
	if fault.Is(err, fault.NotFound) {
		return group, wrongField(name, v.plain("group.unknown", "name", shortened(typed)))
	}
	return group, err
}

func (p *Pages) askPart(v *visitor, head *userHead, _ form, _ mistakes) (*question, error) {
	group, err := p.Directory.Group(v.Context(), p.actor(v), v.PathValue("group"))
	if err != nil {
		return nil, err
	}
	return &question{
		Title: v.say("user.part", "name", head.Name, "group", group.Name), Text: v.say("user.part.text"),
		Back: p.of(head, "/groups#m-"+group.ID), Do: v.say("user.part.do"),
	}, nil
}

func (p *Pages) part(v *visitor, head *userHead, _ form) error {
	group, err := p.Directory.Group(v.Context(), p.actor(v), v.PathValue("group"))
	if err != nil {
		return err
	}
	if err := p.Directory.RemoveMember(v.Context(), p.actor(v), group.ID, head.ID); err != nil {
		return err
	}
	return p.done(v, head.At+"/groups", "user.parted", "name", head.Name, "group", group.Name)
}
