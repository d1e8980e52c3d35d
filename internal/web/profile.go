package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// profilePage is who somebody is, and how the pages look to them.
type profilePage struct {
	frame
	User        hub.User
	Name        field
	Login       field
	Email       field
	Version     string // of what the form was filled with
	Conflict    template.HTML
	Groups      []string // in which the person is, however that came
	Roles       []string
	Permissions []string
	Everything  bool
	Wrong       mistakes
}

// version names a state of something that is changed by forms.
func version(user hub.User) string { return strconv.FormatInt(user.UpdatedAt.UnixMilli(), 10) }

// profilePage is the form: filled with what there is, or with what was typed.
func (p *Pages) profilePage(v *visitor, typed form, wrong mistakes) (*profilePage, error) {
	shown := v.User
	if typed.any() {
		shown.Name, shown.Login, shown.Email = shortened(typed.text("name")), shortened(typed.text("login")), shortened(typed.text("email"))
	}
	page := &profilePage{User: v.User, Version: version(v.User), Wrong: wrong, Everything: v.held.Everything(), Permissions: v.held.Anywhere()}
	page.Title, page.Crumbs = v.plain("nav.profile"), []link{{Words: v.say("nav.account")}}
	page.Name = newField("name", "text", "name", v.say("profile.name"), shown.Name, v.say("profile.name.hint"), wrong.Of("name"))
	page.Login = newField("login", "text", "username", v.say("profile.username"), shown.Login, v.say("profile.username.hint"), wrong.Of("login"))
	page.Email = newField("email", "email", "email", v.say("profile.email"), shown.Email, v.say("profile.email.hint"), wrong.Of("email"), "optional")
	return page, p.belongs(v, page)
}

// belongs finds the groups and roles by which the visitor may do what stands on the page.
func (p *Pages) belongs(v *visitor, page *profilePage) error {
	everyone, err := p.Directory.Group(v.Context(), p.actor(v), hub.AllUsersGroupID)
	if err != nil {
		return err
	}
	_, all, err := p.Directory.GroupsOf(v.Context(), p.actor(v), v.User.ID)
	if err != nil {
		return err
	}
	page.Groups = []string{everyone.Name}
	for _, group := range all {
		if !group.BuiltIn() {
			page.Groups = append(page.Groups, group.Name)
		}
	}
	sources, err := p.Directory.Sources(v.Context(), p.actor(v), p.Environment, v.User)
	for _, source := range sources {
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

func (p *Pages) profile(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	kept := p.kept(v)
	page, err := p.profilePage(v, kept, mistakes{})
	if err != nil {
		return err
	}
	if kept.any() {
		page.Said = v.say("kept.said")
	}
	return p.show(v, "profile", page)
}

func (p *Pages) profilePosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	var meanwhile hub.User
	_, err = p.Directory.UpdateUser(v.Context(), p.actor(v), v.User.ID, func(user *hub.User) {
		if version(*user) != typed.text("version") {
			meanwhile = *user
			return
		}
		user.Name, user.Login, user.Email = strings.TrimSpace(typed.text("name")), strings.TrimSpace(typed.text("login")), strings.TrimSpace(typed.text("email"))
	})
	if err == nil && meanwhile.ID != "" && !differs(meanwhile, typed) { // the button was pressed twice
		meanwhile = hub.User{}
	}
	if err == nil && meanwhile.ID != "" {
		page, err := p.profilePage(v, typed, mistakes{})
		if err != nil {
			return err
		}
		page.Conflict = v.differs(meanwhile, typed)
		p.refused(v, fault.New(fault.Conflict, "the profile was changed meanwhile"))
		return p.draw(v, statusOf(fault.New(fault.Conflict, "")), "profile", page)
	}
	if err == nil {
		return p.done(v, profilePath, "profile.saved")
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return p.profileAgain(v, err, typed, wrong)
}

// profileAgain draws the form again with what is wrong with it.
func (p *Pages) profileAgain(v *visitor, err error, typed form, wrong mistakes) error {
	page, trouble := p.profilePage(v, typed, wrong)
	if trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), "profile", page)
}

// differs reports whether a user is other now than in a form that was filled from an earlier state.
func differs(user hub.User, typed form) bool {
	return strings.TrimSpace(typed.text("name")) != user.Name || strings.TrimSpace(typed.text("login")) != user.Login || strings.TrimSpace(typed.text("email")) != user.Email
}

// differs says in which fields a user is other now than in a form that was filled from an earlier state.
func (v *visitor) differs(user hub.User, typed form) template.HTML {
	return v.says(typed, "name", "profile.name", user.Name, "login", "profile.username", user.Login, "email", "profile.email", user.Email)
}
