package web

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// An API client is changed in one dialog: its label, whether it works, and its secret, which is replaced but never shown again.

// overHolder mounts a dialog over the page of a holder's credentials.
func (p *Pages) overHolder(page func(string, func(*visitor) error), at string, whose func(*visitor) (*holder, error), d dialog[holder]) {
	d.find = whose
	d.below = func(v *visitor, h *holder) (framed, string, error) {
		below, err := p.securityPage(v, h)
		return below, h.Template, err
	}
	mountDialog(p, page, at, d)
}

// mountClientChange mounts it for the API client with an id below at.
func (p *Pages) mountClientChange(page func(string, func(*visitor) error), at string, whose func(*visitor) (*holder, error)) {
	p.overHolder(page, at+"/api-clients/{id}/change", whose, dialog[holder]{ask: p.askChangeClient, do: p.changeClient})
}

// keepSecret is the choice that leaves the secret as it is.
const keepSecret = "keep"

func (p *Pages) askChangeClient(v *visitor, h *holder, typed form, wrong mistakes) (*question, error) {
	held, err := p.holdings(v, h)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(held.Clients, func(r clientRow) bool { return r.ID == v.PathValue("id") })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "there is no such API client")
	}
	row := held.Clients[at]
	label, disabled, replace, state := row.Label, row.Disabled, typed.text("replace"), clientState(row.Label, row.Disabled)
	if typed.any() {
		label, disabled = typed.text("label"), typed.has("disabled")
	}
	if typed.any() && !wrong.Any() { // it has waited for a sign-in, and was filled from an earlier state, perhaps
		state = typed.text(versionName)
	}
	if replace == "" {
		replace = keepSecret
	}
	q := &question{
		Title: v.say("client.change"), Text: v.say("client.change.text"),
		Back: p.under(h, "#m-"+row.ID), Do: v.say("profile.save"), Gentle: true,
		Fields: []field{newField("label", "text", "off", v.say("column.label"), label, v.say("client.hint"), wrong.Of("label"), "focus")},
		Facts:  []fact{{v.say("column.client-id"), "<code>" + text(row.ID) + "</code>"}},
		Boxes:  []pick{{Name: "disabled", Value: "1", Words: v.say("client.disable"), Checked: disabled}},
		Legend: v.say("client.secret"), Hidden: []hidden{{versionName, state}},
	}
	for _, way := range []struct{ value, key string }{{keepSecret, "client.keep"}, {"0s", "client.replace"}, {"24h", "client.replace-day"}} {
		q.Picks = append(q.Picks, newPick("replace", "radio", way.value, v.say(way.key), replace))
	}
	return q, nil
}

func (p *Pages) changeClient(v *visitor, h *holder, typed form) error {
	id := v.PathValue("id")
	overlap, err := time.ParseDuration(typed.text("replace"))
	rotate := err == nil
	if rotate {
		if err := p.actor(v).StepUp(); err != nil { // before anything is changed
			return err
		}
	}
	var before hub.APIClient
	edit, changed := unlessChanged(typed, func(client *hub.APIClient) string {
		return clientState(client.Label, client.Disabled)
	}, func(client *hub.APIClient) {
		client.Label, client.Disabled = trimmed(typed, "label"), typed.has("disabled")
	})
	client, err := p.Credentials.UpdateAPIClient(v.Context(), p.actor(v), p.Environment, h.User.ID, id, func(client *hub.APIClient) {
		before = *client
		edit(client)
	})
	if err != nil {
		return err
	}
	if *changed {
		return p.clientMeanwhile(v, before, typed)
	}
	if !rotate {
		return p.done(v, h.Page, "client.changed", "label", client.Label)
	}
	value, err := p.Credentials.RotateAPIClient(v.Context(), p.actor(v), p.Environment, h.User.ID, id, overlap)
	if err != nil {
		return err
	}
	return p.giveTicket(v, h.At+"/api-clients/"+id+"/replaced", value)
}

// clientState names a state of what is changed of an API client.
func clientState(label string, disabled bool) string {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, disabled, label) // into memory: it does not fail
	return fmt.Sprintf("%x", sum.Sum64())
}

// clientMeanwhile says who has changed an API client since a form about it was filled, and what. Saving once more is taken.
func (p *Pages) clientMeanwhile(v *visitor, now hub.APIClient, typed form) error {
	said := []string{v.plain("conflict.title")}
	if name := p.lastAuthor(v, "api-client", now.ID).AuthorName; name != "" {
		said[0] = v.plain("conflict.by", "name", name)
	}
	if now.Label != trimmed(typed, "label") {
		said = append(said, v.plain("conflict.was", "field", v.plain("column.label"), "value", now.Label))
	}
	if now.Disabled != typed.has("disabled") {
		said = append(said, v.plain("conflict.was", "field", v.plain("field.disabled"), "value", v.plain(yesOrNo(now.Disabled))))
	}
	said = append(said, strings.TrimSpace(v.plain("conflict.text", "what", "")))
	return fault.New(fault.Conflict, "%s", strings.Join(said, " "))
}
