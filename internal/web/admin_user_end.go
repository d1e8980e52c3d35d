package web

import (
	"html/template"
	"strconv"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// What ends a user, or keeps one out, is asked for over the user's profile.

func (p *Pages) mountUserEnds(page func(string, func(*visitor) error)) {
	at := usersPath + "/{user}"
	profile := func(v *visitor, head *userHead) (framed, string, error) {
		below, err := p.userPage(v, head, form{}, mistakes{})
		return below, "admin-user", err
	}
	over := func(path string, d dialog[userHead]) {
		d.find, d.below = p.userHead, profile
		mountDialog(p, page, at+path, d)
	}
	over("/ban", dialog[userHead]{ask: p.askBan, do: p.ban})
	over("/unban", dialog[userHead]{ask: p.askUnban, do: p.unban})
	over("/leave", dialog[userHead]{ask: p.askLeave, do: p.leave})
	over("/delete", dialog[userHead]{ask: p.askDeleteUser, do: p.deleteUser})
	over("/merge", dialog[userHead]{ask: p.askMerge, do: p.merge, fresh: true})
}

// of is the address of a page of a user, or of an element there.
func (p *Pages) of(head *userHead, path string) string { return p.base + head.At + path }

func (p *Pages) askBan(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("user.ban", "name", head.Name), Text: v.say("user.ban.text"),
		Back: p.of(head, "#ban"), Do: v.say("user.ban.do"),
		Fields: []field{newField("reason", "text", "off", v.say("user.reason"), typed.text("reason"),
			v.say("user.reason.hint"), wrong.Of("banReason"), "optional")},
	}, nil
}

func (p *Pages) ban(v *visitor, head *userHead, typed form) error {
	_, err := p.Directory.UpdateUser(v.Context(), p.actor(v), head.ID, func(user *hub.User) {
		user.Banned, user.BanReason = true, typed.text("reason")
	})
	if err != nil {
		return err
	}
	return p.done(v, head.At, "user.ban.done", "name", head.Name)
}

func (p *Pages) askUnban(v *visitor, head *userHead, _ form, _ mistakes) (*question, error) {
	return &question{
		Title: v.say("user.unban", "name", head.Name), Text: v.say("user.unban.text"),
		Back: p.of(head, "#unban"), Do: v.say("user.unban.do"), Gentle: true,
	}, nil
}

func (p *Pages) unban(v *visitor, head *userHead, _ form) error {
	_, err := p.Directory.UpdateUser(v.Context(), p.actor(v), head.ID, func(user *hub.User) { user.Banned, user.BanReason = false, "" })
	if err != nil {
		return err
	}
	return p.done(v, head.At, "user.unban.done", "name", head.Name)
}

// askDeleteUser wants the username typed, since nothing brings a user back.
func (p *Pages) askDeleteUser(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("user.delete.title", "name", head.Name), Text: v.say("user.delete.consequence"),
		Back: p.of(head, "#delete-do"), Do: v.say("user.delete.do"),
		Fields: []field{
			newField("confirm", "text", "off", v.say("user.delete.confirm", "login", head.Login), typed.text("confirm"), "", wrong.Of("confirm")),
			newField("successor", "text", "off", v.say("user.successor"), typed.text("successor"),
				v.say("user.successor.hint"), wrong.Of("successor"), "optional"),
		},
	}, nil
}

func (p *Pages) deleteUser(v *visitor, head *userHead, typed form) error {
	if hub.Fold(typed.text("confirm")) != hub.Fold(head.Login) {
		return wrongField("confirm", v.plain("user.delete.differs", "login", head.Login))
	}
	var err error
	if named := typed.text("successor"); named == "" {
		err = p.Directory.DeleteUser(v.Context(), p.actor(v), head.ID)
	} else {
		successor, unknown := p.Directory.User(v.Context(), p.actor(v), named)
		if unknown != nil {
			return p.nobody(v, "successor", named, unknown)
		}
		err = p.Directory.DeleteUserFor(v.Context(), p.actor(v), head.ID, successor.ID)
	}
	if err != nil {
		return err
	}
	return p.done(v, usersPath, "user.delete.done", "name", head.Name)
}

// nobody is the error of a field in which somebody was to be named.
func (p *Pages) nobody(v *visitor, name, typed string, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return wrongField(name, v.plain("user.nobody", "name", shortened(typed)))
}

func (p *Pages) askMerge(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("user.merge", "name", head.Name), Text: v.say("user.merge.text", "name", head.Name),
		Back: p.of(head, "#merge"), Do: v.say("user.merge.do"),
		Fields: []field{newField("other", "text", "off", v.say("user.merge.other"), typed.text("other"),
			v.say("user.merge.hint"), wrong.Of("other"), "focus")},
	}, nil
}

func (p *Pages) merge(v *visitor, head *userHead, typed form) error {
	other, err := p.Directory.User(v.Context(), p.actor(v), typed.text("other"))
	if err != nil {
		return p.nobody(v, "other", typed.text("other"), err)
	}
	if other.ID == head.ID {
		return wrongField("other", v.plain("user.merge.same"))
	}
	if _, err := p.Directory.MergeUsers(v.Context(), p.actor(v), []string{head.ID, other.ID}, func(*hub.User) {}); err != nil {
		return err
	}
	return p.done(v, head.At, "user.merge.done", "name", newPerson(other.User).Name, "into", head.Name)
}

func (p *Pages) askLeave(v *visitor, head *userHead, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("leave.title", "name", head.Name), Text: v.say("leave.consequence"),
		Back: p.of(head, "#leave-do"), Do: v.say("leave.do"),
		Boxes: []pick{{Name: "keep", Value: "1", Words: v.say("leave.keep"), Checked: typed.has("keep")}},
		Fields: []field{newField("reason", "text", "off", v.say("user.reason"), typed.text("reason"),
			v.say("user.reason.hint"), wrong.Of("reason"), "optional")},
	}, nil
}

// receiptPage is what a leaver had, for the record.
type receiptPage struct {
	frame
	User    *userHead
	At      template.HTML
	Kinds   []endedKind
	Others  []credential.Token // that the leaver made for other users: they live on
	Nothing bool
}

// endedKind is what ended of one kind.
type endedKind struct {
	Words template.HTML
	Names []string
}

// leave answers with the receipt itself: to ask again does no harm, and tells of what has come up since.
func (p *Pages) leave(v *visitor, head *userHead, typed form) error {
	receipt, err := p.Credentials.Leave(v.Context(), p.actor(v), credential.Leaving{
		UserID: head.ID, Reason: typed.text("reason"), KeepRights: typed.has("keep"),
	})
	if err != nil {
		return err
	}
	head.User = receipt.User
	page := &receiptPage{User: head, At: v.When(receipt.At), Others: receipt.MadeForOthers, Nothing: len(receipt.Ended) == 0}
	held, err := p.heldBy(v, head)
	if err != nil {
		return err
	}
	p.headOf(v, &page.frame, head, "", held)
	page.Crumb = v.say("leave.receipt")
	for _, kind := range []struct{ kind, key string }{
		{string(credential.KindSession), "leave.sessions"}, {string(credential.KindPermanentToken), "tokens"},
		{string(credential.KindApplicationPassword), "app-passwords"}, {string(credential.KindRefreshToken), "connected"},
		{string(credential.KindApprovedScope), "scopes"}, {string(credential.KindAPIClient), "leave.clients"},
		{string(credential.KindApp), "leave.apps"}, {"group", "nav.groups"}, {"role", "leave.roles"},
	} {
		ended := endedKind{Words: v.say(kind.key)}
		for _, one := range receipt.Ended {
			if one.Kind == kind.kind {
				ended.Names = append(ended.Names, endedName(one))
			}
		}
		if len(ended.Names) > 0 {
			ended.Words += template.HTML(" (" + strconv.Itoa(len(ended.Names)) + ")")
			page.Kinds = append(page.Kinds, ended)
		}
	}
	return p.show(v, "admin-user-left", page)
}

// endedName is what ended, by its name or else its id, with its environment if it belonged to one.
func endedName(one credential.Ended) string {
	name := one.Name
	if name == "" {
		name = one.ID
	}
	if one.Environment != "" {
		name += " (" + string(one.Environment) + ")"
	}
	return shortened(name)
}
