package web

import (
	"html/template"
	"net/url"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/signin"
)

// consentPage asks whether a service may act for the person.
type consentPage struct {
	frame
	Action  string
	Account person
	Asked   *Asked
	Who     template.HTML
	Grants  []grant
	Not     template.HTML // what it will not be able to do
	Policy  string        // where the service tells more of itself
	Terms   string
	Other   string
	Device  string // the code that a device shows, if one asks
	Wrong   mistakes
}

// grant is one thing to allow: what, and what that means.
type grant struct{ Ability, Means template.HTML }

func (p *Pages) consentPage(v *visitor) *consentPage {
	service, host := v.asked.Service.Name, returnHost(v.asked.RedirectURI)
	page := &consentPage{
		Action: own(v), Account: *newPerson(v.User), Asked: v.asked,
		Other: p.beside(v, loginPath), Not: v.say("consent.not", "service", service),
	}
	page.Title = v.plain("consent.title", "service", service)
	who, acts := "consent.who", len(v.asked.Services) > 0
	switch {
	case v.asked.Vendor != "" && acts:
		who = "consent.who.vendor.act"
	case v.asked.Vendor != "":
		who = "consent.who.vendor"
	case acts:
		who = "consent.who.act"
	}
	page.Who = v.say(who, "service", service, "vendor", v.asked.Vendor, "host", host)
	page.Policy, page.Terms = atHost(v.asked.PolicyURL, host), atHost(v.asked.TermsURL, host)
	allow := func(key string, values ...string) {
		values = append(values, "service", service)
		page.Grants = append(page.Grants, grant{v.say("consent."+key, values...), v.say("consent."+key+".means", values...)})
	}
	switch {
	case v.asked.Profile && v.asked.Email:
		allow("profile-email")
	case v.asked.Profile:
		allow("profile")
	case v.asked.Email:
		allow("email")
	}
	if v.asked.Groups {
		allow("groups")
	}
	for _, ability := range v.asked.Services {
		at := ability.Service.Name
		switch {
		case ability.Administer:
			allow("administer", "at", at)
			page.Not = v.say("consent.not.password", "service", service)
		case len(ability.Permissions) > 0:
			allow("permissions", "at", at, "permissions", strings.Join(ability.Permissions, ", "))
		case ability.Service.Description != "":
			page.Grants = append(page.Grants, grant{
				v.say("consent.act", "at", at), template.HTML(template.HTMLEscapeString(ability.Service.Description)),
			})
		default:
			allow("act", "at", at)
		}
	}
	if v.asked.Offline {
		allow("offline")
	}
	if len(page.Grants) == 0 {
		allow("sign-in")
	}
	return page
}

// atHost gives an address that a service says is its own where it has the host that the person is told of; else nothing, since a
// stranger shall not put other people's pages before the person (RFC 7591 section 5).
func atHost(address, host string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Scheme == "https" && parsed.Host == host {
		return address
	}
	return ""
}

// returnHost is where a service lives, as far as its return address tells.
func returnHost(redirectURI string) string {
	parsed, err := url.Parse(redirectURI)
	if err != nil {
		return redirectURI
	}
	if parsed.Host == "" {
		return parsed.Scheme + ":"
	}
	return parsed.Host
}

func (p *Pages) consent(v *visitor) error {
	if !v.SignedIn() || v.asked == nil {
		return p.goOn(v)
	}
	return p.show(v, "consent", p.consentPage(v))
}

func (p *Pages) consentPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if !v.SignedIn() || v.asked == nil {
		return p.goOn(v)
	}
	switch form.text("decision") {
	case "deny":
		return p.answered(v, func(pending *signin.Pending) { pending.DeniedAt = now() })
	case "accept":
		if err := p.Approve(v.Context(), v.Visit, p.origin(v.Request), request(v.query)); err != nil {
			return err
		}
		return p.answered(v, func(pending *signin.Pending) { pending.AllowedAt = now() })
	}
	page := p.consentPage(v)
	return p.again(v, fault.New(fault.Invalid, "Choose one of the two."), "consent", page, &page.Wrong)
}
