package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"example.org/hub/internal/hub"
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
	known, err := p.Desk.Places(v.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	sessions, err := p.sessionsOf(v, v.User.ID, known.Knows)
	if err != nil {
		return nil, err
	}
	page := &activityPage{}
	page.Title, page.Crumbs = v.plain("nav.activity"), []link{{URL: profilePath, Words: v.say("nav.account")}}
	for _, row := range sessions {
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
	for _, kind := range []struct{ value, key string }{
		{"", "activity.all"}, {showSignIns, "activity.sign-ins"}, {showCredentials, "activity.credentials"},
	} {
		address := p.base + activityPath
		if kind.value != "" {
			address += "?show=" + kind.value
		}
		page.Kinds = append(page.Kinds, place{Words: v.say(kind.key), URL: address + "#log", Current: kind.value == chosen})
	}
	events, next, err := p.eventsOf(v, chosen, v.query.Get("after"), shownEvents)
	if err != nil {
		return err
	}
	// What was refused is no event (hub.Refusal): it is found by the time that this page of the timeline spans.
	from, before := time.Time{}, hub.Now().Add(time.Minute)
	if end, err := strconv.ParseInt(v.query.Get("before"), 10, 64); err == nil {
		before = time.UnixMilli(end)
	}
	if next != "" {
		from = events[len(events)-1].At
		page.Older = "?" + url.Values{"show": {chosen}, "after": {next}, "before": {strconv.FormatInt(from.UnixMilli(), 10)}}.Encode() + "#log"
	}
	var refused []hub.Refusal
	if chosen != showCredentials {
		if refused, err = p.Events.Refused(v.Context(), p.actor(v), from, before); err != nil {
			return err
		}
	}
	page.tell(v, events, slices.DeleteFunc(refused, func(r hub.Refusal) bool { return !slices.Contains(refusedSignIns(), r.Code) }))
	return nil
}

// tell tells both, the latest first.
func (page *activityPage) tell(v *visitor, events []hub.Event, refused []hub.Refusal) {
	var before *hub.Event // the one that was told last
	for len(events) > 0 || len(refused) > 0 {
		if len(events) == 0 || len(refused) > 0 && refused[0].At.After(events[0].At) {
			page.add(v, refused[0].At, v.refusedSignIn(refused[0]))
			refused, before = refused[1:], nil
			continue
		}
		if event := &events[0]; before == nil || !toldAlike(*before, *event) || !page.again(event.At) {
			page.add(v, event.At, v.happened(*event))
			before = event
		}
		events = events[1:]
	}
}

// again counts what was told last once more, if it happened on the same day.
func (page *activityPage) again(at time.Time) bool {
	today := &page.Days[len(page.Days)-1]
	if at.UTC().Format(time.DateOnly) != today.Date {
		return false
	}
	today.Events[len(today.Events)-1].Times++
	return true
}

// add puts what happened on the last of the days, or on one before it.
func (page *activityPage) add(v *visitor, at time.Time, one happened) {
	last := len(page.Days) - 1
	if date := at.UTC().Format(time.DateOnly); last < 0 || page.Days[last].Date != date {
		page.Days, last = append(page.Days, day{Date: date, Title: v.dayTitle(at)}), last+1
	}
	page.Days[last].add(one)
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
