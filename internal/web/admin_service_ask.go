package web

import (
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// serviceAct is something that is done to a service after a question.
type serviceAct struct {
	name string // the last part of the URL
	ask  func(v *visitor, seen directory.SeenService) *question
	do   func(p *Pages, v *visitor, seen directory.SeenService) (said string, err error)
}

// serviceActs are all of them.
func serviceActs() []serviceAct {
	plain := func(key, do string, gentle bool) func(v *visitor, seen directory.SeenService) *question {
		return func(v *visitor, seen directory.SeenService) *question {
			return &question{Title: v.say(key, "name", seen.Name), Text: v.say(key+".text", "name", seen.Name), Do: v.say(do), Gentle: gentle}
		}
	}
	set := func(said string, edit func(s *hub.Service)) func(*Pages, *visitor, directory.SeenService) (string, error) {
		return func(p *Pages, v *visitor, seen directory.SeenService) (string, error) {
			_, err := p.Directory.UpdateService(v.Context(), p.actor(v), p.Environment, seen.ID, edit)
			return said, err
		}
	}
	return []serviceAct{
		{"trust", plain("service.trust-it", "service.trust-it.do", true), set("service.trusted-now", func(s *hub.Service) { s.Trusted = true })},
		{"distrust", plain("service.distrust-it", "service.distrust-it.do", false), set("service.distrusted-now", func(s *hub.Service) { s.Trusted = false })},
		{"disable", plain("service.disable-it", "service.disable-it.do", false), set("service.disabled-now", func(s *hub.Service) { s.Disabled = true })},
		{"enable", plain("service.enable-it", "service.enable-it.do", true), set("service.enabled-now", func(s *hub.Service) { s.Disabled = false })},
		{"delete", plain("service.delete-it", "service.delete-it.do", false), func(p *Pages, v *visitor, seen directory.SeenService) (string, error) {
			return "service.deleted", p.Directory.DeleteService(v.Context(), p.actor(v), p.Environment, seen.ID)
		}},
		{"secret", askSecret, nil},
	}
}

// askSecret asks for a new secret: one that Hub makes, or one that is keyed in.
func askSecret(v *visitor, seen directory.SeenService) *question {
	q := &question{Title: v.say("service.secret-new", "name", seen.Name), Text: v.say("service.secret-new.text"), Legend: v.say("service.secret-new.keep"), Do: v.say("service.secret-new.do"), Gentle: true,
		Fields: []field{newField("secret", "password", "off", v.say("service.secret-new.own"), "", v.say("service.secret-new.own-hint"), "", "optional")}}
	for _, span := range []struct{ value, key string }{{"0s", "span.none"}, {"24h", "span.day"}, {"168h", "span.week"}} {
		q.Picks = append(q.Picks, newPick("overlap", "radio", span.value, v.say(span.key), "24h"))
	}
	return q
}

// serviceAct finds what is asked for.
func (p *Pages) serviceAct(v *visitor) (*serviceAct, directory.SeenService, error) {
	for _, act := range serviceActs() {
		if act.name == v.PathValue("act") {
			seen, err := p.theService(v)
			return &act, seen, err
		}
	}
	return nil, directory.SeenService{}, fault.New(fault.NotFound, "there is no such page")
}

// serviceAsk shows the question over the page of the service.
func (p *Pages) serviceAsk(v *visitor) error {
	if ok, err := p.needs(v, "service-update", "service-delete"); !ok {
		return err
	}
	act, seen, err := p.serviceAct(v)
	if err != nil {
		return err
	}
	if act.name != "delete" && act.name != "disable" && act.name != "enable" {
		if err := p.actor(v).StepUp(); err != nil {
			return err
		}
	}
	return p.askOver(v, seen, act.ask(v, seen), mistakes{})
}

func (p *Pages) askOver(v *visitor, seen directory.SeenService, q *question, wrong mistakes) error {
	page, err := p.servicePage(v, seen, "", form{}, mistakes{})
	if err != nil {
		return err
	}
	q.Action, q.Back, q.Wrong = own(v), page.At+"#"+v.PathValue("act"), wrong
	for i := range q.Fields {
		q.Fields[i].Mistake = wrong.Of(q.Fields[i].Name)
	}
	page.over(string(q.Title), q)
	if wrong.Any() {
		return p.draw(v, statusOf(fault.New(fault.Invalid, "")), "admin-service", page)
	}
	return p.show(v, "admin-service", page)
}

func (p *Pages) serviceActPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if ok, err := p.needs(v, "service-update", "service-delete"); !ok {
		return err
	}
	act, seen, err := p.serviceAct(v)
	if err != nil {
		return err
	}
	if act.do == nil {
		return p.secretPosted(v, seen, typed)
	}
	said, err := act.do(p, v, seen)
	if err != nil {
		wrong, mends := p.mistakes(v, err)
		if !mends {
			return err
		}
		return p.askOver(v, seen, act.ask(v, seen), wrong)
	}
	to := servicesPath + "/" + seen.ID
	if act.name == "delete" {
		to = servicesPath
	}
	return p.done(v, to, said, "name", seen.Name)
}

// secretPosted gives a service another secret, and shows the one that Hub made.
func (p *Pages) secretPosted(v *visitor, seen directory.SeenService, typed form) error {
	overlap, err := time.ParseDuration(typed.text("overlap"))
	if err != nil {
		return fault.New(fault.Invalid, "The form could not be read: it says not how long the old secret shall be good.")
	}
	if own := secret.Value(typed.text("secret")); own != "" {
		if err = p.Credentials.SetServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, own, overlap); err == nil {
			return p.done(v, servicesPath+"/"+seen.ID, "service.secret-set")
		}
	} else {
		var fresh secret.Value
		if fresh, err = p.Credentials.RotateServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, overlap); err == nil {
			return p.giveTicket(v, servicesPath+"/"+seen.ID+"/new-secret", fresh)
		}
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return p.askOver(v, seen, askSecret(v, seen), wrong)
}

// serviceNewSecret shows a secret that was made for a service that has been there before.
func (p *Pages) serviceNewSecret(v *visitor) error {
	if ok, err := p.needs(v, "service-update"); !ok {
		return err
	}
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	fresh := p.ticket(v)
	if fresh == "" {
		return p.done(v, servicesPath+"/"+seen.ID, "service.secret.shown")
	}
	page, err := p.servicePage(v, seen, "", form{}, mistakes{})
	if err != nil {
		return err
	}
	page.Ticket = &ticketView{Back: page.At + "#secret", BackPath: page.At, Title: v.say("service.secret-made"), Text: v.say("service.secret-made.text", "name", seen.Name), ID: seen.ID,
		Label: v.say("service.secret"), Value: fresh.Reveal(), Copy: v.say("service.copy-secret"), Copied: v.say("service.copied-secret"), Guard: v.say("service.secret-made.guard"), Remark: v.say("service.secret-made.remark")}
	page.Over = string(page.Ticket.Title)
	return p.show(v, "admin-service", page)
}

// secretEnd ends a secret at once: the old one, when everything has the new one.
func (p *Pages) secretEnd(v *visitor) error {
	return p.overSecret(v, func(seen directory.SeenService, hint string) error {
		q := &question{Title: v.say("service.secret-end", "hint", hint), Text: v.say("service.secret-end.text"), Do: v.say("service.secret-end.do")}
		return p.askOver(v, seen, q, mistakes{})
	})
}

func (p *Pages) secretEndPosted(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	return p.overSecret(v, func(seen directory.SeenService, hint string) error {
		if err := p.Credentials.DeleteServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, v.PathValue("secret")); err != nil {
			return err
		}
		return p.done(v, servicesPath+"/"+seen.ID, "service.secret-ended", "hint", hint)
	})
}

// overSecret does something with the secret of the URL.
func (p *Pages) overSecret(v *visitor, do func(seen directory.SeenService, hint string) error) error {
	if ok, err := p.needs(v, "service-update"); !ok {
		return err
	}
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	for _, one := range seen.Secrets {
		if one.ID == v.PathValue("secret") {
			return do(seen, one.Hint)
		}
	}
	return fault.New(fault.NotFound, "there is no such secret; somebody may have ended it")
}

// triedPosted registers an address that was tried, or forgets it.
func (p *Pages) triedPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if ok, err := p.needs(v, "service-update"); !ok {
		return err
	}
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	uri, said := typed.text("uri"), "service.tried.dismissed"
	if typed.has("register") {
		said = "service.tried.registered"
		_, err = p.Directory.RegisterRedirectURI(v.Context(), p.actor(v), p.Environment, seen.ID, uri)
	} else {
		err = p.Directory.DismissRedirectURI(v.Context(), p.actor(v), p.Environment, seen.ID, uri)
	}
	if err == nil || fault.Is(err, fault.NotFound) { // somebody else was faster
		return p.done(v, servicesPath+"/"+seen.ID+"#redirects", said)
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.servicePage(v, seen, "redirects", form{}, wrong)
	if trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), "admin-service", page)
}
