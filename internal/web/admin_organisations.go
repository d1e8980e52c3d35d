package web

import (
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// organisationsPage lists organisations.
type organisationsPage struct {
	frame
	Query     string
	Rows      []hub.Organisation
	MayCreate bool
	Pager     *pager
}

// organisationsPath is where organisations are.
const organisationsPath = "/admin/organisations"

func (p *Pages) mountOrganisations(page func(string, func(*visitor) error)) {
	page("GET "+organisationsPath, func(v *visitor) error {
		list, err := p.organisationsPage(v)
		if list == nil || err != nil {
			return err
		}
		return p.show(v, "admin-organisations", list)
	})
	below := func(_ *visitor, list *organisationsPage) (framed, string, error) {
		return list, "admin-organisations", nil
	}
	mountDialog(p, page, organisationsPath+"/new", dialog[organisationsPage]{
		find: p.organisationsPage, below: below, ask: p.askNewOrganisation, do: p.newOrganisation,
	})
	p.mountOrganisation(page)
}

func (p *Pages) organisationsPage(v *visitor) (*organisationsPage, error) {
	if ok, err := p.needs(v, "organization-read"); !ok {
		return nil, err
	}
	page := &organisationsPage{Query: shortened(strings.TrimSpace(v.query.Get("q"))), MayCreate: v.may("organization-create")}
	page.Title, page.Crumbs = v.plain("nav.organisations"), []link{v.office()}
	list := query.List{Order: []query.Order{{Key: "name"}}, After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage}
	if page.Query != "" {
		list.Where = query.Node{Op: query.Text, Value: page.Query}
	}
	found, err := p.Directory.Organisations(v.Context(), p.actor(v), list)
	if err != nil {
		return nil, err
	}
	page.Rows, page.Pager = found.Items, newWalk(v.query, len(found.Items), found.Total, found.Next)
	return page, nil
}

func (p *Pages) askNewOrganisation(v *visitor, _ *organisationsPage, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("organisations.new"), Text: v.say("organisations.new.text"),
		Back: p.base + organisationsPath + "#new-organisation", Do: v.say("organisations.new.do"), Gentle: true,
		Fields: []field{
			newField("name", "text", "off", v.say("column.name"), typed.text("name"), "", wrong.Of("name"), "focus"),
			newField("handle", "text", "off", v.say("organisation.key"), typed.text("handle"),
				v.say("organisation.key.hint"), wrong.Of("key"), "optional"),
		},
	}, nil
}

func (p *Pages) newOrganisation(v *visitor, _ *organisationsPage, typed form) error {
	organisation, err := p.Directory.CreateOrganisation(v.Context(), p.actor(v), hub.Organisation{
		Name: strings.TrimSpace(typed.text("name")), Key: strings.TrimSpace(typed.text("handle")),
	})
	if err != nil {
		return err
	}
	return p.done(v, organisationPath(organisation.ID), "organisations.new.done", "name", organisation.Name)
}
