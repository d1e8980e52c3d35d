package web

import (
	"html/template"
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
	Permissions []string
	Everything  bool
	Wrong       mistakes
}

// version names a state of something that is changed by forms.
func version(user hub.User) string { return strconv.FormatInt(user.UpdatedAt.UnixMilli(), 10) }

// profilePage is the form: filled with what there is, or with what was typed.
func (p *Pages) profilePage(v *visitor, typed form, wrong mistakes) *profilePage {
	shown := v.User
	if typed.any() {
		shown.Name, shown.Login, shown.Email = shortened(typed.text("name")), shortened(typed.text("login")), shortened(typed.text("email"))
	}
	page := &profilePage{User: v.User, Version: version(v.User), Wrong: wrong, Everything: v.held.Everything(), Permissions: v.held.Anywhere()}
	page.Title, page.Crumbs = v.plain("nav.profile"), []link{{Words: v.say("nav.account")}}
	page.Name = newField("name", "text", "name", v.say("profile.name"), shown.Name, v.say("profile.name.hint"), wrong.Of("name"))
	page.Login = newField("login", "text", "username", v.say("profile.username"), shown.Login, v.say("profile.username.hint"), wrong.Of("login"))
	page.Email = newField("email", "email", "email", v.say("profile.email"), shown.Email, v.say("profile.email.hint"), wrong.Of("email"), "optional")
	return page
}

func (p *Pages) profile(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	kept := p.kept(v)
	page := p.profilePage(v, kept, mistakes{})
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
	if err == nil && meanwhile.ID != "" {
		page := p.profilePage(v, typed, mistakes{})
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
	return p.draw(v, statusOf(err), "profile", p.profilePage(v, typed, wrong))
}

// differs says in which fields a user is other now than in a form that was filled from an earlier state.
func (v *visitor) differs(user hub.User, typed form) template.HTML {
	return v.says(typed, "name", "profile.name", user.Name, "login", "profile.username", user.Login, "email", "profile.email", user.Email)
}
