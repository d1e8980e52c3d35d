package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
)

// passkeyRow is a passkey in the list of its owner.
type passkeyRow struct {
	ID, Name, From string
	Elsewhere      string // host where it was made, which is not here, so that it does not work here; empty: it does
	Synced         bool
	Created, Used  time.Time
}

func (p *Pages) passkeyRows(v *visitor, userID string) ([]passkeyRow, error) {
	keys, err := p.Desk.PasskeysOf(v.Context(), p.actor(v), userID)
	rows := make([]passkeyRow, len(keys))
	for i, key := range keys {
		rows[i] = passkeyRow{ID: key.ID, Name: key.Name, From: key.LastUsedFrom, Synced: key.BackedUp, Created: key.CreatedAt, Used: key.LastUsedAt}
		if key.Site != p.site().Host {
			rows[i].Elsewhere = key.Site
		}
	}
	return rows, err
}

// elsewhere is a host at which somebody's passkeys were made, if none of them works here; else empty.
func elsewhere(keys []passkeyRow) string {
	host := ""
	for _, key := range keys {
		if host = key.Elsewhere; host == "" {
			break
		}
	}
	return host
}

// newPasskeyForm asks for the name of a passkey that the browser is about to make.
type newPasskeyForm struct {
	Action, Ask, Back string
	Name              field
	Wrong             mistakes
}

func (p *Pages) passkeyNewPage(v *visitor, h *holder, typed form, wrong mistakes) (*securityPage, error) {
	page, err := p.securityPage(v, h)
	if err != nil {
		return nil, err
	}
	if !p.passkeys() {
		return nil, fault.New(fault.NotFound, "there are no passkeys at this address")
	}
	if err := p.actor(v).StepUp(); err != nil {
		return nil, err
	}
	page.Over = v.plain("passkey.new")
	page.NewPasskey = &newPasskeyForm{
		Action: p.base + passkeysPath + "/new", Ask: p.base + passkeysPath + "/challenge",
		Back: p.under(h, "#new-passkey"), Wrong: wrong,
		Name: newField("name", "text", "off",
			v.say("passkey.name"), typed.text("name"), v.say("passkey.name.hint"), wrong.Of("name"), "focus"),
	}
	return page, nil
}

func (p *Pages) passkeyNew(v *visitor) error {
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	page, err := p.passkeyNewPage(v, h, p.kept(v), mistakes{})
	if err != nil {
		return err
	}
	return p.show(v, h.Template, page)
}

// passkeyNewAsked asks the browser to make one.
func (p *Pages) passkeyNewAsked(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	options, sealed, err := p.Desk.AskNewPasskey(v.Context(), cookie(v.Request), p.site())
	if fault.Is(err, fault.StepUp) || fault.Is(err, fault.Unauthenticated) {
		return p.json(v, http.StatusForbidden, map[string]string{"go": p.signInAgain(passkeysPath + "/new")})
	}
	if err != nil {
		return err
	}
	return p.ask(v, options, sealed)
}

func (p *Pages) passkeyNewPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	name := strings.TrimSpace(typed.text("name"))
	added, err := p.Desk.AddPasskey(v.Context(), cookie(v.Request), p.askedFor(v), p.site(), typed.text("passkey"), name, p.origin(v.Request))
	if err == nil {
		return p.done(v, securityPath, "passkey.added", "name", added.Passkey.Name)
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.passkeyNewPage(v, h, typed, wrong)
	if trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), h.Template, page)
}

// passkeyAt is one passkey of the visitor, with the page below the dialogs about it.
type passkeyAt struct {
	holder *holder
	page   *securityPage
	row    passkeyRow
}

func (p *Pages) ownPasskey(v *visitor) (*passkeyAt, error) {
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return nil, err
	}
	page, err := p.securityPage(v, h)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(page.Passkeys, func(r passkeyRow) bool { return r.ID == v.PathValue("id") })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "there is no such passkey; somebody may have deleted it")
	}
	return &passkeyAt{h, page, page.Passkeys[at]}, nil
}

// passkeyDialog is what the dialogs about one passkey have in common.
func (p *Pages) passkeyDialog(
	ask func(*visitor, *passkeyAt, form, mistakes) (*question, error), do func(*visitor, *passkeyAt, form) error,
) dialog[passkeyAt] {
	return dialog[passkeyAt]{find: p.ownPasskey, fresh: true, ask: ask, do: do,
		below: func(_ *visitor, of *passkeyAt) (framed, string, error) { return of.page, of.holder.Template, nil }}
}

// mountPasskeys mounts the pages about passkeys.
func (p *Pages) mountPasskeys(page func(string, func(*visitor) error)) {
	page("POST "+passkeyPath+"/challenge", p.passkeyAsked)
	page("POST "+passkeyPath, p.passkeyPosted)
	page("GET "+passkeyPath, p.besideInstead(loginPath)) // whose address stands over the sign-in page when a passkey did not fit
	page("GET "+passkeysPath+"/new", p.passkeyNew)
	page("POST "+passkeysPath+"/new", p.passkeyNewPosted)
	page("POST "+passkeysPath+"/challenge", p.passkeyNewAsked)
	mountDialog(p, page, passkeysPath+"/{id}/rename", p.passkeyDialog(
		func(v *visitor, of *passkeyAt, typed form, wrong mistakes) (*question, error) {
			name := of.row.Name
			if typed.values.Has("name") {
				name = typed.text("name")
			}
			return &question{
				Title: v.say("passkey.rename"), Text: v.say("passkey.rename.text"),
				Back: p.under(of.holder, "#k-"+of.row.ID), Do: v.say("passkey.rename.do"), Gentle: true,
				Fields: []field{newField("name", "text", "off",
					v.say("passkey.name"), name, template.HTML(""), wrong.Of("name"), "focus")},
			}, nil
		},
		func(v *visitor, of *passkeyAt, typed form) error {
			name := strings.TrimSpace(typed.text("name"))
			if err := p.Desk.RenamePasskey(v.Context(), p.actor(v), of.row.ID, name); err != nil {
				return err
			}
			return p.done(v, securityPath, "passkey.renamed", "name", name)
		}))
	mountDialog(p, page, passkeysPath+"/{id}/remove", p.passkeyDialog(
		func(v *visitor, of *passkeyAt, _ form, _ mistakes) (*question, error) {
			return &question{
				Title: v.say("passkey.remove"), Text: v.say("passkey.remove.text", "name", of.row.Name),
				Back: p.under(of.holder, "#k-"+of.row.ID), Do: v.say("passkey.remove.do"),
			}, nil
		},
		func(v *visitor, of *passkeyAt, _ form) error {
			if err := p.Desk.RemovePasskey(v.Context(), p.actor(v), v.User.ID, of.row.ID); err != nil {
				return err
			}
			return p.done(v, securityPath, "passkey.removed", "name", of.row.Name)
		}))
}
