package web

import (
	"html/template"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/secret"
)

// How somebody is given another password.
const (
	byMail      = "mail"     // the user follows a link that is mailed
	byLink      = "link"     // the user follows a link that the administrator hands over
	byTemporary = "password" // the administrator says one, which the user has to change at once
)

func (p *Pages) mountUserPassword(page func(string, func(*visitor) error)) {
	at := usersPath + "/{user}/password"
	profile := func(v *visitor, head *userHead) (framed, string, error) {
		below, err := p.userPage(v, head, form{}, mistakes{})
		return below, "admin-user", err
	}
	mountDialog(p, page, at, dialog[userHead]{find: p.userHead, below: profile, fresh: true, ask: p.askPassword, do: p.setUserPassword})
	page("GET "+at+"/link", p.passwordLink)
}

// waysIn are how a user may be given a password. Mail is the first where this hub sends any and the user has an address.
func (p *Pages) waysIn(v *visitor, address, chosen string) []pick {
	ways := []string{byLink, byTemporary}
	if p.Desk.MailReady() == nil && address != "" {
		ways = []string{byMail, byLink, byTemporary}
	}
	if chosen == "" {
		chosen = ways[0]
	}
	words := map[string]template.HTML{
		byMail:      v.say("user.reset.mail", "address", address),
		byLink:      v.say("user.reset.link"),
		byTemporary: v.say("user.reset.password"),
	}
	var picks []pick
	for _, way := range ways {
		picks = append(picks, newPick("how", "radio", way, words[way], chosen))
	}
	return picks
}

func (p *Pages) askPassword(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("user.reset", "name", head.Name), Text: v.say("user.reset.text"),
		Back: p.of(head, "#reset"), Do: v.say("user.reset.do"), Gentle: true,
		Legend: v.say("user.reset.how"), Picks: p.waysIn(v, head.Email, typed.text("how")),
		Fields: []field{newField("password", "password", "new-password", v.say("user.reset.temporary"), "",
			v.say("user.reset.temporary.hint"), wrong.Of("password"), "optional")},
		Remark: v.say("user.reset.factor"),
	}, nil
}

func (p *Pages) setUserPassword(v *visitor, head *userHead, typed form) error {
	switch typed.text("how") {
	case byTemporary:
		return p.temporaryPassword(v, head, typed.text("password"))
	case byMail:
		if _, err := p.Desk.RestoreLink(v.Context(), p.actor(v), head.ID, p.Issuer+restorePath+"/", true); err != nil {
			return err
		}
		return p.done(v, head.At, "user.reset.mailed", "address", head.Email)
	case byLink:
		return p.handOver(v, head.At, head.ID)
	}
	return wrongField("how", v.plain("user.reset.how"))
}

// handOver sends the browser to the page that shows a link for a user once.
func (p *Pages) handOver(v *visitor, at, userID string) error {
	code, err := p.Desk.RestoreLink(v.Context(), p.actor(v), userID, "", false)
	if err != nil {
		return err
	}
	return p.giveTicket(v, at+"/password/link", secret.Value(p.Issuer+restorePath+"/")+code)
}

func (p *Pages) temporaryPassword(v *visitor, head *userHead, password string) error {
	actor := p.actor(v)
	if err := p.Directory.MayHandle(v.Context(), actor, head.User); err != nil {
		return err
	}
	hash, err := p.Desk.Hash(v.Context(), head.User, password, actor.Address)
	if err != nil {
		return err
	}
	if err := p.Directory.SetPassword(v.Context(), actor, head.ID, hash, true); err != nil {
		return err
	}
	return p.done(v, head.At, "user.reset.done", "name", head.Name)
}

// passwordLink shows a link once, over the user's profile.
func (p *Pages) passwordLink(v *visitor) error {
	head, err := p.userHead(v)
	if head == nil || err != nil {
		return err
	}
	if !head.MayReset {
		return fault.New(fault.NotFound, "there is no such page")
	}
	page, err := p.userPage(v, head, form{}, mistakes{})
	if err != nil {
		return err
	}
	link := p.ticket(v)
	if link == "" {
		page.Said = v.say("ticket.shown")
		return p.show(v, "admin-user", page)
	}
	page.Over = v.plain("user.link")
	page.Ticket = &ticketView{
		Back: p.of(head, "#reset"), BackPath: p.of(head, ""),
		Title: v.say("user.link"), Text: v.say("user.link.text", "name", head.Name),
		Label: v.say("user.link.label"), Value: link.Reveal(), Copy: v.say("user.link.copy"), Copied: v.say("user.link.copied"),
		Guard: v.say("user.link.guard"), Remark: v.say("user.link.store"),
	}
	return p.show(v, "admin-user", page)
}
