package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// fieldOf gives the value of a field of a form.
func fieldOf(text, name string) string {
	_, after, _ := strings.Cut(text, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// addService registers a service, as declared state does.
func (b *bench) addService(id, name string, edit func(*hub.Service)) {
	b.Helper()
	service := hub.Service{ID: id, Environment: hub.Production, Key: hub.KeyFromName(name), Name: name, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		ServiceSettings: hub.ServiceSettings{HomeURL: "https://" + hub.KeyFromName(name) + ".example.test", Flows: hub.ModernFlows()}}
	edit(&service)
	b.tx(func(tx *store.Tx) error { return tx.InsertService(b.Context(), service) })
}

// administer signs in ada, who may do anything with services and read the rest.
func (b *bench) administer() *browser {
	b.Helper()
	b.allow("hub:service-read", "hub:service-create", "hub:service-update", "hub:service-delete", "hub:admin-read", "hub:admin-write")
	one := b.browser()
	one.signIn()
	return one
}

func TestTheWizardAsksWhatIsDevelopedAndAnswersWithTheFlow(t *testing.T) {
	for kind, want := range map[string]struct {
		flows  string
		public bool
		extra  []string
	}{
		"spa":     {"authorization_code", true, []string{"pkce", "on"}},
		"web":     {"authorization_code refresh_token", false, nil},
		"native":  {"authorization_code refresh_token", false, nil},
		"self":    {"client_credentials", false, nil},
		"user":    {"password", false, nil},
		"device":  {"device_code refresh_token", true, nil},
		"machine": {"client_credentials", false, []string{"jwks", `{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`}},
		"agent":   {"authorization_code refresh_token", true, nil},
	} {
		t.Run(kind, func(t *testing.T) {
			bench := newBench(t)
			b := bench.administer()
			b.get("/admin/services/new").want(t, 200, "You develop…", "Answer one question.", `value="`+kind+`"`)
			step := b.get("/admin/services/new?step=details&"+url.Values{"kind": {kind}}.Encode()).
				want(t, 200, "Register service", `name="kind" value="`+kind+`"`)
			made := b.post("/admin/services/new", append([]string{
				"step", "create", "kind", kind, "id", fieldOf(step.text, "id"), "name", "My Service",
				"homeUrl", "https://my.example.test", "redirectUris", "https://my.example.test/cb", "trusted", "false",
			}, want.extra...)...)
			page := b.follow(made).want(t, 200, "My Service is registered", fieldOf(step.text, "id"))
			if has := strings.Contains(page.text, "hubcs_"); has != (!want.public && kind != "machine") {
				t.Errorf("a secret is shown: %t", has)
			}
			service, err := bench.store.Service(t.Context(), hub.Production, fieldOf(step.text, "id"))
			if err != nil {
				t.Fatal(err)
			}
			var flows []string
			for _, flow := range service.Flows {
				flows = append(flows, string(flow))
			}
			if strings.Join(flows, " ") != want.flows || service.Public != want.public || service.Trusted {
				t.Errorf("it became %v, public %t, trusted %t", flows, service.Public, service.Trusted)
			}
		})
	}
}

func TestNoStepOfTheWizardLosesWhatWasEntered(t *testing.T) {
	bench := newBench(t)
	b := bench.administer()
	typed := []string{
		"kind", "web", "name", "My <Service>", "homeUrl", "http://plain",
		"redirectUris", "https://a.example.test/cb\nhttp://staging.example.test/cb", "vendor", "Works", "trusted", "false",
	}
	wrong := b.post("/admin/services/new", append(typed, "step", "create")...).
		want(t, 422, `value="My &lt;Service&gt;"`, `value="Works"`, "staging.example.test/cb", `id="redirectUris-e"`)
	back := b.post("/admin/services/new", append(typed, "step", "kind", "id", fieldOf(wrong.text, "id"))...).
		want(t, 200, `name="name" value="My &lt;Service&gt;"`, `value="web" required checked`)
	if fieldOf(back.text, "vendor") != "Works" || !strings.Contains(back.text, "staging") {
		t.Error("the way back loses what was entered")
	}
	b.post("/admin/services/new", append(typed, "step", "details")...).want(t, 200, `value="My &lt;Service&gt;"`, "staging.example.test/cb")

	bench.age()
	a := b.post("/admin/services/new", "kind", "web", "name", "Late",
		"redirectUris", "https://late.example.test/cb", "trusted", "false", "step", "create")
	a.leads(bench, "/auth/login?back="+url.QueryEscape("/admin/services/new"))
	back = b.post("/auth/login?back=%2Fadmin%2Fservices%2Fnew", "username", "ada", "password", correct)
	b.follow(back).want(t, 200, "what you had typed is still here", `value="Late"`, "https://late.example.test/cb")
}

func TestAFormThatIsSentTwiceRegistersOneService(t *testing.T) {
	bench := newBench(t)
	b := bench.administer()
	id := fieldOf(b.get("/admin/services/new?step=details&kind=self").text, "id")
	typed := []string{"step", "create", "kind", "self", "id", id, "name", "Twice", "trusted", "false"}
	b.post("/admin/services/new", typed...).leads(bench, "/admin/services/"+id+"/created")
	again := b.post("/admin/services/new", typed...)
	again.leads(bench, "/admin/services/"+id+"/created")
	b.follow(again).want(t, 200, "Twice is registered", "hubcs_")
}

func TestTheListFindsServicesAndSaysHowTheyAre(t *testing.T) {
	bench := newBench(t)
	bench.addService("98071167-004c-4ddf-ba37-5d4599fdf319", "Wiki", func(s *hub.Service) { s.Trusted = true })
	bench.addService("0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41", "Tracker", func(s *hub.Service) { s.HomeURL = "http://tracker.example.test" })
	bench.addService("0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a42", "<b>Bold</b>", func(s *hub.Service) { s.Disabled = true })
	b := bench.administer()
	b.get("/admin/services").want(t, 200, "Wiki", "Tracker", "&lt;b&gt;Bold", "Home page without TLS", "Switched off", "Trusted", "1 to 3 of 3")
	only := b.get("/admin/services?trust=trusted").want(t, 200, "Wiki")
	found := b.get("/admin/services?q=0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41").want(t, 200, "Tracker")
	if strings.Contains(only.text, "Tracker") || strings.Contains(found.text, ">Wiki<") {
		t.Error("the filter finds more than it asks for")
	}
	b.get("/admin/services?q=nothing").want(t, 200, "No service matches.", "Clear filters")
	for _, problem := range lint(b.get("/admin/services").text) {
		t.Error(problem)
	}
}

func TestTheListOfServicesIsWalkedWithoutLoss(t *testing.T) {
	bench := newBench(t)
	for n := range 120 {
		bench.addService(hub.NewRandomID(), "Service "+string(rune('a'+n/26))+string(rune('a'+n%26)), func(*hub.Service) {})
	}
	b := bench.administer()
	seen, at := map[string]bool{}, "/admin/services"
	for at != "" {
		page := b.get(at).want(t, 200)
		for _, match := range regexp.MustCompile(`/admin/services/([0-9a-f-]{36})"`).FindAllStringSubmatch(page.text, -1) {
			seen[match[1]] = true
		}
		next := regexp.MustCompile(`href="(\?[^"]*)">Next<`).FindStringSubmatch(page.text)
		if at = ""; next != nil {
			at = "/admin/services" + strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(seen) != 120 {
		t.Errorf("walking shows %d of 120 services", len(seen))
	}
}

func TestServicesAreShownOnlyToWhoMayReadThem(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.get("/admin/services").leads(bench, "/auth/login?back=%2Fadmin%2Fservices")
	b.signIn()
	b.get("/admin/services").want(t, 403, "Read services")
	b.get("/admin/services/new").want(t, 403)
	b.post("/admin/services/new", "step", "create", "kind", "self", "name", "X").want(t, 403)
}
