package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// servicePage is everything about one service: each card is a form of its own (admin_service_part.go), and each step that hurts
// asks first (admin_service_ask.go).
type servicePage struct {
	frame
	Service     hub.Service
	Shown       hub.Service // as a form has it that was sent for it
	State       serviceState
	At, Version string
	Home        string // host of its home page
	MayUpdate   bool
	MayTrust    bool
	MayDelete   bool
	Secrets     []secretRow
	IDCopy      copyable
	Endpoints   []endpoint
	URIs        area
	PostLogout  area
	Tried       []triedRow
	Flows       []flowRow
	Fields      []field
	About       area
	Group       *selection // organisation; nil: the visitor knows of none
	Viewers     area
	Permissions area
	Refusals    []refusalRow
	Users       []serviceUserRow
	ShowUsers   bool
	MoreUsers   bool
	Events      string // where its history is
	Recipes     []recipe
	Part        string // the form that was sent
	Wrong       mistakes
	Conflict    conflict
	Ticket      *ticketView
}

// secretRow is a secret of a service, as far as it may be known.
type secretRow struct {
	ID, Hint      string
	Created, Used time.Time
	Ends          time.Time // zero: does not
	Old           bool      // another has taken its place
	Suspended     bool
}

// endpoint is an address of Hub that a service talks to.
type endpoint struct {
	Words template.HTML
	URL   string
	Copy  copyable
}

// triedRow is an address to which a service wanted people sent, and which is not registered.
type triedRow struct {
	URI, From  string
	At         time.Time
	Attempts   template.HTML
	Difference string // from the closest that is registered; empty: there is none
}

// flowRow is a flow that may be switched on.
type flowRow struct {
	Value       string
	Name, About template.HTML
	On          bool
}

// refusalRow is something that was refused to a service, for who can mend it, in the language of the page.
type refusalRow struct {
	hub.Refusal
	Reason, Expected, Setting remark
	Difference                string
	Times                     int
}

// theService gives the service of the URL to whoever may see all of it.
func (p *Pages) theService(v *visitor) (directory.SeenService, error) {
	seen, err := p.Directory.Service(v.Context(), p.actor(v), p.Environment, v.PathValue("id"))
	if err == nil && !seen.Whole {
		err = fault.New(fault.NotFound, "there is no such service")
	}
	return seen, err
}

// servicePage draws the cards of a service as it is, or as a form has it that was sent for one of them.
func (p *Pages) servicePage(v *visitor, seen directory.SeenService, part string, typed form, wrong mistakes) (*servicePage, error) {
	shown := seen.Service
	page := &servicePage{
		Service: seen.Service, State: stateOf(seen.Service), At: p.base + servicesPath + "/" + seen.ID,
		Version: stamp(seen.UpdatedAt), Part: part, Wrong: wrong,
		MayUpdate: v.may("service-update"), MayTrust: v.may("admin-write"), MayDelete: v.may("service-delete") && !seen.BuiltIn(),
	}
	page.Title, page.Home = seen.Name, serviceOf(seen.Service).Host()
	page.Crumbs = []link{v.office(), {URL: servicesPath, Words: v.say("nav.services")}}
	if of := servicePartOf(part); of != nil && typed.any() {
		of.edit(typed, &shown)
	}
	use, err := p.serviceUse(v, seen.ID)
	if err != nil {
		return nil, err
	}
	v.health(&page.State, seen.Service, use)
	if n := use.busy[seen.ID].SignIns; n > 0 && page.State.Dot == "ok" {
		page.State.Health = v.N("service.sign-ins-lately", int(n))
	}
	page.Events = p.base + "/admin/audit?" + url.Values{"target": {seen.ID}}.Encode()
	page.Shown = shown
	page.credentials(v, p, seen)
	page.flows(v, shown)
	page.settings(v, shown)
	if err := page.people(v, p, part, typed, shown); err != nil {
		return nil, err
	}
	if err := page.tried(v, p, seen.Service); err != nil {
		return nil, err
	}
	users, next, known, err := p.usersOf(v, seen.ID, "", usersShown)
	if err != nil {
		return nil, err
	}
	page.Users, page.MoreUsers, page.ShowUsers = users, next != "", known
	page.Recipes = p.serviceRecipes(v, seen.Service)
	if !page.MayUpdate {
		page.fix()
	}
	return page, page.refusals(v, p, seen.Service)
}

// fix makes the forms of the page ones to read, for who may not change the service.
func (page *servicePage) fix() {
	for i := range page.Fields {
		page.Fields[i].Fixed = true
	}
	for _, one := range []*area{&page.URIs, &page.PostLogout, &page.About, &page.Viewers, &page.Permissions} {
		one.Fixed = true
	}
	if page.Group != nil {
		page.Group.Fixed = true
	}
}

func (page *servicePage) credentials(v *visitor, p *Pages, seen directory.SeenService) {
	page.IDCopy = newCopy("sid", v.say("service.copy-id"), v.say("service.copied-id"), v.say("copy.blocked"))
	for i, one := range seen.Secrets {
		page.Secrets = append(page.Secrets, secretRow{
			ID: one.ID, Hint: one.Hint, Created: one.CreatedAt, Used: one.LastUsedAt, Ends: one.ExpiresAt,
			Old: i < len(seen.Secrets)-1, Suspended: one.Suspended,
		})
	}
	slices.Reverse(page.Secrets) // the newest first
	for i, one := range []struct{ key, path string }{
		{"service.endpoint.auth", "/api/rest/oauth2/auth"},
		{"service.endpoint.token", "/api/rest/oauth2/token"},
		{"service.endpoint.discovery", "/.well-known/openid-configuration"},
	} {
		words := v.say(one.key)
		page.Endpoints = append(page.Endpoints, endpoint{
			words, p.Issuer + one.path,
			newCopy("e"+strconv.Itoa(i), v.say("snippet.copy", "caption", v.plain(one.key)),
				v.say("service.copied-address"), v.say("copy.blocked")),
		})
	}
}

func (page *servicePage) flows(v *visitor, shown hub.Service) {
	about := map[hub.Flow]string{
		hub.AuthorizationCode: "service.flow.code", hub.RefreshTokenFlow: "service.flow.refresh",
		hub.ClientCredentials: "service.flow.client", hub.PasswordFlow: "service.flow.password",
		hub.Implicit: "service.flow.implicit", hub.DeviceCode: "service.flow.device",
	}
	for _, flow := range []hub.Flow{
		hub.AuthorizationCode, hub.RefreshTokenFlow, hub.ClientCredentials, hub.PasswordFlow, hub.Implicit, hub.DeviceCode,
	} {
		page.Flows = append(page.Flows, flowRow{string(flow), v.flowName(flow), v.say(about[flow]), shown.Allows(flow)})
	}
}

func (page *servicePage) settings(v *visitor, shown hub.Service) {
	for _, one := range []struct{ name, kind, key, value, flag string }{
		{"name", "text", "service.name", shown.Name, ""}, {"key", "text", "service.key", shown.Key, ""},
		{"homeUrl", "url", "service.home", shown.HomeURL, "optional"},
		{"applicationName", "text", "service.application", shown.ApplicationName, "optional"},
		{"vendor", "text", "service.vendor", shown.Vendor, "optional"},
		{"version", "text", "service.version", shown.Version, "optional"},
	} {
		page.Fields = append(page.Fields, newField("s-"+one.name, one.kind, "off", v.say(one.key), one.value, "", page.Wrong.Of(one.name), one.flag))
	}
	page.Fields[1].Hint = v.say("service.key.hint")
	page.About = area{
		Name: "s-description", Label: v.say("service.about"), Value: shown.Description,
		Hint: v.say("service.about.hint"), Mistake: page.Wrong.Of("description"), Rows: 2, Prose: true,
	}
	page.URIs = area{
		Name: "uris", Label: v.say("service.uris.one"), Value: strings.Join(shown.RedirectURIs, "\n"),
		Hint: v.say("service.uris.hint"), Mistake: page.Wrong.Of("redirectUris"),
	}
	page.PostLogout = area{
		Name: "bye", Label: v.say("service.bye"), Value: strings.Join(shown.PostLogoutRedirectURIs, "\n"),
		Hint: v.say("service.bye.hint"), Mistake: page.Wrong.Of("postLogoutRedirectUris"), Rows: 2,
	}
	page.Permissions = area{
		Name: "permissions", Label: v.say("service.permissions.label"), Value: permissionLines(shown.Permissions),
		Hint: v.say("service.permissions.hint"), Mistake: page.Wrong.Of("permissions"), Rows: 4,
	}
}

// people is who may open the service, and to whom it belongs.
func (page *servicePage) people(v *visitor, p *Pages, part string, typed form, shown hub.Service) (err error) {
	if page.Group, err = p.organisationChoice(v, shown.Organisation, page.Wrong); err != nil {
		return err
	}
	page.Viewers = area{
		Name: "viewers", Label: v.say("service.viewers"), Hint: v.say("service.viewers.hint"),
		Mistake: page.Wrong.Of("viewers"), Rows: 2, Prose: true,
	}
	if part == partAccess && typed.any() {
		page.Viewers.Value = typed.text("viewers")
		return nil
	}
	viewers, err := p.viewerNames(v, shown)
	page.Viewers.Value = strings.Join(viewers, "\n")
	return err
}

// viewerNames are the names of the groups that may open a service.
func (p *Pages) viewerNames(v *visitor, service hub.Service) ([]string, error) {
	names, err := p.Directory.GroupNames(v.Context(), service.Viewers)
	var viewers []string
	for _, id := range service.Viewers {
		if name, known := names[id]; known {
			viewers = append(viewers, name)
		}
	}
	return viewers, err
}

func (page *servicePage) tried(v *visitor, p *Pages, service hub.Service) error {
	tried, err := p.Directory.TriedRedirectURIs(v.Context(), p.actor(v), p.Environment, service.ID)
	for _, one := range tried {
		page.Tried = append(page.Tried, triedRow{
			URI: one.URI, From: one.TriedFrom, At: one.TriedAt, Attempts: v.N("service.tried.attempts", one.Attempts),
			Difference: upper(v.difference(audit.Compare(strings.Join(service.AnswerURIs(), " "), one.URI))),
		})
	}
	return err
}

// mostRefusals is how many refusals a service's page explains; the audit log has the rest.
const mostRefusals = 10

func (page *servicePage) refusals(v *visitor, p *Pages, service hub.Service) error {
	found, err := p.Events.Refusals(v.Context(), p.actor(v), service, mostRefusals)
	if fault.Is(err, fault.Forbidden) {
		return nil
	}
	for _, one := range found {
		page.Refusals = append(page.Refusals, refusalRow{
			Refusal: one.Refusal, Reason: v.tell(one.Reason).begun(), Expected: v.tell(one.Expected), Setting: v.tell(one.Setting),
			Difference: v.difference(one.Difference), Times: int(one.Count),
		})
	}
	return err
}

func (p *Pages) service(v *visitor) error {
	if ok, err := p.needs(v, "service-read", "admin-read"); !ok {
		return err
	}
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	part := v.PathValue("part")
	if part != "" && servicePartOf(part) == nil {
		return fault.New(fault.NotFound, "there is no such page")
	}
	kept := form{}
	if part != "" {
		kept = p.kept(v)
	}
	page, err := p.servicePage(v, seen, part, kept, mistakes{})
	if err != nil {
		return err
	}
	return p.show(v, "admin-service", page)
}
