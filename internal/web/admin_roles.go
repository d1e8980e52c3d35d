package web

import (
	"html/template"
	"sort"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// rolesPage is which role allows what, and where roles are given.
type rolesPage struct {
	frame
	Environments        []place
	Roles               []hub.Role
	Services            []matrixService
	Given               []givenRow
	MayCreate, MayGrant bool
	Pager               *pager
}

// matrixService is the permissions of one service, by role.
type matrixService struct {
	Name        string
	Permissions []matrixRow
}

// matrixRow is one permission: whether each of the roles allows it, in their order.
type matrixRow struct {
	Name, Key string
	Allowed   []bool
}

// givenRow is a role that was given to somebody, with whom.
type givenRow struct {
	grantRow
	Holder string
	Kind   template.HTML
	URL    string // of the holder's page, below the base; empty: there is none
}

// Columns is how many the matrix has.
func (r *rolesPage) Columns() int { return len(r.Roles) + 1 }

// rolesPath is where roles are.
const rolesPath = "/admin/roles"

func (p *Pages) mountRoles(page func(string, func(*visitor) error)) {
	page("GET "+rolesPath, func(v *visitor) error {
		list, err := p.rolesPage(v)
		if list == nil || err != nil {
			return err
		}
		return p.show(v, "admin-roles", list)
	})
	below := func(_ *visitor, list *rolesPage) (framed, string, error) { return list, "admin-roles", nil }
	over := func(path string, d dialog[rolesPage]) {
		d.find, d.below, d.fresh = p.rolesPage, below, true
		mountDialog(p, page, rolesPath+path, d)
	}
	over("/new", dialog[rolesPage]{ask: p.askNewRole, do: p.newRole})
	over("/grants/{grant}/revoke", dialog[rolesPage]{ask: p.askRevokeGiven, do: p.revokeGiven})
	p.mountRole(page)
}

func (p *Pages) rolesPage(v *visitor) (*rolesPage, error) {
	if ok, err := p.needs(v, "role-read"); !ok {
		return nil, err
	}
	page := &rolesPage{Environments: p.places(v, rolesPath), MayCreate: v.may("role-manage"), MayGrant: v.may("role-manage")}
	page.Title, page.Crumbs = v.plain("nav.roles"), []link{v.office()}
	roles, err := p.Directory.Roles(v.Context(), p.actor(v), query.List{Order: []query.Order{{Key: "name"}}, Limit: mostChoices})
	if err != nil {
		return nil, err
	}
	page.Roles = roles.Items
	if page.Services, err = p.matrix(v, page.Roles); err != nil {
		return nil, err
	}
	list := query.List{After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage}
	found, err := p.Directory.Grants(v.Context(), p.actor(v), list)
	if err != nil {
		return nil, err
	}
	page.Pager = newWalk(v.query, len(found.Items), found.Total, found.Next)
	page.Given, err = p.given(v, found.Items)
	return page, err
}

// matrix is what the roles allow at each service that declares permissions, Hub first.
func (p *Pages) matrix(v *visitor, roles []hub.Role) ([]matrixService, error) {
	names, err := p.permissionNames(v)
	if err != nil {
		return nil, err
	}
	sets := make([]hub.Permissions, len(roles))
	for i, role := range roles {
		sets[i] = hub.NewPermissions(role.Permissions...)
	}
	var keys []string
	for key := range names {
		if key != hub.HubServiceKey {
			keys = append(keys, key)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return hub.Fold(names[keys[i]].Name) < hub.Fold(names[keys[j]].Name) })
	var all []matrixService
	for _, key := range append([]string{hub.HubServiceKey}, keys...) {
		service := matrixService{Name: names[key].Name}
		declared := names[key].Permissions
		if key == hub.HubServiceKey {
			service.Name, declared = hub.HubServiceName, hub.HubPermissions()
		}
		for _, permission := range declared {
			full := key + ":" + permission.Key
			_, name := names.of(v, full)
			row := matrixRow{Name: name, Key: full}
			for _, set := range sets {
				row.Allowed = append(row.Allowed, set.Has(full))
			}
			service.Permissions = append(service.Permissions, row)
		}
		if len(service.Permissions) > 0 {
			all = append(all, service)
		}
	}
	return all, nil
}

// given adds to grants who holds them.
func (p *Pages) given(v *visitor, grants []hub.Grant) ([]givenRow, error) {
	held, err := p.Directory.HeldRoles(v.Context(), grants)
	if err != nil {
		return nil, err
	}
	var inGroups []string
	for _, one := range held {
		if one.Grant.HolderKind == hub.HolderGroup {
			inGroups = append(inGroups, one.Grant.HolderID)
		}
	}
	groups, err := p.Directory.GroupNames(v.Context(), inGroups)
	if err != nil {
		return nil, err
	}
	var rows []givenRow
	for _, one := range held {
		row := givenRow{grantRow: v.grantRow(one), Holder: one.Grant.HolderID}
		var err error
		switch one.Grant.HolderKind {
		case hub.HolderUser:
			user, hidden := p.Directory.User(v.Context(), p.actor(v), one.Grant.HolderID)
			if err = hidden; err == nil {
				row.Holder, row.URL = newPerson(user.User).Name, userPath(user.ID)
			}
			row.Kind = v.say("column.user")
		case hub.HolderGroup:
			if row.Holder = groups[one.Grant.HolderID]; v.may("group-read") {
				row.URL = groupPath(one.Grant.HolderID)
			}
			row.Kind = v.say("column.group")
		case hub.HolderService:
			service, hidden := p.Directory.Service(v.Context(), p.actor(v), one.Grant.Environment, one.Grant.HolderID)
			if err = hidden; err == nil {
				row.Holder = service.Name
			}
			row.Kind = v.say("column.service")
		}
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) { // what may not be seen stays an id
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (p *Pages) askNewRole(v *visitor, _ *rolesPage, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("roles.new"), Text: v.say("roles.new.text"), Back: p.base + rolesPath + "#new-role",
		Do: v.say("roles.new.do"), Gentle: true,
		Fields: []field{
			newField("name", "text", "off", v.say("column.name"), typed.text("name"), "", wrong.Of("name"), "focus"),
			newField("handle", "text", "off", v.say("role.key"), typed.text("handle"), v.say("role.key.hint"), wrong.Of("key"), "optional"),
			newField("description", "text", "off", v.say("column.description"), typed.text("description"), "", wrong.Of("description"), "optional"),
		},
	}, nil
}

func (p *Pages) newRole(v *visitor, _ *rolesPage, typed form) error {
	name, key := strings.TrimSpace(typed.text("name")), strings.TrimSpace(typed.text("handle"))
	if key == "" {
		key = hub.KeyFromName(name)
	}
	role, err := p.Directory.CreateRole(v.Context(), p.actor(v), hub.Role{
		Name: name, Key: key, Description: strings.TrimSpace(typed.text("description")),
	})
	if err != nil {
		return err
	}
	return p.done(v, rolePath(role.ID), "roles.new.done", "name", role.Name)
}

// givenGrant finds the grant that a dialog is about, among all there are.
func (p *Pages) givenGrant(v *visitor) (givenRow, hub.Grant, error) {
	found, err := p.Directory.Grants(v.Context(), p.actor(v), query.List{Where: query.Is("id", v.PathValue("grant")), Limit: 1})
	if err != nil {
		return givenRow{}, hub.Grant{}, err
	}
	if len(found.Items) == 0 {
		return givenRow{}, hub.Grant{}, fault.New(fault.NotFound, "there is no such grant; somebody may have revoked it")
	}
	rows, err := p.given(v, found.Items)
	if err != nil {
		return givenRow{}, hub.Grant{}, err
	}
	return rows[0], found.Items[0], nil
}

func (p *Pages) askRevokeGiven(v *visitor, _ *rolesPage, _ form, _ mistakes) (*question, error) {
	row, _, err := p.givenGrant(v)
	if err != nil {
		return nil, err
	}
	return p.askRevokeGrant(v, []grantRow{row.grantRow}, row.Holder, p.base+rolesPath)
}

func (p *Pages) revokeGiven(v *visitor, _ *rolesPage, _ form) error {
	row, grant, err := p.givenGrant(v)
	if err != nil {
		return err
	}
	if err := p.Directory.Revoke(v.Context(), p.actor(v), grant.ID); err != nil {
		return err
	}
	return p.done(v, rolesPath, "grant.revoked", "name", row.Holder)
}
