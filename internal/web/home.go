package web

import (
	"html/template"
	"strconv"
	"strings"

	"example.org/hub/internal/signin"
)

// homePage is where people start: the services that they may open.
type homePage struct {
	frame
	Services  []Service
	Find      string        // what was looked for
	Empty     template.HTML // why there is no service
	Recent    []happened
	Unused    int // credentials that look forgotten
	Factor    bool
	Codes     template.HTML // how many recovery codes are left, if they are few; else empty
	Elsewhere string        // host at which all passkeys of the person were made, which is not here; empty: there are none, or some work here
}

// recentEvents is how much of what happened of late the home page tells.
const recentEvents = 4

// Todo reports whether there is anything worth a minute.
func (h *homePage) Todo() bool {
	return h.Unused > 0 || h.Elsewhere != "" || h.Codes != "" || !h.Factor
}

// fewCodes is how many recovery codes are few.
const fewCodes = 3

func (p *Pages) home(v *visitor) error {
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	services, err := p.Services(v.Context(), p.Environment, v.User.ID)
	if err != nil {
		return err
	}
	page := &homePage{Find: shortened(strings.TrimSpace(v.query.Get("q")))}
	for _, service := range services {
		if service.HomeURL != "" && strings.Contains(strings.ToLower(service.Name+" "+service.Description), strings.ToLower(page.Find)) {
			page.Services = append(page.Services, service)
		}
	}
	page.Empty = v.say("home.none")
	if page.Find != "" {
		page.Empty = v.say("home.none-found", "find", page.Find)
	}
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	page.Unused = held.Unused()
	if page.Factor, err = p.Desk.HasSecondFactor(v.Context(), v.User); err != nil {
		return err
	}
	if page.Factor {
		left, err := p.Desk.RecoveryCodesLeft(v.Context(), v.User.ID)
		if err != nil {
			return err
		}
		if left <= fewCodes {
			page.Codes = v.say("home.codes.text", "n", strconv.FormatInt(left, 10), "all", strconv.Itoa(signin.RecoveryCodes))
		}
	}
	keys, err := p.passkeyRows(v, v.User.ID)
	if err != nil {
		return err
	}
	page.Elsewhere = elsewhere(keys)
	events, _, err := p.eventsOf(v, "", "", recentEvents)
	if err != nil {
		return err
	}
	for _, event := range events {
		page.Recent = append(page.Recent, v.happened(event))
	}
	page.Title = v.plain("nav.home")
	return p.show(v, "home", page)
}
