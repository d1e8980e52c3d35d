package web

import (
	"html/template"
	"slices"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// servicePart is one form of a service's page: what it changes, and how its values differ from what is there.
type servicePart struct {
	name   string
	said   string // key of the remark when it is saved
	edit   func(typed form, service *hub.Service)
	differ func(now hub.Service) []shownValue // what the form shows
}

// shownValue is a value as a form shows it, by the key of its name. spoken: it is a key of words itself.
type shownValue struct {
	key, value string
	spoken     bool
}

const partAccess = "access"

func trimmed(typed form, name string) string { return strings.TrimSpace(typed.text(name)) }

// serviceParts are all of them.
func serviceParts() []servicePart {
	type shown = []shownValue
	return []servicePart{
		{"settings", "service.saved.settings", func(typed form, s *hub.Service) {
			s.Name, s.Key, s.HomeURL, s.Description =
				trimmed(typed, "s-name"), trimmed(typed, "s-key"), trimmed(typed, "s-homeUrl"), trimmed(typed, "s-description")
			s.ApplicationName, s.Vendor, s.Version = trimmed(typed, "s-applicationName"), trimmed(typed, "s-vendor"), trimmed(typed, "s-version")
			s.PKCERequired = typed.has("pkce")
			s.RotateRefreshTokens = typed.has("rotate")
			s.AccessToken = hub.TokenForm(typed.text("accessToken"))
		}, func(s hub.Service) shown {
			form := "service.access-token.jwt"
			if s.AccessToken == hub.Opaque {
				form = "service.access-token.opaque"
			}
			return shown{
				{"service.name", s.Name, false}, {"service.key", s.Key, false}, {"service.home", s.HomeURL, false},
				{"service.application", s.ApplicationName, false}, {"service.vendor", s.Vendor, false},
				{"service.version", s.Version, false}, {"service.about", s.Description, false},
				{"service.pkce", yesOrNo(s.PKCERequired), true}, {"service.rotate", yesOrNo(s.RotateRefreshTokens), true},
				{"service.access-token", form, true},
			}
		}},
		{"redirects", "service.saved.redirects", func(typed form, s *hub.Service) {
			s.RedirectURIs, s.PostLogoutRedirectURIs = linesOf(typed.text("uris")), linesOf(typed.text("bye"))
		}, func(s hub.Service) shown {
			return shown{
				{"service.uris", strings.Join(s.RedirectURIs, " "), false},
				{"service.bye", strings.Join(s.PostLogoutRedirectURIs, " "), false},
			}
		}},
		{"flows", "service.saved.flows", func(typed form, s *hub.Service) {
			s.Flows = nil
			for _, flow := range typed.texts("flow") {
				s.Flows = append(s.Flows, hub.Flow(flow))
			}
		}, func(s hub.Service) shown {
			var flows []string
			for _, flow := range s.Flows {
				flows = append(flows, string(flow))
			}
			return shown{{"service.flows", strings.Join(flows, " "), false}}
		}},
		{partAccess, "service.saved.access", func(typed form, s *hub.Service) {
			if typed.values.Has("organisation") {
				s.Organisation = typed.text("organisation")
			}
		}, func(s hub.Service) shown { return nil }},
		{"permissions", "service.saved.permissions", func(typed form, s *hub.Service) {
			s.Permissions = readPermissionLines(typed.text("permissions"))
		}, func(s hub.Service) shown {
			return shown{{"service.permissions", permissionLines(s.Permissions), false}}
		}},
	}
}

// servicePartOf finds one by its name; nil if there is none.
func servicePartOf(name string) *servicePart {
	for _, one := range serviceParts() {
		if one.name == name {
			return &one
		}
	}
	return nil
}

// permissionLines is one permission per line: its key and, behind a blank, its name.
func permissionLines(permissions []hub.Permission) string {
	var lines []string
	for _, one := range permissions {
		lines = append(lines, strings.TrimSpace(one.Key+" "+one.Name))
	}
	return strings.Join(lines, "\n")
}

func readPermissionLines(text string) []hub.Permission {
	var permissions []hub.Permission
	for _, line := range linesOf(text) {
		key, name, _ := strings.Cut(line, " ")
		permissions = append(permissions, hub.Permission{Key: key, Name: strings.TrimSpace(name)})
	}
	return permissions
}

// servicePosted saves one form of a service's page.
func (p *Pages) servicePosted(v *visitor) error {
	typed, err := readForm(v, "flow")
	if err != nil {
		return err
	}
	if ok, err := p.needs(v, "service-update"); !ok {
		return err
	}
	of := servicePartOf(v.PathValue("part"))
	seen, err := p.theService(v)
	if err == nil && of == nil {
		err = fault.New(fault.NotFound, "there is no such form")
	}
	if err != nil {
		return err
	}
	saved, err := p.saveService(v, seen, of, typed)
	if err == nil && saved {
		return p.done(v, servicesPath+"/"+seen.ID, of.said)
	}
	if err == nil {
		return p.meanwhile(v, of, typed)
	}
	err = chosenGone(typed, err)
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.servicePage(v, seen, of.name, typed, wrong)
	if trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), "admin-service", page)
}

// saveService changes a service as a form wants it. False: somebody else has changed it since the form was filled.
func (p *Pages) saveService(v *visitor, seen directory.SeenService, of *servicePart, typed form) (bool, error) {
	var viewers []string
	if of.name == partAccess {
		var err error
		if viewers, err = p.groupsNamed(v, linesOf(typed.text("viewers"))); err != nil {
			return false, err
		}
	}
	edit, changed := unlessChanged(typed, func(s *hub.Service) string { return stamp(s.UpdatedAt) }, func(s *hub.Service) {
		permissions := s.Permissions
		of.edit(typed, s)
		s.Permissions = described(s.Permissions, permissions)
		if of.name == partAccess {
			s.Viewers = viewers
		}
	})
	_, err := p.Directory.UpdateService(v.Context(), p.actor(v), p.Environment, seen.ID, edit)
	return !*changed, err
}

// described gives permissions the descriptions that they had, which the form does not show.
func described(permissions, before []hub.Permission) []hub.Permission {
	for i := range permissions {
		for _, one := range before {
			if one.Key == permissions[i].Key && permissions[i].Description == "" {
				permissions[i].Description = one.Description
			}
		}
	}
	return permissions
}

// groupsNamed gives the ids of groups by their names.
func (p *Pages) groupsNamed(v *visitor, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		group, err := p.Directory.Group(v.Context(), p.actor(v), name)
		if fault.Is(err, fault.NotFound) {
			return nil, wrongField("viewers", v.plain("service.viewers.unknown", "name", name))
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, group.ID)
	}
	return ids, nil
}

// meanwhile shows a form again that was filled from what is no longer so, with who changed what. Saving once more is taken.
func (p *Pages) meanwhile(v *visitor, of *servicePart, typed form) error {
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	page, err := p.servicePage(v, seen, of.name, typed, mistakes{})
	if err != nil {
		return err
	}
	wanted := seen.Service
	of.edit(typed, &wanted)
	now, mine := of.differ(seen.Service), of.differ(wanted)
	var what template.HTML
	for i := range now {
		if now[i].value == mine[i].value {
			continue
		}
		if now[i].spoken {
			now[i].value = v.plain(now[i].value)
		}
		what += v.nowIs(now[i].key, now[i].value)
	}
	if of.name == partAccess {
		names, err := p.viewerNames(v, seen.Service)
		if err != nil {
			return err
		}
		if !slices.Equal(names, linesOf(typed.text("viewers"))) {
			what += v.nowIs("service.viewers", strings.Join(names, ", "))
		}
		what += p.moved(v, typed, seen.Organisation)
	}
	page.Conflict = conflict{Who: p.changedBy(v, "service", seen.ID), What: v.nowOther(what)}
	return p.drawMeanwhile(v, "admin-service", page)
}
