package web

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"example.org/hub/internal/hub"
)

// profilePage is who somebody is, and how the pages look to them.
type profilePage struct {
	frame
	edition
	User        hub.User
	Name        field
	Login       field
	Email       field
	Groups      []string // in which the person is, however that came
	Roles       []string
	Permissions []string // in words
	Everything  bool
}

// profilePage is the form: filled with what there is, or with what was typed.
func (p *Pages) profilePage(v *visitor, user hub.User, typed form, wrong mistakes) (*profilePage, error) {
	shown := user
	if typed.any() {
		shown.Name, shown.Login, shown.Email = typed.text("name"), typed.text("login"), typed.text("email")
	}
	page := &profilePage{User: user, edition: edition{Version: stamp(user.UpdatedAt), Wrong: wrong}, Everything: v.held.Everything()}
	page.Title, page.Crumbs = v.plain("nav.profile"), []link{{Words: v.say("nav.account")}}
	page.Name = newField("name", "text", "name", v.say("profile.name"), shown.Name, v.say("profile.name.hint"), wrong.Of("name"))
	page.Login = newField("login", "text", "username", v.say("profile.username"), shown.Login, v.say("profile.username.hint"), wrong.Of("login"))
	page.Email = newField("email", "email", "email", v.say("profile.email"), shown.Email, v.say("profile.email.hint"), wrong.Of("email"), "optional")
	if err := p.allowed(v, page); err != nil {
		return nil, err
	}
	return page, p.belongs(v, page)
}

// allowed names what the visitor may do, by service.
func (p *Pages) allowed(v *visitor, page *profilePage) error {
	if page.Everything {
		return nil
	}
	keys := v.held.Anywhere()
	names, err := p.namesFor(v, keys)
	for _, key := range keys {
		service, permission := names.of(v, key)
		page.Permissions = append(page.Permissions, service+": "+permission)
	}
	return err
}

// belongs finds the groups and roles by which the visitor may do what stands on the page.
func (p *Pages) belongs(v *visitor, page *profilePage) error {
	of, err := p.Directory.Belonging(v.Context(), p.actor(v), p.Environment, v.User)
	page.Groups = []string{of.Groups.Everyone.Name}
	for _, group := range of.Groups.All {
		page.Groups = append(page.Groups, group.Name)
	}
	for _, source := range of.Sources {
		name := source.Role.Name
		if source.In.Name != "" {
			name += " · " + source.In.Name
		}
		if !slices.Contains(page.Roles, name) {
			page.Roles = append(page.Roles, name)
		}
	}
	return err
}

// mountProfile mounts it. Another tab, or an administrator, may have changed the person since the form was filled.
func (p *Pages) mountProfile(page func(string, func(*visitor) error)) {
	mountEditing(p, page, profilePath, editing[hub.User, hub.User]{
		kind: "user", template: "profile", find: p.self, update: p.Directory.UpdateUser,
		id:      func(user *hub.User) string { return user.ID },
		updated: func(user *hub.User) time.Time { return user.UpdatedAt },
		page: func(v *visitor, user *hub.User, typed form, wrong mistakes) (editable, error) {
			return p.profilePage(v, *user, typed, wrong)
		},
		edit: func(_ *visitor, typed form) (func(*hub.User), error) {
			return func(user *hub.User) {
				user.Name, user.Login, user.Email = trimmed(typed, "name"), trimmed(typed, "login"), trimmed(typed, "email")
			}, nil
		},
		differs: func(v *visitor, user *hub.User, typed form) template.HTML { return v.differs(*user, typed) },
		done:    func(v *visitor, _ *hub.User, _ hub.User) error { return p.done(v, profilePath, "profile.saved") },
	})
}

// self is the visitor; nil if the visitor was sent to sign in. What is only shown is new enough as this request began; where something
// is saved, another may have changed the person since.
func (p *Pages) self(v *visitor) (*hub.User, error) {
	switch {
	case !p.signedIn(v):
		return nil, nil
	case v.Method != http.MethodPost:
		return &v.User, nil
	}
	seen, err := p.Directory.User(v.Context(), p.actor(v), v.User.ID)
	return &seen.User, err
}

// differs says in which fields a user is other now than in a form that was filled from an earlier state.
func (v *visitor) differs(user hub.User, typed form) template.HTML {
	return v.says(typed, "name", "profile.name", user.Name, "login", "profile.username", user.Login, "email", "profile.email", user.Email)
}
