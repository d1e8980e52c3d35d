package web

import (
	"html/template"
	"net/url"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// organisationPage is one organisation: who and what belongs to it, and the API keys of old that are refused.
type organisationPage struct {
	frame
	edition
	Organisation                                  hub.Organisation
	Environments                                  []place
	Name, Key                                     field
	Users                                         []userRow
	Pager                                         *pager
	Services                                      []Service
	Retired                                       []hub.RetiredKey
	ShowUsers, ShowServices, MayChange, MayDelete bool
}

// organisationPath is where an organisation's page is, below the issuer's base path.
func organisationPath(id string) string { return organisationsPath + "/" + url.PathEscape(id) }

// At is the page itself.
func (o *organisationPage) At() string { return o.Base + organisationPath(o.Organisation.ID) }

// organisation finds the organisation that is asked for.
func (p *Pages) organisation(v *visitor) (*hub.Organisation, error) {
	if ok, err := p.needs(v, "organization-read"); !ok {
		return nil, err
	}
	organisation, err := p.Directory.Organisation(v.Context(), p.actor(v), v.PathValue("organisation"))
	return &organisation, err
}

func (p *Pages) mountOrganisation(page func(string, func(*visitor) error)) {
	at := organisationsPath + "/{organisation}"
	mountEditing(p, page, at, p.organisationEditing())
	below := func(v *visitor, organisation *hub.Organisation) (framed, string, error) {
		below, err := p.organisationPage(v, organisation, form{}, mistakes{})
		return below, "admin-organisation", err
	}
	mountDialog(p, page, at+"/retired/add", dialog[hub.Organisation]{find: p.organisation, below: below, ask: p.askRetired, do: p.addRetired})
	mountDialog(p, page, at+"/delete", dialog[hub.Organisation]{find: p.organisation, below: below,
		ask: func(v *visitor, organisation *hub.Organisation, _ form, _ mistakes) (*question, error) {
			return &question{
				Title: v.say("organisation.delete.title", "name", organisation.Name), Text: v.say("organisation.delete.text"),
				Back: p.base + organisationPath(organisation.ID) + "#delete-do", Do: v.say("organisation.delete"),
			}, nil
		},
		do: func(v *visitor, organisation *hub.Organisation, _ form) error {
			if err := p.Directory.DeleteOrganisation(v.Context(), p.actor(v), organisation.ID); err != nil {
				return err
			}
			return p.done(v, organisationsPath, "organisation.delete.done", "name", organisation.Name)
		}})
}

func (p *Pages) organisationPage(v *visitor, organisation *hub.Organisation, typed form, wrong mistakes) (*organisationPage, error) {
	shown := *organisation
	if typed.any() {
		shown.Name, shown.Key = typed.text("name"), typed.text("handle")
	}
	page := &organisationPage{
		Organisation: *organisation, Environments: p.places(v, organisationPath(organisation.ID)),
		edition:   edition{Version: stamp(organisation.UpdatedAt), Wrong: wrong},
		ShowUsers: v.may("user-read"), ShowServices: v.may("service-read"),
		MayChange: v.may("organization-update"), MayDelete: v.may("organization-delete"),
	}
	page.Title = organisation.Name
	page.Crumbs = []link{v.office(), {URL: organisationsPath, Words: v.say("nav.organisations")}}
	page.Name = newField("name", "text", "off", v.say("column.name"), shown.Name, "", wrong.Of("name"))
	page.Key = newField("handle", "text", "off", v.say("organisation.key"), shown.Key, v.say("role.key.hint"), wrong.Of("key"))
	var err error
	if page.Retired, err = p.Directory.RetiredKeys(v.Context(), p.actor(v), organisation.ID); err != nil {
		return nil, err
	}
	belongs := query.Is("organisation", organisation.ID)
	if page.ShowUsers {
		found, err := p.Directory.Users(v.Context(), p.actor(v), query.List{
			Where: belongs, Order: []query.Order{{Key: "name"}},
			After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage,
		})
		if err != nil {
			return nil, err
		}
		for _, user := range found.Items {
			page.Users = append(page.Users, p.userRow(user))
		}
		page.Pager = newWalk(v.query, len(page.Users), found.Total, found.Next)
	}
	if page.ShowServices {
		found, err := p.Directory.Services(v.Context(), p.actor(v), p.Environment, query.List{Where: belongs, Limit: mostChoices})
		if err != nil {
			return nil, err
		}
		for _, service := range found.Items {
			page.Services = append(page.Services, serviceOf(service.Service))
		}
	}
	return page, nil
}

// organisationEditing is the form by which an organisation is changed.
func (p *Pages) organisationEditing() editing[hub.Organisation, hub.Organisation] {
	return editing[hub.Organisation, hub.Organisation]{
		kind: "organisation", template: "admin-organisation", find: p.organisation, update: p.Directory.UpdateOrganisation,
		id:      func(organisation *hub.Organisation) string { return organisation.ID },
		updated: func(organisation *hub.Organisation) time.Time { return organisation.UpdatedAt },
		page: func(v *visitor, organisation *hub.Organisation, typed form, wrong mistakes) (editable, error) {
			return p.organisationPage(v, organisation, typed, wrong)
		},
		edit: func(_ *visitor, typed form) (func(*hub.Organisation), error) {
			return func(organisation *hub.Organisation) {
				organisation.Name, organisation.Key = trimmed(typed, "name"), trimmed(typed, "handle")
			}, nil
		},
		differs: func(v *visitor, organisation *hub.Organisation, typed form) template.HTML {
			return v.says(typed, "name", "column.name", organisation.Name, "handle", "organisation.key", organisation.Key)
		},
		done: func(v *visitor, organisation *hub.Organisation, now hub.Organisation) error {
			return p.done(v, organisationPath(organisation.ID), "organisation.saved", "name", now.Name)
		}}
}

// askRetired takes the key itself, of which only a hash is kept: whoever still presents it is told what to do.
func (p *Pages) askRetired(v *visitor, organisation *hub.Organisation, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("retired.add"), Text: v.say("retired.add.text"),
		Back: p.base + organisationPath(organisation.ID) + "#add-retired", Do: v.say("retired.do"), Gentle: true,
		Fields: []field{
			newField("label", "text", "off", v.say("column.label"), typed.text("label"), v.say("retired.label.hint"), wrong.Of("label"), "focus"),
			newField("secret", "password", "off", v.say("retired.key"), "", v.say("retired.key.hint"), wrong.Of("value")),
		},
	}, nil
}

func (p *Pages) addRetired(v *visitor, organisation *hub.Organisation, typed form) error {
	key, err := p.Directory.AddRetiredKey(v.Context(), p.actor(v), organisation.ID, strings.TrimSpace(typed.text("label")), typed.text("secret"))
	if err != nil {
		return err
	}
	return p.done(v, organisationPath(organisation.ID), "retired.done", "label", key.Label)
}
