package web

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// serviceWizard registers a service in three steps: what is developed, what it is called, its credentials. What was entered
// goes along from step to step and back, in fields that are not shown.
type serviceWizard struct {
	frame
	Step         string
	Developments []development
	Chosen       development
	Picked       string // kind of what is chosen; empty: nothing yet
	Boxes        map[string]bool
	Carried      []hidden
	ID           string
	Name, Home   field
	Application  field
	Vendor       field
	Version      field
	URIs, Keys   area
	MayTrust     bool
	Trusted      bool
	Drawing      string // where the flow is drawn
	Wrong        mistakes
}

// The steps, as the field "step" names them.
const (
	stepKind    = "kind"
	stepDetails = "details"
	stepCreate  = "create"
)

// wizardFields are the fields of the second step, in order.
func wizardFields() []string {
	return []string{"name", "homeUrl", "redirectUris", "applicationName", "vendor", "version", "jwks", "trusted", "id"}
}

// mostDeveloped is the kind that is chosen until somebody chooses another.
const mostDeveloped = "web"

// wizard is the page for a step, with what was entered.
func (p *Pages) wizard(v *visitor, typed form, wrong mistakes) *serviceWizard {
	page := &serviceWizard{
		Step: stepKind, Drawing: p.base + flowPath, Developments: developments(), Wrong: wrong, Boxes: map[string]bool{},
		MayTrust: v.may("admin-write"), Trusted: typed.has("trusted"),
	}
	page.Title = v.plain("service.new")
	page.Crumbs = []link{v.office(), {URL: servicesPath, Words: v.say("nav.services")}}
	for _, one := range page.Developments {
		page.Boxes[one.Offer] = typed.has(one.Offer) || !typed.values.Has("kind") && one.Offered
	}
	if found := developmentOf(typed.text("kind")); found != nil {
		page.Picked, page.Chosen = found.Kind, found.chosen(page.Boxes[found.Offer])
		if step := typed.text("step"); step == stepDetails || step == stepCreate {
			page.Step = stepDetails
		}
	}
	if page.Step == stepKind {
		if page.Picked == "" {
			page.Picked = mostDeveloped
		}
		for _, name := range wizardFields() {
			if value := typed.text(name); value != "" {
				page.Carried = append(page.Carried, hidden{name, value})
			}
		}
		return page
	}
	page.Carried = []hidden{{"kind", page.Picked}}
	if offer := page.Chosen.Offer; offer != "" && page.Boxes[offer] {
		page.Carried = append(page.Carried, hidden{offer, "on"})
	}
	if page.ID = typed.text("id"); len(page.ID) != len(hub.NewRandomID()) || hub.CheckServiceID(page.ID) != "" {
		page.ID = hub.NewRandomID()
	}
	page.details(v, typed)
	return page
}

// details are the fields of the second step.
func (page *serviceWizard) details(v *visitor, typed form) {
	field := func(name, kind, key string, flags ...string) field {
		return newField(name, kind, "off", v.say(key), typed.text(name), "", page.Wrong.Of(name), flags...)
	}
	page.Name = field("name", "text", "service.name", "focus")
	page.Name.Hint = v.say("service.name.hint")
	page.Home = field("homeUrl", "url", "service.home", "optional")
	page.Application = field("applicationName", "text", "service.application", "optional")
	page.Vendor = field("vendor", "text", "service.vendor", "optional")
	page.Version = field("version", "text", "service.version", "optional")
	page.URIs = area{
		Name: "redirectUris", Label: v.say("service.uris"), Value: typed.text("redirectUris"),
		Hint: v.say("service.uris.hint"), Mistake: page.Wrong.Of("redirectUris"),
	}
	wrongKeys := page.Wrong.Of("jwks")
	if wrongKeys == "" {
		wrongKeys = page.Wrong.Of("authMethod")
	}
	page.Keys = area{Name: "jwks", Label: v.say("service.keys"), Value: typed.text("jwks"), Hint: v.say("service.keys.hint"), Mistake: wrongKeys}
}

// Lede says below the title of the second step what the first one led to.
func (page *serviceWizard) Lede() template.HTML {
	return page.say("flow."+page.Picked+".develop") + " · " + page.say(page.Chosen.Flow)
}

// serviceNew shows the first step or, when a sign-in or a link leads back to it, the one that was reached.
func (p *Pages) serviceNew(v *visitor) error {
	if ok, err := p.needs(v, "service-create"); !ok {
		return err
	}
	typed := p.kept(v)
	if !typed.any() {
		typed = form{v.query}
	}
	return p.show(v, "admin-service-new", p.wizard(v, typed, mistakes{}))
}

// serviceNewPosted goes on to another step, or registers the service.
func (p *Pages) serviceNewPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if ok, err := p.needs(v, "service-create"); !ok {
		return err
	}
	page := p.wizard(v, typed, mistakes{})
	if typed.text("step") != stepCreate || page.Step != stepDetails {
		return p.show(v, "admin-service-new", page)
	}
	service := page.service(p.Environment, typed)
	made, shown, err := p.Directory.CreateService(v.Context(), p.actor(v), service, "")
	if err == nil {
		return p.giveTicket(v, servicesPath+"/"+made.ID+"/created", shown)
	}
	if _, again := p.Directory.Service(v.Context(), p.actor(v), p.Environment, service.ID); again == nil && fault.Is(err, fault.Conflict) {
		see(v.out, p.Issuer+servicesPath+"/"+service.ID+"/created") // the form was sent twice
		return nil
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return p.draw(v, statusOf(err), "admin-service-new", p.wizard(v, typed, wrong))
}

// service is what the form describes.
func (page *serviceWizard) service(environment hub.Environment, typed form) hub.Service {
	text := func(name string) string { return strings.TrimSpace(typed.text(name)) }
	service := hub.Service{ID: page.ID, Environment: environment, Name: text("name"), Trusted: typed.has("trusted"), Public: page.Chosen.public}
	service.HomeURL, service.ApplicationName, service.Vendor, service.Version =
		text("homeUrl"), text("applicationName"), text("vendor"), text("version")
	service.Flows = page.Chosen.flows
	if needsAddresses(service.Flows) {
		service.RedirectURIs = linesOf(typed.text("redirectUris"))
	}
	if page.Chosen.own {
		service.AuthMethod, service.JWKS = hub.PrivateKeyJWT, text("jwks")
	}
	return service
}

// serviceCreated shows the credentials of a new service: the secret once, the id as often as one likes.
func (p *Pages) serviceCreated(v *visitor) error {
	if ok, err := p.needs(v, "service-read"); !ok {
		return err
	}
	seen, err := p.Directory.Service(v.Context(), p.actor(v), p.Environment, v.PathValue("id"))
	if err != nil {
		return err
	}
	fresh := p.ticket(v)
	if fresh == "" && !seen.Public && seen.AuthMethod != hub.PrivateKeyJWT {
		return p.done(v, servicesPath+"/"+seen.ID, "service.secret.shown")
	}
	return p.show(v, "admin-service-created", p.createdPage(v, seen.Service, fresh))
}

// createdPage is the third step.
type createdPage struct {
	frame
	Service hub.Service
	Secret  string // empty: it has none
	API     snippet
	At      string
	Try     string // where to try a sign-in; empty: it signs in nobody
}

func (p *Pages) createdPage(v *visitor, service hub.Service, fresh secret.Value) *createdPage {
	page := &createdPage{Service: service, Secret: fresh.Reveal(), At: servicesPath + "/" + service.ID}
	page.Title = v.plain("service.created", "name", service.Name)
	page.Crumbs = []link{v.office(), {URL: servicesPath, Words: v.say("nav.services")}}
	page.API = newSnippet(v, "api", v.say("service.api"), p.registration(service))
	page.Try = p.tryURL(service)
	return page
}

// tryURL begins a sign-in at a service, as the service itself would.
func (p *Pages) tryURL(service hub.Service) string {
	answers := service.AnswerURIs()
	if len(answers) == 0 || !service.Allows(hub.AuthorizationCode) {
		return ""
	}
	return p.Issuer + "/api/rest/oauth2/auth?" + url.Values{
		"response_type": {"code"}, "client_id": {service.ID}, "redirect_uri": {answers[0]}, "scope": {"openid"}, "state": {"try"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}.Encode() // RFC 7636 appendix B
}

// registration is the request that registers such a service over REST.
func (p *Pages) registration(service hub.Service) string {
	body := struct {
		Name            string   `json:"name"`
		HomeURL         string   `json:"homeUrl,omitempty"`
		RedirectURIs    []string `json:"redirectUris,omitempty"`
		ApplicationName string   `json:"applicationName,omitempty"`
		Vendor          string   `json:"vendor,omitempty"`
		Version         string   `json:"version,omitempty"`
	}{service.Name, service.HomeURL, service.RedirectURIs, service.ApplicationName, service.Vendor, service.Version}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // into memory: it does not fail
	return http.MethodPost + " " + p.base + "/api/rest/services?fields=id,secret HTTP/1.1\nHost: " + p.host +
		"\nAuthorization: Bearer $TOKEN\nAccept: application/json\nContent-Type: application/json\n\n" + text.String()
}

// linesOf gives the lines of a text that hold something.
func linesOf(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
