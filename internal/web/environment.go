package web

import (
	"html/template"
	"net/url"

	"example.org/hub/internal/hub"
)

// place is an environment to look at, for the template "environments".
type place struct {
	Words   template.HTML
	URL     string
	Dot     string
	Current bool
}

// places leads to the same page of each environment; nil if there is but one.
func (p *Pages) places(v *visitor, path string) []place {
	return p.placesOf(v, p.Environment, func(environment hub.Environment) string { return p.issuerPath(environment) + path })
}

// placesOf leads to pages that differ by environment, of which one is shown.
func (p *Pages) placesOf(v *visitor, shown hub.Environment, address func(hub.Environment) string) []place {
	if len(p.Issuers) < 2 {
		return nil
	}
	words := map[hub.Environment]template.HTML{hub.Test: v.say("environment.test"), hub.Production: v.say("environment.production")}
	dots := map[hub.Environment]string{hub.Test: "dot--off", hub.Production: "dot--ok"}
	var places []place
	for _, environment := range []hub.Environment{hub.Test, hub.Production} {
		if p.Issuers[environment] != "" {
			places = append(places, place{words[environment], address(environment), dots[environment], environment == shown})
		}
	}
	return places
}

// issuerPath is how an environment is reached from a page: by its path if it is on this host, else by its whole URL.
func (p *Pages) issuerPath(environment hub.Environment) string {
	issuer := p.Issuers[environment]
	if parsed, err := url.Parse(issuer); err == nil && parsed.Host == p.host {
		return parsed.Path
	}
	return issuer
}
