package web

import (
	"net/url"
	"slices"
	"time"
)

// activityPage is where somebody is signed in, and what happened with the account.
type activityPage struct {
	frame
	Sessions []sessionRow
	Days     []day
	Kinds    []place // of events to choose from
	Older    string  // query string of the page that goes on; empty: there is no more
}

func (p *Pages) activityPage(v *visitor) (*activityPage, error) {
	sessions, err := p.Credentials.Sessions(v.Context(), p.actor(v), v.User.ID)
	if err != nil {
		return nil, err
	}
	known, err := p.Desk.Places(v.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	opened, err := p.openedBy(v, v.User.ID)
	if err != nil {
		return nil, err
	}
	page := &activityPage{}
	page.Title, page.Crumbs = v.plain("nav.activity"), []link{{URL: profilePath, Words: v.say("nav.account")}}
	for _, s := range slices.Backward(sessions) {
		row := v.sessionRow(s, opened)
		row.New = !known.Knows(s)
		if row.This {
			page.Sessions = slices.Insert(page.Sessions, 0, row)
		} else {
			page.Sessions = append(page.Sessions, row)
		}
	}
	return page, p.fillTimeline(v, page)
}

// fillTimeline finds what the visitor did and what was done to the visitor.
func (p *Pages) fillTimeline(v *visitor, page *activityPage) error {
	chosen := v.query.Get("show")
	for _, kind := range []struct{ value, key string }{{"", "activity.all"}, {"sign-ins", "activity.sign-ins"}, {"credentials", "activity.credentials"}} {
		address := p.base + activityPath
		if kind.value != "" {
			address += "?show=" + kind.value
		}
		page.Kinds = append(page.Kinds, place{Words: v.say(kind.key), URL: address + "#log", Current: kind.value == chosen})
	}
	events, next, err := p.eventsOf(v, activityKinds()[chosen], v.query.Get("after"), shownEvents)
	if err != nil {
		return err
	}
	last := ""
	for _, event := range events {
		if date := event.At.UTC().Format(time.DateOnly); date != last {
			last = date
			page.Days = append(page.Days, day{Title: v.dayTitle(event.At)})
		}
		page.Days[len(page.Days)-1].add(v.happened(event))
	}
	if next != "" {
		page.Older = "?" + url.Values{"show": {chosen}, "after": {next}}.Encode() + "#log"
	}
	return nil
}

func (p *Pages) activity(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	page, err := p.activityPage(v)
	if err != nil {
		return err
	}
	return p.show(v, "activity", page)
}
