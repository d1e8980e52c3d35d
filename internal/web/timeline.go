package web

import (
	"encoding/json"
	"html/template"
	"strings"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/signin"
)

// day is what happened on one day, newest first.
type day struct {
	Date   string // as in 2026-01-31
	Title  template.HTML
	Events []happened
}

// happened is one event as a person reads it.
type happened struct {
	Line string // class of the line it belongs to
	What template.HTML
	From string
	At   template.HTML // the time on its day
	When template.HTML // the whole of it

	Times int // how often it happened without anything between; At is the last of them
}

// add puts an event on its day, which is the one at hand. What happened again without anything between is told once.
func (d *day) add(one happened) {
	if last := len(d.Events) - 1; last >= 0 {
		before := &d.Events[last]
		if before.What == one.What && before.From == one.From && before.Line == one.Line {
			before.Times += one.Times
			return
		}
	}
	d.Events = append(d.Events, one)
}

// shownEvents is how many events a page of a timeline has.
const shownEvents = 30

// The kinds of events to which a timeline can be narrowed.
const (
	showSignIns     = "sign-ins"
	showCredentials = "credentials"
)

// concerning is what a timeline tells the visitor: all that the visitor did and that was done to what is theirs, or what was of one
// kind. Whatever is about signing in is done to the user.
func (v *visitor) concerning(kind string) query.Node {
	switch kind {
	case showSignIns:
		return query.All(query.ByID("target", v.User.ID), oneOf(hub.SignedIn, "user.second-factor", "session.end", "session.confirm",
			"user.password-change", "user.recovery-code-use"))
	case showCredentials:
		return query.All(audit.Concerning(v.User.ID), oneOf("permanent-token.create", "permanent-token.delete",
			"application-password.create", "application-password.delete", "api-client.create", "api-client.rotate", "api-client.delete",
			"app.create", "app.reveal", "app.rotate", "app.delete", "app.allow", "app.disallow",
			"approved-scope.create", "approved-scope.delete", "refresh-token.end"))
	}
	return audit.Concerning(v.User.ID)
}

func oneOf(actions ...string) query.Node {
	wanted := make([]query.Node, len(actions))
	for i, action := range actions {
		wanted[i] = query.Is("action", action)
	}
	return query.Any(wanted...)
}

// eventsOf gives what concerns the visitor, newest first: of a kind, or of all. after is where the page before ended; next is where to
// go on.
func (p *Pages) eventsOf(v *visitor, kind, after string, limit int) (events []hub.Event, next string, err error) {
	where := v.concerning(kind)
	found, err := p.Events.Events(v.Context(), p.actor(v), query.List{Where: where, After: after, Limit: limit, Uncounted: true})
	return found.Items, found.Next, err
}

func (v *visitor) dayTitle(at time.Time) template.HTML {
	switch daysBetween(at.UTC(), hub.Now()) {
	case 0:
		return v.say("activity.today")
	case 1:
		return v.say("activity.yesterday")
	}
	return v.date(at.UTC())
}

// line is the class of the line to which the target of an event belongs.
func line(event hub.Event) string {
	if event.Result == hub.Refused {
		return "ln-danger"
	}
	switch event.TargetType {
	case "permanent-token":
		return "ln-token"
	case "application-password":
		return "ln-app"
	case "api-client", "app":
		return "ln-client"
	case "approved-scope":
		return "ln-scope"
	case "refresh-token":
		return "ln-refresh"
	}
	return "ln-session"
}

// toldAlike reports whether two events come to the same words, so that the second needs not be put into any.
func toldAlike(a, b hub.Event) bool {
	return a.Action == b.Action && a.Result == b.Result && a.AuthorID == b.AuthorID && a.AuthorName == b.AuthorName && a.TargetType == b.TargetType &&
		a.TargetID == b.TargetID && a.TargetName == b.TargetName && a.Address == b.Address && a.Details == b.Details
}

// happened tells an event to somebody who may not have done it, and so who did.
func (v *visitor) happened(event hub.Event) happened {
	told := v.event(event)
	if event.AuthorID != v.User.ID && event.AuthorName != "" {
		told.What = template.HTML(strings.NewReplacer("{author}", string(text(event.AuthorName)), "{what}", string(told.What)).
			Replace(string(v.say("activity.by"))))
	}
	return told
}

// event tells an event: in words if there are any for its action, else by its name.
func (v *visitor) event(event hub.Event) happened {
	name := event.TargetName
	if name == "" {
		name = event.TargetID
	}
	what := text(event.Action + " " + name)
	key := "event." + event.Action
	if event.Result == hub.Refused && v.has(key+".refused") {
		key += ".refused"
	}
	if v.has(key) {
		what = v.say(key, "name", name)
	}
	from := event.Address
	var proven struct {
		Methods []string
		Agent   string
	}
	if event.Action == hub.SignedIn && json.Unmarshal([]byte(event.Details), &proven) == nil && len(proven.Methods) > 0 {
		what = v.say("activity.signed-in", "how", string(v.how(proven.Methods)))
		if proven.Agent != "" {
			device, _ := v.device(proven.Agent)
			from = device + " · " + from
		}
	}
	at := event.At.UTC()
	return happened{Line: line(event), What: what, From: from, At: stamped(at, text(at.Format("15:04"))), When: v.When(at), Times: 1}
}

// refusedSignIns are the codes of refusals that people are told of since it was their name that was used. A wrong code is an event.
func refusedSignIns() []string {
	return []string{signin.CodeWrong, signin.CodeWrongPasskey, signin.CodeTooMany}
}

// refusedSignIn tells the person whose name was used why it was refused; strangers are not told as much.
func (v *visitor) refusedSignIn(refusal hub.Refusal) happened {
	what := v.say("activity.wrong-password")
	if refusal.Reason != signin.ReasonWrong {
		what = v.say("activity.refused", "reason", v.tell(refusal.Reason).Text)
	}
	told := v.event(hub.Event{Result: hub.Refused, At: refusal.At, Address: refusal.Address})
	told.What, told.Times = what, int(max(refusal.Count, 1))
	if refusal.Door != door {
		told.From += " · " + v.plain("activity.program")
	}
	return told
}
