package web

import (
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// mountServiceActs mounts what is done to a service after a question over its page, each at a URL of its own.
func (p *Pages) mountServiceActs(page func(pattern string, answer func(*visitor) error)) {
	at := servicesPath + "/{id}"
	over := func(
		path string, fresh bool, ask func(*visitor, *directory.SeenService, form, mistakes) (*question, error),
		do func(*visitor, *directory.SeenService, form) error,
	) {
		mountDialog(p, page, at+path, dialog[directory.SeenService]{find: p.changedService, below: p.belowService, fresh: fresh, ask: ask, do: do})
	}
	plain := func(name, key, do, said string, fresh, gentle bool, edit func(s *hub.Service)) {
		over("/ask/"+name, fresh, p.askPlainly(name, key, do, gentle), func(v *visitor, seen *directory.SeenService, _ form) error {
			if _, err := p.Directory.UpdateService(v.Context(), p.actor(v), p.Environment, seen.ID, edit); err != nil {
				return err
			}
			return p.done(v, servicesPath+"/"+seen.ID, said, "name", seen.Name)
		})
	}
	plain("trust", "service.trust-it", "service.trust-it.do", "service.trusted-now", true, true,
		func(s *hub.Service) { s.Trusted = true })
	plain("distrust", "service.distrust-it", "service.distrust-it.do", "service.distrusted-now", true, false,
		func(s *hub.Service) { s.Trusted = false })
	plain("disable", "service.disable-it", "service.disable-it.do", "service.disabled-now", false, false,
		func(s *hub.Service) { s.Disabled = true })
	plain("enable", "service.enable-it", "service.enable-it.do", "service.enabled-now", false, true,
		func(s *hub.Service) { s.Disabled = false })
	over("/ask/delete", false, p.askPlainly("delete", "service.delete-it", "service.delete-it.do", false), func(
		v *visitor, seen *directory.SeenService, _ form,
	) error {
		if err := p.Directory.DeleteService(v.Context(), p.actor(v), p.Environment, seen.ID); err != nil {
			return err
		}
		return p.done(v, servicesPath, "service.deleted", "name", seen.Name)
	})
	over("/ask/secret", true, p.askSecret, p.changeSecret)
	over("/secrets/{secret}/end", false, p.askEndSecret, p.endSecret)
}

// changedService is the service of the URL, for who may do something to it.
func (p *Pages) changedService(v *visitor) (*directory.SeenService, error) {
	if ok, err := p.needs(v, "service-update", "service-delete"); !ok {
		return nil, err
	}
	seen, err := p.theService(v)
	return &seen, err
}

func (p *Pages) belowService(v *visitor, seen *directory.SeenService) (framed, string, error) {
	page, err := p.servicePage(v, *seen, "", form{}, mistakes{})
	return page, "admin-service", err
}

// ofService is the page of a service, with the element that has an id.
func (p *Pages) ofService(seen *directory.SeenService, id string) string {
	return p.base + servicesPath + "/" + seen.ID + "#" + id
}

// askPlainly asks with nothing to fill in: key is that of the question, do that of the words on its button.
func (p *Pages) askPlainly(name, key, do string, gentle bool) func(*visitor, *directory.SeenService, form, mistakes) (*question, error) {
	return func(v *visitor, seen *directory.SeenService, _ form, _ mistakes) (*question, error) {
		return &question{
			Title: v.say(key, "name", seen.Name), Text: v.say(key+".text", "name", seen.Name),
			Back: p.ofService(seen, name), Do: v.say(do), Gentle: gentle,
		}, nil
	}
}

// spans are how long an old secret may be good beside a new one.
func (v *visitor) spans(chosen string) []pick {
	if chosen == "" {
		chosen = "24h"
	}
	var picks []pick
	for _, span := range []struct{ value, key string }{{"0s", "span.none"}, {"24h", "span.day"}, {"168h", "span.week"}} {
		picks = append(picks, newPick("overlap", "radio", span.value, v.say(span.key), chosen))
	}
	return picks
}

// askSecret asks for a new secret: one that Hub makes, or one that is keyed in.
func (p *Pages) askSecret(v *visitor, seen *directory.SeenService, typed form, wrong mistakes) (*question, error) {
	return &question{
		Title: v.say("service.secret-new", "name", seen.Name), Text: v.say("service.secret-new.text"),
		Back: p.ofService(seen, "new-secret"), Legend: v.say("service.secret-new.keep"),
		Do: v.say("service.secret-new.do"), Gentle: true, Picks: v.spans(typed.text("overlap")),
		Fields: []field{newField("secret", "password", "off", v.say("service.secret-new.own"), "",
			v.say("service.secret-new.own-hint"), wrong.Of("secret"), "optional")},
	}, nil
}

// changeSecret gives a service another secret, and shows the one that Hub made.
func (p *Pages) changeSecret(v *visitor, seen *directory.SeenService, typed form) error {
	overlap, err := time.ParseDuration(typed.text("overlap"))
	if err != nil {
		return fault.New(fault.Invalid, "The form could not be read: it does not say how long the old secret stays good.")
	}
	if own := secret.Value(typed.text("secret")); own != "" {
		if err := p.Credentials.SetServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, own, overlap); err != nil {
			return err
		}
		return p.done(v, servicesPath+"/"+seen.ID, "service.secret-set")
	}
	fresh, err := p.Credentials.RotateServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, overlap)
	if err != nil {
		return err
	}
	return p.giveTicket(v, servicesPath+"/"+seen.ID+"/new-secret", fresh)
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
	page.Ticket = &ticketView{
		Back: page.At + "#new-secret", BackPath: page.At,
		Title: v.say("service.secret-made"), Text: v.say("service.secret-made.text", "name", seen.Name), ID: seen.ID,
		Label: v.say("service.secret"), Value: fresh.Reveal(),
		Copy: v.say("service.copy-secret"), Copied: v.say("service.copied-secret"),
		Guard: v.say("service.secret-made.guard"), Remark: v.say("service.secret-made.remark"),
	}
	page.Over = string(page.Ticket.Title)
	return p.show(v, "admin-service", page)
}

// askEndSecret asks before a secret ends at once: the old one, when everything has the new one.
func (p *Pages) askEndSecret(v *visitor, seen *directory.SeenService, _ form, _ mistakes) (*question, error) {
	hint, err := p.secretHint(v, seen)
	return &question{
		Title: v.say("service.secret-end", "hint", hint), Text: v.say("service.secret-end.text"),
		Back: p.ofService(seen, "e-"+v.PathValue("secret")), Do: v.say("service.secret-end.do"),
	}, err
}

func (p *Pages) endSecret(v *visitor, seen *directory.SeenService, _ form) error {
	hint, err := p.secretHint(v, seen)
	if err != nil {
		return err
	}
	if err := p.Credentials.DeleteServiceSecret(v.Context(), p.actor(v), p.Environment, seen.ID, v.PathValue("secret")); err != nil {
		return err
	}
	return p.done(v, servicesPath+"/"+seen.ID, "service.secret-ended", "hint", hint)
}

// secretHint is by what people know the secret of the URL.
func (p *Pages) secretHint(v *visitor, seen *directory.SeenService) (string, error) {
	for _, one := range seen.Secrets {
		if one.ID == v.PathValue("secret") {
			return one.Hint, nil
		}
	}
	return "", fault.New(fault.NotFound, "there is no such secret; somebody may have ended it")
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
