package web

import (
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
)

// mountUserNew mounts the dialog over the list in which a person or, with kind=bot in the URL, a bot is added.
func (p *Pages) mountUserNew(page func(string, func(*visitor) error)) {
	find := func(v *visitor) (*usersPage, error) {
		if ok, err := p.needs(v, "user-create"); !ok {
			return nil, err
		}
		return p.usersPage(v)
	}
	below := func(_ *visitor, list *usersPage) (framed, string, error) { return list, "admin-users", nil }
	mountDialog(p, page, usersPath+"/new", dialog[usersPage]{find: find, below: below, ask: p.askNewUser, do: p.newUser})
}

// wantsBot reports whether the dialog is one for a bot.
func wantsBot(v *visitor) bool { return v.query.Get("kind") == string(hub.Bot) }

func (p *Pages) askNewUser(v *visitor, _ *usersPage, typed form, wrong mistakes) (*question, error) {
	q := &question{
		Title: v.say("users.new"), Text: v.say("users.new.text"), Action: p.base + usersPath + "/new",
		Back: p.base + usersPath + "#new-user", Do: v.say("users.new.do"), Gentle: true,
	}
	q.Fields = []field{
		newField("name", "text", "off", v.say("profile.name"), typed.text("name"), v.say("profile.name.hint"), wrong.Of("name"), "focus"),
		newField("login", "text", "off", v.say("profile.username"), typed.text("login"), v.say("users.login.hint"), wrong.Of("login")),
	}
	if wantsBot(v) {
		q.Title, q.Text, q.Back, q.Do = v.say("users.new-bot"), v.say("users.new-bot.text"), p.base+usersPath+"#new-bot", v.say("users.new-bot.do")
		q.Action += "?kind=bot"
	} else {
		q.Fields = append(q.Fields, newField("email", "email", "off", v.say("profile.email"), typed.text("email"),
			v.say("users.email.hint"), wrong.Of("email"), "optional"))
		if v.may("user-update") {
			chosen := typed.text("how")
			if chosen == "" {
				chosen = byLink
			}
			q.Legend = v.say("users.how")
			if p.Desk.MailReady() == nil {
				q.Picks = append(q.Picks, newPick("how", "radio", byMail, v.say("users.how.mail"), chosen))
			}
			q.Picks = append(q.Picks, newPick("how", "radio", byLink, v.say("user.reset.link"), chosen),
				newPick("how", "radio", "later", v.say("users.how.later"), chosen))
		}
	}
	organisation, err := p.organisationChoice(v, typed.text("organisation"), wrong)
	if organisation != nil {
		q.Selects = append(q.Selects, organisation)
	}
	return q, err
}

func (p *Pages) newUser(v *visitor, _ *usersPage, typed form) error {
	wanted := hub.User{
		Name: strings.TrimSpace(typed.text("name")), Login: strings.TrimSpace(typed.text("login")),
		Email: strings.TrimSpace(typed.text("email")), Organisation: typed.text("organisation"), Kind: hub.Person,
	}
	if wantsBot(v) {
		wanted.Kind, wanted.Email = hub.Bot, ""
	}
	how := typed.text("how")
	if how == byMail && wanted.Email == "" {
		return wrongField("email", v.plain("users.email.needed"))
	}
	if how == byMail || how == byLink { // before anything is made: to go to sign in again half way would leave a user without a link
		if err := p.actor(v).StepUp(); err != nil {
			return err
		}
	}
	user, err := p.Directory.CreateUser(v.Context(), p.actor(v), wanted)
	if err != nil {
		return err
	}
	head := &userHead{SeenUser: directory.SeenUser{User: user}, At: userPath(user.ID)}
	switch how {
	case byLink:
		return p.handOver(v, head.At, user.ID)
	case byMail:
		if _, err := p.Desk.RestoreLink(v.Context(), p.actor(v), user.ID, p.Issuer+restorePath+"/", true); err != nil {
			return err
		}
		return p.done(v, head.At, "user.reset.mailed", "address", user.Email)
	}
	return p.done(v, head.At, "users.new.done", "name", newPerson(user).Name)
}
