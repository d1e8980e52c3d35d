package web

import (
	"html/template"
	"sort"
	"strings"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
)

const systemPath = "/admin/system"

// System is how a node of Hub is.
type System struct {
	Version  string
	Database string // which kind, and where
	ReadOnly bool   // nothing can be written at this moment
	Keys     []SigningKey
	KeyAge   time.Duration // how long one signs
	Jobs     []Job

	// How it was started, as its flags have it.
	FailureLimits string
	RateLimit     string
	Registration  string
}

// SigningKey is a key with which Hub signs, by its public facts.
type SigningKey struct {
	ID, Algorithm string
	Environment   hub.Environment
	Use           hub.KeyUse
	Stage         KeyStage
	Created       time.Time
	Active        time.Time // from when it signs
	Ends          time.Time // zero: not yet known
}

// KeyStage is what a signing key does now.
type KeyStage string

// The stages, in the order in which a key passes them.
const (
	KeyNext   KeyStage = "next"
	KeyActive KeyStage = "active"
	KeyChecks KeyStage = "checks"
)

// Job is something that Hub does by itself.
type Job struct {
	Name string
	Ran  time.Time // zero: not yet
}

// systemPage is how Hub is, what it signs with, and what may be set for all of it.
type systemPage struct {
	frame
	System
	Keys      []keyRow
	BaseCopy  copyable
	Issuers   []place
	Lifetimes []fact
	Rules     []rule
	Classic   bool
	MayWrite  bool
	Wrong     mistakes
}

// rule is something that holds for whoever signs in or asks for tokens.
type rule struct {
	Name, About template.HTML
	Value       template.HTML
	Setting     string // the flag that sets it where Hub is started; empty: none does
	URL         string // the page that sets it; empty: none does
}

// keyRow is a signing key in the table.
type keyRow struct {
	SigningKey
	State, Dot, Where template.HTML
}

func (p *Pages) systemPage(v *visitor) (*systemPage, error) {
	system, err := p.Office.System(v.Context())
	if err != nil {
		return nil, err
	}
	settings, err := p.Directory.Settings(v.Context(), p.actor(v))
	if err != nil {
		return nil, err
	}
	page := &systemPage{System: system, Classic: settings.DefaultFlows == "classic", MayWrite: v.may("admin-write")}
	page.Title, page.Crumbs = v.plain("nav.system"), []link{v.office()}
	page.BaseCopy = newCopy("base", v.say("system.copy-base"), v.say("service.copied-address"), v.say("copy.blocked"))
	sort.Slice(page.Jobs, func(i, j int) bool { return page.Jobs[i].Ran.Before(page.Jobs[j].Ran) })
	words := map[KeyStage]struct {
		key string
		dot template.HTML
	}{KeyNext: {"system.key.next", "dot--off"}, KeyActive: {"system.key.active", "dot--ok"}, KeyChecks: {"system.key.checks", "dot--warn"}}
	environments := map[hub.Environment]template.HTML{hub.Test: v.say("environment.test"), hub.Production: v.say("environment.production")}
	for _, key := range system.Keys {
		page.Keys = append(page.Keys, keyRow{key, v.say(words[key.Stage].key), words[key.Stage].dot, environments[key.Environment]})
	}
	page.Lifetimes = v.lifetimes(system)
	page.Rules, err = p.rules(v, system)
	return page, err
}

// lifetimes are how long things last, in the order in which a request meets them.
func (v *visitor) lifetimes(system System) []fact {
	return []fact{
		{v.say("system.life.session"), v.say("system.life.session-time",
			"life", v.span(signin.SessionLife), "idle", v.span(hub.SessionIdle), "remembered", v.span(signin.RememberedLife))},
		{v.say("system.life.step-up"), text(v.span(signin.FreshFor))},
		{v.say("system.life.link"), text(v.span(signin.ResetLife))},
		{v.say("system.life.code"), text(v.span(oauth.CodeLife))},
		{v.say("system.life.device"), text(v.span(oauth.DeviceLife))},
		{v.say("system.life.access"), text(v.span(oauth.AccessTokenLife))},
		{v.say("system.life.refresh"), v.say("system.life.refresh-time", "life", v.span(oauth.RefreshLife), "idle", v.span(oauth.RefreshIdle))},
		{v.say("system.life.keys"), v.say("system.life.keys-time", "age", v.span(system.KeyAge))},
		{v.say("system.life.events"), text(v.span(audit.Kept))},
	}
}

// rules are what holds for signing in, with where each is set.
func (p *Pages) rules(v *visitor, system System) ([]rule, error) {
	factor := rule{
		Name: v.say("system.rule.factor"), About: v.say("system.rule.factor.text"),
		Value: v.say("system.rule.factor.none"), URL: p.base + groupsPath,
	}
	if v.may("group-read") {
		found, err := p.Directory.Groups(v.Context(), p.actor(v), query.List{Where: query.Is("is", "requireTwoFactor"), Limit: mostChoices})
		if err != nil {
			return nil, err
		}
		var names []string
		for _, group := range found.Items {
			names = append(names, group.Name)
		}
		if len(names) > 0 {
			factor.Value = text(strings.Join(names, ", "))
		}
	} else {
		factor.Value, factor.URL = v.say("system.rule.factor.hidden"), ""
	}
	mail := rule{
		Name: v.say("system.rule.restore"), About: v.say("system.rule.restore.text"),
		Value: v.say("system.rule.restore.mail"), Setting: "--smtp",
	}
	if p.Desk.MailReady() != nil {
		mail.Value = v.say("system.rule.restore.none")
	}
	return []rule{
		factor,
		{Name: v.say("system.rule.sign-up"), About: v.say("system.rule.sign-up.text"), Value: v.say("system.rule.sign-up.never")},
		mail,
		{
			Name: v.say("system.rule.failures"), About: v.say("system.rule.failures.text"),
			Value: "<code>" + text(system.FailureLimits) + "</code>", Setting: "--failure-limits",
		},
		{
			Name: v.say("system.rule.rate"), About: v.say("system.rule.rate.text"),
			Value: "<code>" + text(system.RateLimit) + "</code>", Setting: "--rate-limit",
		},
		{
			Name: v.say("system.rule.registration"), About: v.say("system.rule.registration.text"),
			Value: "<code>" + text(system.Registration) + "</code>", Setting: "--registration",
		},
	}, nil
}

func (p *Pages) system(v *visitor) error {
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	page, err := p.systemPage(v)
	if err != nil {
		return err
	}
	if kept := p.kept(v); kept.any() {
		page.Classic = kept.text("flows") == "classic"
	}
	return p.show(v, "admin-system", page)
}

// systemPosted sets what new services have switched on.
func (p *Pages) systemPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if ok, err := p.needs(v, "admin-write"); !ok {
		return err
	}
	if err = p.Directory.SetSettings(v.Context(), p.actor(v), hub.Settings{DefaultFlows: typed.text("flows")}); err == nil {
		return p.done(v, systemPath, "system.saved")
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.systemPage(v)
	if trouble != nil {
		return trouble
	}
	page.Wrong = wrong
	return p.draw(v, statusOf(err), "admin-system", page)
}

// rotate asks before another key signs.
func (p *Pages) rotate(v *visitor) error {
	if ok, err := p.needs(v, "admin-write"); !ok {
		return err
	}
	if err := p.actor(v).StepUp(); err != nil {
		return err
	}
	page, err := p.systemPage(v)
	if err != nil {
		return err
	}
	q := &question{
		Title: v.say("system.rotate"), Text: v.say("system.rotate.text"), Do: v.say("system.rotate.do"), Gentle: true,
		Action: own(v), Back: p.base + systemPath + "#rotate",
	}
	page.over(string(q.Title), q)
	return p.show(v, "admin-system", page)
}

func (p *Pages) rotatePosted(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if ok, err := p.needs(v, "admin-write"); !ok {
		return err
	}
	actor := p.actor(v)
	if err := actor.Require("admin-write", ""); err != nil {
		return err
	}
	if err := actor.StepUp(); err != nil {
		return err
	}
	if err := p.Office.Rotate(v.Context(), actor); err != nil {
		return err
	}
	return p.done(v, systemPath, "system.rotated")
}
