package web

import (
	"path"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// overApp shows a question over the page of an app.
func (p *Pages) overApp(v *visitor, d *developer, ask func(*apiAccessPage) (*question, error)) error {
	page, err := p.apiAccessPage(v, d, v.PathValue("app"))
	if err != nil {
		return err
	}
	if page.App == nil {
		return fault.New(fault.NotFound, "there is no such app")
	}
	q, err := ask(page)
	if err != nil {
		return err
	}
	q.Action = own(v)
	if q.Back == "" {
		q.Back = p.base + apiAccessPath + d.query + "&app=" + page.App.ID + "#" + path.Base(v.URL.Path)
	}
	page.over(string(q.Title), q)
	return p.show(v, "api-access", page)
}

func (p *Pages) appRotate(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	if err := d.StepUp(); err != nil {
		return err
	}
	return p.overApp(v, d, func(*apiAccessPage) (*question, error) {
		return &question{
			Title: v.say("app.rotate"), Text: v.say("app.rotate.text"),
			Legend: v.say("app.rotate.keep"), Picks: v.spans(p.kept(v).text("overlap")), Do: v.say("app.rotate.do"), Gentle: true,
		}, nil
	})
}

// changeApp reads the form about an app, changes it, and says so.
func (p *Pages) changeApp(v *visitor, said string, change func(*developer, form) error) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	if err := change(d, typed); err != nil {
		return err
	}
	return p.done(v, apiAccessPath+d.query+"&app="+v.PathValue("app"), said)
}

func (p *Pages) appRotatePosted(v *visitor) error {
	return p.changeApp(v, "app.rotated", func(d *developer, typed form) error {
		overlap, err := time.ParseDuration(typed.text("overlap"))
		if err != nil {
			return fault.New(fault.Invalid, "The form could not be read: it does not say how long the old key stays good.")
		}
		_, err = p.Credentials.RotateApp(v.Context(), d.Actor, d.environment, v.User.ID, v.PathValue("app"), overlap)
		return err
	})
}

func (p *Pages) appDelete(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	return p.overApp(v, d, func(page *apiAccessPage) (*question, error) {
		return &question{
			Title: v.say("app.delete"), Text: v.say("app.delete.text", "label", page.App.Label),
			Facts: []fact{
				{"app_id", "<code>" + text(page.App.ID) + "</code>"},
				{v.say("column.used"), v.used(page.App.Used, page.App.From)},
			},
			Do: v.say("delete"),
		}, nil
	})
}

func (p *Pages) appDeletePosted(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	if err := p.Credentials.DeleteApp(v.Context(), d.Actor, d.environment, v.User.ID, v.PathValue("app")); err != nil {
		return err
	}
	return p.done(v, apiAccessPath+d.query, "app.deleted", "app", v.PathValue("app"))
}

// addresses is the page of an app, with what was typed into its form before a sign-in came between.
func (p *Pages) addresses(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	page, err := p.apiAccessPage(v, d, v.PathValue("app"))
	if err != nil {
		return err
	}
	if kept := p.kept(v); kept.any() && page.App != nil {
		page.Addresses = p.addressForm(v, page.App, hub.App{}, kept, mistakes{})
	}
	return p.show(v, "api-access", page)
}

// addressAdded takes an address onto the allowlist of an app; "mine" is the one from which the form was sent.
func (p *Pages) addressAdded(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	address := strings.TrimSpace(typed.text("address"))
	if typed.has("mine") {
		address = d.Address.Unmap().String()
	}
	_, err = p.Credentials.AllowAddress(v.Context(), d.Actor, d.environment, v.User.ID, v.PathValue("app"),
		address, strings.TrimSpace(typed.text("note")))
	if err == nil {
		return p.done(v, apiAccessPath+d.query+"&app="+v.PathValue("app"), "allow.added", "address", address)
	}
	if fault.Is(err, fault.Conflict) {
		err = wrongField("address", v.told(err))
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.apiAccessPage(v, d, v.PathValue("app"))
	if trouble != nil {
		return trouble
	}
	page.Addresses = p.addressForm(v, page.App, hub.App{}, typed, wrong)
	return p.draw(v, statusOf(err), "api-access", page)
}

// addressRemove asks before an address is taken off, more urgently before the last one.
func (p *Pages) addressRemove(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	return p.overApp(v, d, func(page *apiAccessPage) (*question, error) {
		at := slices.IndexFunc(page.App.Allowed, func(row allowedRow) bool { return row.ID == v.PathValue("entry") })
		if at < 0 {
			return nil, fault.New(fault.NotFound, "the address is not on the list any more")
		}
		row := page.App.Allowed[at]
		q := &question{Title: v.say("allow.remove", "address", row.Prefix), Text: v.say("allow.remove.text"), Do: v.say("allow.remove.do")}
		if len(page.App.Allowed) == 1 {
			q.Text = v.say("allow.remove.last")
		}
		q.Back = p.base + apiAccessPath + d.query + "&app=" + page.App.ID + "#a-" + row.ID
		return q, nil
	})
}

func (p *Pages) addressRemovePosted(v *visitor) error {
	return p.changeApp(v, "allow.removed", func(d *developer, _ form) error {
		return p.Credentials.DisallowAddress(v.Context(), d.Actor, d.environment, v.User.ID, v.PathValue("app"), v.PathValue("entry"))
	})
}
