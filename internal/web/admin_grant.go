package web

import (
	"html/template"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// A role is given to a user or a group in one dialog: which, in which organisation, in which environment. Who may give what is
// decided in the directory.

// grantRow is a role that was given to somebody.
type grantRow struct {
	ID          string
	Role        hub.Role
	In          string        // organisation; empty: everywhere
	Environment template.HTML // where it is good
	Author      string
	Since       template.HTML
}

// environmentName says where something is good.
func (v *visitor) environmentName(environment hub.Environment) template.HTML {
	switch environment {
	case hub.Test:
		return v.say("environment.test")
	case hub.Production:
		return v.say("environment.production")
	}
	return v.say("environment.all")
}

func (v *visitor) grantRow(held hub.HeldRole) grantRow {
	return grantRow{
		ID: held.Grant.ID, Role: held.Role, In: held.In.Name,
		Environment: v.environmentName(held.Grant.Environment),
		Author:      authorName(held.Grant.AuthorName), Since: v.Date(held.Grant.CreatedAt),
	}
}

// grantQuestion asks which role to give to whom; name is the holder's.
func (p *Pages) grantQuestion(v *visitor, name, back string, typed form, wrong mistakes) (*question, error) {
	q := &question{Title: v.say("grant.title", "name", name), Text: v.say("grant.text"), Back: back, Do: v.say("grant.do"), Gentle: true}
	roles, err := p.Directory.Roles(v.Context(), p.actor(v), query.List{Order: []query.Order{{Key: "name"}}, Limit: mostChoices})
	if err != nil {
		return nil, err
	}
	role := newSelection("role", v.say("column.role"), "", wrong.Of("role"))
	for _, one := range roles.Items {
		role.add(one.ID, text(one.Name), typed.text("role"))
	}
	role.Focus = true
	q.Selects = append(q.Selects, role)
	organisation, err := p.organisationChoice(v, typed.text("organisation"), wrong)
	if organisation != nil {
		organisation.Hint, organisation.Options[0].Words = v.say("grant.organisation.hint"), v.say("organisation.every")
		q.Selects = append(q.Selects, organisation)
	}
	q.Selects = append(q.Selects, environmentChoice(v, typed.text("environment")))
	return q, err
}

// grant gives a role as it was asked for.
func (p *Pages) grant(v *visitor, kind hub.HolderKind, holder string, typed form) error {
	_, err := p.Directory.Grant(v.Context(), p.actor(v), hub.Grant{
		RoleID: typed.text("role"), HolderKind: kind, HolderID: holder,
		Organisation: typed.text("organisation"), Environment: hub.Environment(typed.text("environment")),
	})
	return err
}

// askRevokeGrant asks whether a role shall be taken back.
func (p *Pages) askRevokeGrant(v *visitor, rows []grantRow, name, back string) (*question, error) {
	for _, row := range rows {
		if row.ID == v.PathValue("grant") {
			return &question{
				Title: v.say("grant.revoke", "role", row.Role.Name, "name", name), Text: v.say("grant.revoke.text"),
				Back: back + "#g-" + row.ID, Do: v.say("grant.revoke.do"),
				Facts: []fact{{v.say("column.organisation"), v.orEverywhere(row.In)}, {v.say("environment"), row.Environment}},
			}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no such grant; somebody may have revoked it")
}

// orEverywhere is the name of an organisation to which a right is confined.
func (v *visitor) orEverywhere(organisation string) template.HTML {
	if organisation == "" {
		return v.say("organisation.every")
	}
	return text(organisation)
}
