package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// servicesPage lists the services of an environment.
type servicesPage struct {
	frame
	Environments []place
	Query, Trust string
	Flow         string
	Trusts       []option
	Flows        []option
	Rows         []serviceRow
	Order        nameOrder
	Filtered     bool
	MayCreate    bool
	Pager        *pager
}

// option is one of a list to choose from.
type option struct {
	Value  string
	Words  template.HTML
	Chosen bool
}

// serviceRow is a service in a list.
type serviceRow struct {
	Service
	State       serviceState
	Flows       template.HTML
	Application string
	SignIns     string // of the last 30 days; empty: they are not counted
	Open        bool   // its settings may be seen
}

// serviceState is how far a service is trusted, and whether it works.
type serviceState struct {
	System, Trusted, Disabled, Public, Unvouched bool
	Plain                                        bool // its home page is not reached over TLS
	Health                                       template.HTML
	Dot                                          string // colour of Health
}

func stateOf(service hub.Service) serviceState {
	home, err := url.Parse(service.HomeURL)
	return serviceState{System: service.BuiltIn(), Trusted: service.Trusted, Disabled: service.Disabled, Public: service.Public,
		Unvouched: service.SelfRegistered != nil && !service.Trusted, Plain: err == nil && home.Scheme == "http" && !isLoopback(home.Hostname())}
}

// usedWithin is how far back the use of services is told.
const usedWithin = 30 * 24 * time.Hour

// serviceUse is how much services were asked for lately, and what of it went wrong, by their ids. known is false if nobody counts.
type serviceUse struct {
	busy   map[string]hub.Busy
	turned map[string]int64 // addresses that are not registered
	known  bool
}

// serviceUse reads what is counted of some services. It begins with an hour, so that what was read is good for the next to ask.
func (p *Pages) serviceUse(v *visitor, ids ...string) (serviceUse, error) {
	const most = 10_000
	use := serviceUse{busy: map[string]hub.Busy{}, turned: map[string]int64{}}
	if p.Office.Busiest == nil || p.Office.TurnedAway == nil {
		return use, nil
	}
	busiest, err := p.Office.Busiest(v.Context(), p.Environment, hub.Now().Add(-usedWithin).Truncate(time.Hour), most)
	if err != nil {
		return use, err
	}
	for _, one := range busiest {
		if slices.Contains(ids, one.ServiceID) {
			use.busy[one.ServiceID] = one
		}
	}
	turned, err := p.Office.TurnedAway(v.Context(), p.Environment)
	for _, one := range turned {
		use.turned[one.Label] = one.Count
	}
	use.known = true
	return use, err
}

// health says how a service does.
func (v *visitor) health(state *serviceState, service hub.Service, use serviceUse) {
	busy, turned := use.busy[service.ID], use.turned[service.ID]
	set := func(dot string, words template.HTML) { state.Dot, state.Health = dot, words }
	switch {
	case state.Disabled:
		set("danger", v.say("service.disabled"))
	case state.Plain:
		set("warn", v.say("service.plain"))
	case turned > 0:
		set("warn", v.N("service.rejected", int(turned)))
	case state.System || busy.SignIns > 0:
		set("ok", v.say("service.signing-in"))
	case busy.Tokens > 0:
		set("ok", v.say("service.getting-tokens"))
	case !use.known:
		set("ok", v.say("service.works"))
	case hub.Now().Sub(service.CreatedAt) < usedWithin:
		set("off", v.say("service.unused"))
	default:
		set("off", v.say("service.quiet", "span", v.span(usedWithin)))
	}
}

// isLoopback reports whether a host is this machine, which needs no TLS.
func isLoopback(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1"
}

func (p *Pages) services(v *visitor) error {
	if ok, err := p.needs(v, "service-read"); !ok {
		return err
	}
	page := &servicesPage{
		Environments: p.places(v, servicesPath), Query: shortened(strings.TrimSpace(v.query.Get("q"))),
		Trust: v.query.Get("trust"), MayCreate: v.may("service-create"),
	}
	page.Title, page.Crumbs = v.plain("nav.services"), []link{v.office()}
	page.Flow = v.query.Get("flow")
	page.Filtered = page.Query != "" || page.Trust != "" || page.Flow != ""
	page.Flows = append(page.Flows, option{"", v.say("services.every-flow"), page.Flow == ""})
	for _, flow := range hub.Flows() {
		page.Flows = append(page.Flows, option{string(flow), v.flowName(flow), page.Flow == string(flow)})
	}
	for _, trust := range []string{"", "trusted", "untrusted", "public", "disabled"} {
		page.Trusts = append(page.Trusts, option{trust, v.say(map[string]string{
			"": "service.trust.all", "trusted": "service.trust.trusted", "untrusted": "service.trust.untrusted",
			"public": "service.trust.public", "disabled": "service.trust.disabled",
		}[trust]), trust == page.Trust})
	}
	page.Order = newNameOrder(v.query)
	found, err := p.Directory.Services(v.Context(), p.actor(v), p.Environment, query.List{
		Where: page.where(), Order: page.Order.keys(), After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage,
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(found.Items))
	for i, seen := range found.Items {
		ids[i] = seen.ID
	}
	use, err := p.serviceUse(v, ids...)
	if err != nil {
		return err
	}
	for _, seen := range found.Items {
		row := v.serviceRow(seen)
		v.health(&row.State, seen.Service, use)
		if row.State.System {
			row.HomeURL = p.Issuer
		} else if use.known {
			row.SignIns = v.grouped(use.busy[seen.ID].SignIns)
		}
		page.Rows = append(page.Rows, row)
	}
	page.Pager = newWalk(v.query, len(page.Rows), found.Total, found.Next)
	return p.show(v, "admin-services", page)
}

// where is what the filters ask for. What is searched for is a name, or an id as it stands in a client's settings.
func (s *servicesPage) where() query.Node {
	asked := query.Node{}
	if s.Query != "" {
		asked = query.Any(query.Node{Op: query.Text, Value: s.Query}, query.Is("id", strings.ToLower(s.Query)),
			query.Is("key", s.Query), query.Is("applicationname", s.Query), query.Is("homeurl", s.Query))
	}
	switch s.Trust {
	case "trusted", "public", "disabled":
		asked = query.All(asked, query.Is("is", s.Trust))
	case "untrusted":
		asked = query.All(asked, query.Node{Op: query.Not, Of: []query.Node{query.Is("is", "trusted")}})
	}
	if s.Flow != "" {
		asked = query.All(asked, query.Is("flow", s.Flow))
	}
	return asked
}

func (v *visitor) serviceRow(seen directory.SeenService) serviceRow {
	row := serviceRow{
		Service: serviceOf(seen.Service), State: stateOf(seen.Service), Open: seen.Whole,
		Application: strings.TrimSpace(seen.ApplicationName + " " + seen.Version),
	}
	for i, flow := range seen.Flows {
		if i > 0 {
			row.Flows += ", "
		}
		row.Flows += v.flowShort(flow)
	}
	return row
}
