package web

import (
	"html/template"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
)

const hygienePath = "/admin/hygiene"

// hygienePage lists credentials that somebody should look at.
type hygienePage struct {
	frame
	Kinds []place
	Rows  []findingRow
	Next  string // empty: that was all
	Some  bool   // a flag is chosen
}

// findingRow is one of them, with why, and where something can be done about it.
type findingRow struct {
	Name, Owner   string
	Kind          template.HTML
	Flags         []template.HTML
	Idle          []string
	Created, Used time.Time
	From          string
	URL           string
}

// kindKeys are the words of the kinds.
func kindKeys() map[credential.Kind]string {
	return map[credential.Kind]string{
		credential.KindAPIClient:           "hygiene.api-client",
		credential.KindApp:                 "hygiene.app",
		credential.KindApplicationPassword: "hygiene.application-password",
		credential.KindPermanentToken:      "hygiene.permanent-token",
		credential.KindService:             "hygiene.service",
	}
}

// flagKeys are the words of the flags.
func flagKeys() map[credential.Flag]string {
	return map[credential.Flag]string{
		credential.NeverUsed:   "hygiene.never-used",
		credential.Unused:      "hygiene.unused",
		credential.Wide:        "hygiene.wide",
		credential.OwnerGone:   "hygiene.owner-gone",
		credential.ExpiresSoon: "hygiene.expires-soon",
		credential.Suspended:   "hygiene.suspended",
		credential.Superseded:  "hygiene.superseded",
	}
}

func (p *Pages) hygiene(v *visitor) error {
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	flag, kinds, flags := credential.Flag(v.query.Get("flag")), kindKeys(), flagKeys()
	if flags[flag] == "" {
		flag = ""
	}
	found, next, err := p.Credentials.Hygiene(v.Context(), p.actor(v), credential.HygieneQuery{
		Flag: flag, After: v.query.Get("after"), Limit: perPage,
	})
	if fault.Is(err, fault.Invalid) { // a place that is none: from the start
		found, next, err = p.Credentials.Hygiene(v.Context(), p.actor(v), credential.HygieneQuery{Flag: flag, Limit: perPage})
	}
	if err != nil {
		return err
	}
	page := &hygienePage{Some: flag != ""}
	page.Title, page.Crumbs = v.plain("hygiene"), []link{v.office()}
	page.Kinds = []place{{Words: v.say("hygiene.all"), URL: p.base + hygienePath, Current: flag == ""}}
	for _, one := range credential.Flags() {
		page.Kinds = append(page.Kinds, place{Words: v.say(flags[one]), URL: p.base + hygienePath + "?flag=" + string(one), Current: one == flag})
	}
	for _, one := range found {
		page.Rows = append(page.Rows, v.findingRow(p.base, one, kinds, flags))
	}
	if next != "" {
		page.Next = with(v.query, "after", next)
	}
	return p.show(v, "admin-hygiene", page)
}

func (v *visitor) findingRow(base string, one credential.Finding, kinds map[credential.Kind]string, flags map[credential.Flag]string) findingRow {
	row := findingRow{
		Name: one.Name, Owner: newPerson(one.Owner).Name, Kind: v.say(kinds[one.Kind]),
		Created: one.CreatedAt, Used: one.LastUsedAt, From: one.LastUsedFrom,
		URL: base + "/admin/users/" + one.Owner.ID + "/security",
	}
	switch one.Kind {
	case credential.KindAPIClient:
		row.URL = base + "/admin/users/" + one.Owner.ID + "/api-clients"
	case credential.KindService:
		row.URL = base + "/admin/services/" + one.ID
	}
	for _, flag := range one.Flags {
		row.Flags = append(row.Flags, v.say(flags[flag]))
	}
	for _, service := range one.Idle {
		row.Idle = append(row.Idle, service.Name)
	}
	return row
}
