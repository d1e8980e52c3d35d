package web

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth/oauthhttp"
)

// apiAccessPage is a developer's app_id and app_key for an environment, and from where they may be used.
type apiAccessPage struct {
	frame
	OfTest       bool // the environment that is shown, whichever the page belongs to
	Environments []place
	Apps         []appLink // to choose from; nil: there is but one
	App          *appView  // nil: there is none yet
	New          string    // where one is made
	NewThing     *newThingForm
	Addresses    *addressForm
	Recipes      []recipe
}

type appLink struct {
	URL, Label string
	Current    bool
}

// appView is an app.
type appView struct {
	ID, Label     string
	Key           string // empty: masked
	Created, Used time.Time
	From          string
	PreviousEnds  time.Time // zero: no earlier key is good
	Disabled      bool
	Allowed       []allowedRow
	Denied        []deniedRow
	Open          bool // one of the entries is any address
	At, Query     string
	LoginURL      string
	Login, Call   snippet
	CopyURL       copyable
	CopyID        copyable
}

type allowedRow struct {
	ID, Prefix, Note string
	Added, Used      time.Time
	Any              bool
	Remove           string
}

// deniedRow is an address from which the app was used in vain.
type deniedRow struct {
	Address string
	Words   template.HTML
}

// Of what was denied the page tells the latest addresses, for so long.
const (
	deniedShown = 3
	deniedLasts = 7 * 24 * time.Hour
)

// denied finds from where an app was used in vain.
func (p *Pages) denied(v *visitor, d *developer, app hub.App) ([]deniedRow, error) {
	found, err := p.Events.Denied(v.Context(), d.Actor, app, hub.Now().Add(-deniedLasts))
	var rows []deniedRow
	for _, one := range found[:min(len(found), deniedShown)] {
		address := one.Address.String()
		rows = append(rows, deniedRow{address, v.N("allow.denied", int(one.Attempts), "address", address) + " " + v.Amid(one.Last)})
	}
	return rows, err
}

// addressForm adds an entry to an allowlist.
type addressForm struct {
	Action        string
	Address, Note field
	Yours         string
	Listed        bool
	Wrong         mistakes
}

// developer is who asks for API access, in the environment that is chosen.
type developer struct {
	hub.Actor
	environment hub.Environment
	query       string // that names it
}

// developer finds out; nil if the visitor was sent to sign in.
func (p *Pages) developer(v *visitor) (*developer, error) {
	if !p.signedIn(v) {
		return nil, nil
	}
	d := &developer{Actor: p.actor(v), environment: p.Environment}
	if asked := hub.Environment(v.query.Get("env")); p.Issuers[asked] != "" {
		d.environment = asked
	}
	d.query = "?env=" + string(d.environment)
	held, err := p.Held(v.Context(), d.environment, v.User.ID)
	d.Environment, d.Permissions = d.environment, held
	return d, err
}

func (p *Pages) apiAccessPage(v *visitor, d *developer, id string) (*apiAccessPage, error) {
	page := &apiAccessPage{OfTest: d.environment == hub.Test, New: p.base + apiAccessPath + "/new" + d.query}
	page.Title, page.Crumbs = v.plain("nav.api-access"), []link{{Words: v.say("nav.settings")}}
	page.Environments = p.placesOf(v, d.environment, func(e hub.Environment) string { return p.base + apiAccessPath + "?env=" + string(e) })
	apps, err := p.Credentials.Apps(v.Context(), d.Actor, d.environment, v.User.ID)
	if err != nil || len(apps) == 0 && id == "" {
		return page, err
	}
	at := max(slices.IndexFunc(apps, func(a credential.ShownApp) bool { return a.ID == id }), 0)
	if id != "" && (len(apps) == 0 || apps[at].ID != id) {
		return nil, fault.New(fault.NotFound, "there is no such app")
	}
	for i, app := range apps {
		if len(apps) > 1 {
			page.Apps = append(page.Apps, appLink{p.base + apiAccessPath + d.query + "&app=" + app.ID, app.Label, i == at})
		}
	}
	page.App = p.appView(v, d, apps[at].App)
	page.Recipes = p.recipes(v, "app", map[string]string{"issuer": p.Issuers[d.environment], "id": apps[at].ID})
	page.Addresses = p.addressForm(v, page.App, apps[at].App, form{url.Values{}}, mistakes{})
	page.App.Denied, err = p.denied(v, d, apps[at].App)
	return page, err
}

func (p *Pages) appView(v *visitor, d *developer, app hub.App) *appView {
	a := &appView{
		ID: app.ID, Label: app.Label, Created: app.CreatedAt, Used: app.LastUsedAt, From: app.LastUsedFrom, Disabled: app.Disabled,
		At: p.base + apiAccessPath + "/" + app.ID, Query: d.query, LoginURL: p.Issuers[d.environment] + "/login",
	}
	if app.PreviousEndsAt.After(hub.Now()) {
		a.PreviousEnds = app.PreviousEndsAt
	}
	for _, entry := range app.Allowlist {
		row := allowedRow{
			ID: entry.ID, Prefix: addressText(entry), Note: entry.Note, Added: entry.CreatedAt,
			Used: entry.LastUsedAt, Any: credential.AnyAddress(entry.Prefix),
		}
		row.Remove = a.At + "/addresses/" + entry.ID + "/remove" + d.query
		a.Open = a.Open || row.Any
		a.Allowed = append(a.Allowed, row)
	}
	a.CopyID = newCopy("app-id", v.say("app.copy-id"), v.say("app.copied-id"), v.say("copy.blocked"))
	a.CopyURL = newCopy("login-url", v.say("app.copy-url"), v.say("app.copied-url"), v.say("copy.blocked"))
	a.Login = newSnippet(v, "login", v.say("app.login"),
		"curl "+a.LoginURL+" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{\"app_id\": \""+app.ID+
			"\",\n       \"app_key\": \"'$APP_KEY'\"}'")
	a.Call = newSnippet(v, "call", v.say("app.call"), "curl "+p.Issuers[d.environment]+"/api/rest/users/me \\\n  -H \"Authorization: Bearer $TOKEN\"")
	return a
}

// addressText is an entry as people write it: a single address without its length.
func addressText(entry hub.AllowedAddress) string {
	if entry.Prefix.IsSingleIP() {
		return entry.Prefix.Addr().String()
	}
	return entry.Prefix.String()
}

func (p *Pages) addressForm(v *visitor, view *appView, app hub.App, typed form, wrong mistakes) *addressForm {
	mine := oauthhttp.Address(v.Request).Unmap()
	f := &addressForm{Action: view.At + "/addresses" + view.Query, Yours: mine.String(), Wrong: wrong}
	f.Listed = slices.ContainsFunc(app.Allowlist, func(entry hub.AllowedAddress) bool { return entry.Prefix.Contains(mine) })
	hint := v.say("allow.yours", "address", f.Yours)
	if f.Listed {
		hint = v.say("allow.yours.listed", "address", f.Yours)
	}
	f.Address = newField("address", "text", "off", v.say("allow.address"), typed.text("address"), hint, wrong.Of("address")).
		like(v.say("allow.example"))
	f.Note = newField("note", "text", "off", v.say("allow.note"), typed.text("note"), v.say("allow.note.hint"), wrong.Of("note"), "optional")
	return f
}

func (p *Pages) apiAccess(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	page, err := p.apiAccessPage(v, d, v.query.Get("app"))
	if err != nil {
		return err
	}
	return p.show(v, "api-access", page)
}

func (p *Pages) appForm(v *visitor, d *developer, typed form, wrong mistakes) *newThingForm {
	return &newThingForm{
		Action: p.base + apiAccessPath + "/new" + d.query, Back: p.base + apiAccessPath + d.query + "#new-app",
		Title: v.say("app.new"), Text: v.say("app.new.text"),
		Name: newField("label", "text", "off", v.say("column.label"), typed.text("label"),
			v.say("app.new.hint"), wrong.Of("label"), "focus"),
		Do: v.say("app.create"), Wrong: wrong,
	}
}

func (p *Pages) appNew(v *visitor) error {
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	if err := d.StepUp(); err != nil {
		return err
	}
	page, err := p.apiAccessPage(v, d, "")
	if err != nil {
		return err
	}
	page.Over, page.NewThing = v.plain("app.new"), p.appForm(v, d, p.kept(v), mistakes{})
	return p.show(v, "api-access", page)
}

func (p *Pages) appNewPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	app, _, err := p.Credentials.CreateApp(v.Context(), d.Actor, credential.NewApp{
		UserID: v.User.ID, Environment: d.environment, Label: trimmed(typed, "label"),
	})
	if err == nil {
		return p.done(v, apiAccessPath+d.query+"&app="+app.ID, "app.made")
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.apiAccessPage(v, d, "")
	if trouble != nil {
		return trouble
	}
	page.Over, page.NewThing = v.plain("app.new"), p.appForm(v, d, typed, wrong)
	return p.draw(v, statusOf(err), "api-access", page)
}

// appShown is where the app of the URL is shown.
func appShown(v *visitor) string {
	return apiAccessPath + "?" + url.Values{"env": {v.query.Get("env")}, "app": {v.PathValue("app")}}.Encode()
}

// appToReveal is where a sign-in leads back to that the button asked for: to the app, where the button is, to be pressed again.
func (p *Pages) appToReveal(v *visitor) error { return p.instead(appShown(v))(v) }

// appReveal shows the key of an app: to a script that puts it into the page, or on a page of its own.
func (p *Pages) appReveal(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	script := strings.Contains(v.Header.Get("Accept"), "application/json")
	to := appShown(v)
	if script && (!v.SignedIn() || p.actor(v).StepUp() != nil) {
		return p.json(v, http.StatusForbidden, map[string]string{"go": p.base + loginPath + "?" + url.Values{backName: {p.base + to}}.Encode()})
	}
	d, err := p.developer(v)
	if d == nil || err != nil {
		return err
	}
	if err := d.StepUp(); err != nil {
		see(v.out, p.Issuer+loginPath+"?"+url.Values{backName: {p.base + to}}.Encode())
		return nil
	}
	key, err := p.Credentials.RevealAppKey(v.Context(), d.Actor, d.environment, v.User.ID, v.PathValue("app"))
	if err != nil {
		return err
	}
	if script {
		return p.json(v, http.StatusOK, map[string]string{"key": key.Reveal()})
	}
	page, err := p.apiAccessPage(v, d, v.PathValue("app"))
	if err != nil {
		return err
	}
	page.App.Key, v.secret = key.Reveal(), true
	return p.show(v, "api-access", page)
}

// json answers a script of ours.
func (p *Pages) json(v *visitor, status int, value map[string]string) error {
	header := v.out.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	v.out.WriteHeader(status)
	_ = json.NewEncoder(v.out).Encode(value) // the browser is gone: there is nobody to tell
	return nil
}
