package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
)

// sessionRow is a browser in which somebody is signed in.
type sessionRow struct {
	ID       string
	Device   string
	Phone    bool
	This     bool
	New      bool // in a network or a program in which its user has not been before
	Address  string
	How      template.HTML
	Opened   template.HTML // the services to which its user signed in with it; empty: none
	SignedIn time.Time
	Seen     time.Time
}

// sessionsOf are the browsers in which a user is signed in, the latest first. Those are new that are not known; nil: that is not told.
func (p *Pages) sessionsOf(v *visitor, userID string, known func(hub.Session) bool) ([]sessionRow, error) {
	found, err := p.Credentials.SignIns(v.Context(), p.actor(v), userID)
	opened := map[string][]string{} // names by session
	for _, one := range found.Opened {
		name := one.Name
		if one.Environment != p.Environment {
			name += " (" + v.plain("environment."+string(one.Environment)) + ")"
		}
		opened[one.SessionID] = append(opened[one.SessionID], name)
	}
	var rows []sessionRow
	for _, session := range slices.Backward(found.Sessions) {
		row := v.sessionRow(session, opened[session.ID])
		row.New = known != nil && !known(session)
		rows = append(rows, row)
	}
	return rows, err
}

// mostOpened is how many of the services that a session opened are named.
const mostOpened = 5

func (v *visitor) sessionRow(s hub.Session, opened []string) sessionRow {
	row := sessionRow{ID: s.ID, Address: s.Address, This: s.ID == v.Session.ID, SignedIn: s.SignedInAt, Seen: s.LastSeenAt}
	if len(opened) > mostOpened {
		row.Opened = v.say("activity.opened.more", "services", strings.Join(opened[:mostOpened], ", "), "n", strconv.Itoa(len(opened)-mostOpened))
	} else if len(opened) > 0 {
		row.Opened = v.say("activity.opened", "services", strings.Join(opened, ", "))
	}
	row.Device, row.Phone = v.device(s.Agent)
	row.How = v.how(s.Methods)
	return row
}

// how says by what somebody signed in, by RFC 8176.
func (v *visitor) how(methods []string) template.HTML {
	switch {
	case slices.Contains(methods, signin.MethodHardwareKey), slices.Contains(methods, signin.MethodSoftwareKey):
		return v.say("activity.passkey")
	case slices.Contains(methods, signin.MethodMultiple):
		return v.say("activity.factor")
	}
	return v.say("activity.password")
}

// device names a browser and its system by what it calls itself, as well as that can be told.
func (v *visitor) device(agent string) (name string, phone bool) {
	browser, system := hub.ProgramOf(agent)
	phone = slices.Contains([]string{"iPhone", "iPad", "Android"}, system)
	switch {
	case browser == "" && agent == "":
		return v.plain("activity.unknown"), phone
	case browser == "":
		return shortened(agent), phone
	case system == "":
		return browser, phone
	}
	return v.plain("activity.device", "browser", browser, "system", system), phone
}

// otherSessions is the path value that means all sessions but the one at hand.
const otherSessions = "others"

// connectedServices are the ids of the refresh tokens that services hold of the visitor.
func (p *Pages) connectedServices(v *visitor) ([]string, error) {
	connected, err := p.Credentials.RefreshTokens(v.Context(), p.actor(v), v.User.ID)
	return ids(connected, func(t credential.RefreshToken) string { return t.ID }), err
}

// othersOut signs all other browsers out; and, if wished, the services that stay signed in by themselves.
func (p *Pages) othersOut(v *visitor, connected bool) error {
	if connected {
		tokens, err := p.connectedServices(v)
		if err == nil {
			err = p.Credentials.DeleteRefreshTokens(v.Context(), p.actor(v), v.User.ID, tokens)
		}
		if err != nil {
			return err
		}
	}
	if _, err := p.Credentials.DeleteSessions(v.Context(), p.actor(v), v.User.ID, v.Session.ID); err != nil {
		return err
	}
	return p.done(v, activityPath, "activity.others.done")
}

// sessionOut asks before a browser is signed out.
func (p *Pages) sessionOut(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	page, err := p.activityPage(v)
	if err != nil {
		return err
	}
	q := &question{Action: own(v), Back: p.base + activityPath + "#out-" + v.PathValue("id"), Do: v.say("logout.do")}
	if v.PathValue("id") == otherSessions {
		connected, err := p.connectedServices(v)
		if err != nil {
			return err
		}
		q.Title, q.Text = v.say("activity.others.title"), v.N("activity.others.text", len(page.Sessions)-1)
		if len(connected) > 0 {
			q.Boxes = []pick{{Name: "refresh", Value: "on", Words: v.say("activity.others.refresh", "n", strconv.Itoa(len(connected)))}}
		}
	} else {
		at := slices.IndexFunc(page.Sessions, func(s sessionRow) bool { return s.ID == v.PathValue("id") })
		if at < 0 {
			return fault.New(fault.NotFound, "there is no such session; it may have ended")
		}
		q.Title, q.Text = v.say("activity.out"), v.say("activity.out.text", "device", page.Sessions[at].Device)
		q.Facts = []fact{{v.say("column.from"), text(page.Sessions[at].Address)}}
	}
	page.over(string(q.Title), q)
	return p.show(v, "activity", page)
}

func (p *Pages) sessionOutPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	if v.PathValue("id") == otherSessions {
		return p.othersOut(v, typed.has("refresh"))
	}
	sessions, err := p.Credentials.Sessions(v.Context(), p.actor(v), v.User.ID)
	if err != nil {
		return err
	}
	name := v.plain("activity.unknown")
	for _, s := range sessions {
		if s.ID == v.PathValue("id") {
			name, _ = v.device(s.Agent)
		}
	}
	if err := p.Credentials.DeleteSession(v.Context(), p.actor(v), v.User.ID, v.PathValue("id")); err != nil {
		return err
	}
	return p.done(v, activityPath, "activity.out.done", "name", name)
}

// sessionKnown takes the person's word that a session is the person's own.
func (p *Pages) sessionKnown(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	session, err := p.Desk.KnowPlace(v.Context(), p.actor(v), v.PathValue("id"))
	if err != nil {
		return err
	}
	name, _ := v.device(session.Agent)
	return p.done(v, activityPath, "activity.known", "name", name)
}

// instead is what is at the address of a button to which a browser comes back after a sign-in that the button has asked for: the page
// where the button is, to be pressed again.
func (p *Pages) instead(to string) func(*visitor) error {
	return func(v *visitor) error {
		if p.signedIn(v) {
			see(v.out, p.Issuer+to)
		}
		return nil
	}
}
