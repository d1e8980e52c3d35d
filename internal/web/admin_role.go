package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/hub"
)

// rolePage is one role: what it is called, and what it allows.
type rolePage struct {
	frame
	edition
	Role                   hub.Role
	Name, Key, Description field
	Everything             bool // and always: it is System Admin
	Services               []roleService
	MayChange, MayDelete   bool
}

// roleService is the permissions of one service, to be ticked.
type roleService struct {
	Name  string
	Boxes []pick
}

// rolePath is where a role's page is, below the issuer's base path.
func rolePath(id string) string { return rolesPath + "/" + url.PathEscape(id) }

// At is the page itself.
func (r *rolePage) At() string { return r.Base + rolePath(r.Role.ID) }

// role finds the role that is asked for.
func (p *Pages) role(v *visitor) (*hub.Role, error) {
	if ok, err := p.needs(v, "role-read"); !ok {
		return nil, err
	}
	role, err := p.Directory.Role(v.Context(), p.actor(v), v.PathValue("role"))
	return &role, err
}

func (p *Pages) mountRole(page func(string, func(*visitor) error)) {
	at := rolesPath + "/{role}"
	mountEditing(p, page, at, p.roleEditing())
	below := func(v *visitor, role *hub.Role) (framed, string, error) {
		below, err := p.rolePage(v, role, form{}, mistakes{})
		return below, "admin-role", err
	}
	mountDialog(p, page, at+"/delete", dialog[hub.Role]{find: p.role, below: below, fresh: true,
		ask: func(v *visitor, role *hub.Role, _ form, _ mistakes) (*question, error) {
			return &question{
				Title: v.say("role.delete.title", "name", role.Name), Text: v.say("role.delete.text"),
				Back: p.base + rolePath(role.ID) + "#delete-do", Do: v.say("role.delete"),
			}, nil
		},
		do: func(v *visitor, role *hub.Role, _ form) error {
			if err := p.Directory.DeleteRole(v.Context(), p.actor(v), role.ID); err != nil {
				return err
			}
			return p.done(v, rolesPath, "role.delete.done", "name", role.Name)
		}})
}

func (p *Pages) rolePage(v *visitor, role *hub.Role, typed form, wrong mistakes) (*rolePage, error) {
	shown := *role
	if typed.any() {
		shown.Name, shown.Key, shown.Description = typed.text("name"), typed.text("handle"), typed.text("description")
		shown.Permissions = typed.texts("permission")
	}
	page := &rolePage{
		Role: *role, Everything: role.ID == hub.SystemAdmin, edition: edition{Version: stamp(role.UpdatedAt), Wrong: wrong},
		MayChange: v.may("role-manage"), MayDelete: v.may("role-manage") && !role.BuiltIn(),
	}
	page.Title = role.Name
	page.Crumbs = []link{v.office(), {URL: rolesPath, Words: v.say("nav.roles")}}
	page.Name = newField("name", "text", "off", v.say("column.name"), shown.Name, "", wrong.Of("name"))
	page.Key = newField("handle", "text", "off", v.say("role.key"), shown.Key, v.say("role.key.hint"), wrong.Of("key"))
	page.Description = newField("description", "text", "off", v.say("column.description"), shown.Description, "", wrong.Of("description"), "optional")
	for _, one := range []*field{&page.Name, &page.Key, &page.Description} {
		one.Fixed = !page.MayChange
	}
	services, err := p.matrix(v, []hub.Role{shown})
	known := []string{}
	for _, service := range services {
		boxes := roleService{Name: service.Name}
		for _, row := range service.Permissions {
			known = append(known, row.Key)
			boxes.Boxes = append(boxes.Boxes, pick{Name: "permission", Value: row.Key, Words: text(row.Name), Checked: row.Allowed[0]})
		}
		page.Services = append(page.Services, boxes)
	}
	rest := roleService{Name: v.plain("role.elsewhere")} // of services of the other environment, or that are gone
	for _, key := range shown.Permissions {
		if !slices.Contains(known, key) && key != hub.AllPermissions {
			rest.Boxes = append(rest.Boxes, pick{Name: "permission", Value: key, Words: text(key), Checked: true})
		}
	}
	if len(rest.Boxes) > 0 {
		page.Services = append(page.Services, rest)
	}
	return page, err
}

// roleEditing is the form by which a role is changed.
func (p *Pages) roleEditing() editing[hub.Role, hub.Role] {
	return editing[hub.Role, hub.Role]{
		kind: "role", template: "admin-role", many: []string{"permission"}, find: p.role, update: p.Directory.UpdateRole,
		id:      func(role *hub.Role) string { return role.ID },
		updated: func(role *hub.Role) time.Time { return role.UpdatedAt },
		page: func(v *visitor, role *hub.Role, typed form, wrong mistakes) (editable, error) {
			return p.rolePage(v, role, typed, wrong)
		},
		edit: func(_ *visitor, typed form) (func(*hub.Role), error) {
			return func(role *hub.Role) {
				role.Name, role.Key, role.Description = trimmed(typed, "name"), trimmed(typed, "handle"), trimmed(typed, "description")
				if role.ID != hub.SystemAdmin {
					role.Permissions = hub.NewPermissions(typed.texts("permission")...).Keys()
				}
			}, nil
		},
		differs: func(v *visitor, role *hub.Role, typed form) template.HTML {
			what := v.says(typed, "name", "column.name", role.Name, "handle", "role.key", role.Key,
				"description", "column.description", role.Description)
			if other := otherThan(role.Permissions, typed.texts("permission")); other != "" {
				what += v.nowIs("role.permissions", other)
			}
			return what
		},
		done: func(v *visitor, role *hub.Role, now hub.Role) error {
			return p.done(v, rolePath(role.ID), "role.saved", "name", now.Name)
		}}
}

// otherThan says which permissions are allowed now and are not in a form, and which are in the form and not allowed now.
func otherThan(now, typed []string) string {
	var other []string
	for _, key := range now {
		if !slices.Contains(typed, key) {
			other = append(other, "+"+key)
		}
	}
	for _, key := range typed {
		if !slices.Contains(now, key) {
			other = append(other, "−"+key)
		}
	}
	return strings.Join(other, " ")
}
