package web

import (
	"context"
	"html/template"
	"slices"
	"sort"
	"strconv"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

const dashboardPath = "/admin"

// Office is what the back office asks of the rooms that only the program knows.
type Office struct {
	// History is what was measured in an environment, and outside of any, since a time, in steps of so long.
	History func(ctx context.Context, environment hub.Environment, since time.Time, step time.Duration) ([]hub.Measured, error)
	// Busiest are the services that got most tokens in an environment since a time.
	Busiest func(ctx context.Context, environment hub.Environment, since time.Time, most int) ([]hub.Busy, error)
	// TurnedAway are the services of an environment for which addresses were tried that are not registered, the latest first: by
	// their ids, how many addresses, and when the last was.
	TurnedAway func(ctx context.Context, environment hub.Environment) ([]hub.Measured, error)
	// Census counts what the navigation leads to; nil: nobody counts.
	Census func(ctx context.Context, environment hub.Environment) (Census, error)
	// People counts those who may sign in, and those of them who have a second factor.
	People func(ctx context.Context) (all, secured int64, err error)
	// System tells how this node is; of what it signs with only public facts.
	System func(ctx context.Context) (System, error)
	// Rotate has another key sign in every place where keys sign, by the rights of an actor.
	Rotate func(ctx context.Context, actor hub.Actor) error
}

// Census is how many there are: users of both kinds, and services of one environment.
type Census struct{ People, Bots, Services int64 }

// dashboardPage is what happens at Hub, at a glance.
type dashboardPage struct {
	frame
	Spans     []place
	Period    template.HTML
	Stats     []stat
	Traffic   chart
	Causes    chart
	Doors     chart
	Hashes    chart
	Busy      []busyRow
	Attention []attention
	Latest    []auditRow
}

// busyRow is a service and how much it was asked for.
type busyRow struct{ Name, URL, SignIns, Tokens string }

// stat is one number.
type stat struct {
	Name, About template.HTML
	Number      string
	URL         string // where there is more; empty: nowhere
}

// attention is something that somebody should do.
type attention struct {
	What, About, Badge, Do template.HTML
	URL                    string
}

func (p *Pages) dashboard(v *visitor) error {
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	now, chosen := hub.Now(), spanOf(v.query.Get("period"))
	begins := chosen.begins(now)
	before := begins.Add(-time.Duration(chosen.steps) * chosen.step)
	measured, err := p.Office.History(v.Context(), p.Environment, before, chosen.step)
	if err != nil {
		return err
	}
	page := &dashboardPage{Period: v.say(chosen.lede)}
	page.Title, page.Crumbs = v.plain("nav.dashboard"), []link{{Words: v.say("nav.back-office")}}
	for _, one := range spans() {
		page.Spans = append(page.Spans, place{Words: v.say(one.key), URL: "?period=" + one.value, Current: one.value == chosen.value})
	}
	count := &counted{span: chosen, begins: begins, all: measured}
	if err := page.numbers(v, p, count); err != nil {
		return err
	}
	page.draw(v, p, count, chosen.names(v, now))
	if err := page.busiest(v, p, begins); err != nil {
		return err
	}
	if err := page.attention(v, p); err != nil {
		return err
	}
	latest, err := p.Events.Events(v.Context(), p.actor(v), query.List{Limit: 6, Uncounted: true})
	for _, event := range latest.Items {
		page.Latest = append(page.Latest, v.auditRow(event))
	}
	if err != nil {
		return err
	}
	return p.show(v, "admin-dashboard", page)
}

// counted is what was measured in a span, and in the one before it.
type counted struct {
	span
	begins time.Time
	all    []hub.Measured
}

// series is a measure step by step; labels choose, none of them everything.
func (c *counted) series(name template.HTML, line, measure string, labels ...string) series {
	s := series{Name: name, Line: line, Counts: make([]int64, c.steps)}
	for _, m := range c.all {
		if at := int(m.At.Sub(c.begins) / c.step); m.Measure == measure && !m.At.Before(c.begins) && at < c.steps &&
			(len(labels) == 0 || slices.Contains(labels, m.Label)) {
			s.Counts[at] += m.Count
		}
	}
	return s
}

// sums gives how much of a measure there was in the span, and in the one before.
func (c *counted) sums(measure string) (now, before int64) {
	for _, m := range c.all {
		switch {
		case m.Measure != measure:
		case m.At.Before(c.begins):
			before += m.Count
		default:
			now += m.Count
		}
	}
	return now, before
}

// shares is a measure by label, the largest first, in words.
func (c *counted) shares(v *visitor, measure, words string, most int) []share {
	byLabel := map[string]int64{}
	for _, m := range c.all {
		if m.Measure == measure && !m.At.Before(c.begins) {
			byLabel[m.Label] += m.Count
		}
	}
	var shares []share
	for label, n := range byLabel {
		name := text(label)
		if v.has(words + label) {
			name = v.say(words + label)
		}
		shares = append(shares, share{name, n})
	}
	sort.Slice(shares, func(i, j int) bool {
		if shares[i].N != shares[j].N {
			return shares[i].N > shares[j].N
		}
		return shares[i].Name < shares[j].Name
	})
	return shares[:min(len(shares), most)]
}

func (page *dashboardPage) numbers(v *visitor, p *Pages, c *counted) error {
	for _, one := range []struct{ key, measure string }{
		{"dashboard.sign-ins", hub.MeasuredSignIns},
		{"dashboard.tokens", hub.MeasuredTokens},
		{"dashboard.failures", hub.MeasuredRefusals},
	} {
		now, before := c.sums(one.measure)
		about := v.say("dashboard.nothing-before")
		switch {
		case before > 0 && (now-before)*100/before == 0:
			about = v.say("dashboard.same")
		case before > 0 && now > before:
			about = v.say("dashboard.more", "percent", strconv.FormatInt((now-before)*100/before, 10))
		case before > 0:
			about = v.say("dashboard.less", "percent", strconv.FormatInt((before-now)*100/before, 10))
		}
		page.Stats = append(page.Stats, stat{Name: v.say(one.key), Number: v.grouped(now), About: about})
	}
	all, secured, err := p.Office.People(v.Context())
	if err == nil {
		page.Stats = append(page.Stats, stat{
			Name: v.say("dashboard.factor"), Number: strconv.FormatInt(secured*100/max(all, 1), 10) + "%",
			About: v.say("dashboard.without", "n", v.grouped(all-secured)), URL: p.base + "/admin/users",
		})
	}
	return err
}

func (page *dashboardPage) draw(v *visitor, p *Pages, c *counted, names []string) {
	signIns, tokens := c.series(v.say("dashboard.sign-ins"), "ln-brand", hub.MeasuredSignIns),
		c.series(v.say("dashboard.tokens"), "ln-client", hub.MeasuredTokens)
	signIns.filled = true
	page.Traffic = v.lines(chart{ID: "traffic", Icon: "chart", Line: "ln-brand", Title: v.say("dashboard.traffic")},
		v.say("dashboard.traffic.label", "signins", v.grouped(signIns.sum()), "tokens", v.grouped(tokens.sum())), names, tokens, signIns)
	done, refused := c.series(v.say("dashboard.hashes.done"), "ln-session", hub.MeasuredHashes, "done"),
		c.series(v.say("dashboard.hashes.refused"), "ln-danger", hub.MeasuredHashes, "refused")
	done.filled = true
	page.Hashes = v.lines(chart{ID: "hashes", Icon: "shield", Line: "ln-session", Title: v.say("dashboard.hashes")},
		v.say("dashboard.hashes.label", "done", v.grouped(done.sum()), "refused", v.grouped(refused.sum())), names, refused, done)
	page.Causes = v.bars(chart{
		ID: "causes", Icon: "alert", Line: "ln-danger", Title: v.say("dashboard.causes"),
		More: link{p.base + auditPath + "?result=" + hub.Refused, v.say("dashboard.causes.more")},
	}, v.say("dashboard.causes.label"), c.shares(v, hub.MeasuredRefusals, "cause.", 5))
	page.Doors = v.bars(chart{ID: "doors", Icon: "key", Line: "ln-client", Title: v.say("dashboard.doors")},
		v.say("dashboard.doors.label"), c.shares(v, hub.MeasuredTokens, "door.", 6))
}

// serviceName is what a service is called, so that it stands in a line. gone says that there is none any more.
func (p *Pages) serviceName(v *visitor, id string) (name string, gone bool, err error) {
	const longest = 32
	service, err := p.Directory.Service(v.Context(), p.actor(v), p.Environment, id)
	if fault.Is(err, fault.NotFound) {
		return v.plain("dashboard.busiest.gone"), true, nil
	}
	if letters := []rune(service.Name); len(letters) > longest {
		return string(letters[:longest]) + "…", false, err
	}
	return service.Name, false, err
}

// busiest lists which services got most tokens. One that is gone has no name any more.
func (page *dashboardPage) busiest(v *visitor, p *Pages, since time.Time) error {
	const most = 6
	found, err := p.Office.Busiest(v.Context(), p.Environment, since, most)
	if err != nil {
		return err
	}
	for _, one := range found {
		row := busyRow{SignIns: v.grouped(one.SignIns), Tokens: v.grouped(one.Tokens)}
		gone := false
		if row.Name, gone, err = p.serviceName(v, one.ServiceID); err != nil {
			return err
		}
		if !gone && v.may("service-read") {
			row.URL = p.base + servicesPath + "/" + one.ServiceID
		}
		page.Busy = append(page.Busy, row)
	}
	return nil
}

// attentionKeys say what flags ask for.
func attentionKeys() map[credential.Flag]string {
	return map[credential.Flag]string{
		credential.OwnerGone:   "dashboard.owner-gone",
		credential.ExpiresSoon: "dashboard.expires-soon",
		credential.Unused:      "dashboard.unused",
		credential.Wide:        "dashboard.wide",
	}
}

func (page *dashboardPage) attention(v *visitor, p *Pages) error {
	if err := page.turnedAway(v, p); err != nil {
		return err
	}
	found, err := p.Credentials.Glance(v.Context(), p.actor(v))
	for _, one := range found {
		about := v.say("dashboard.attention.about", "name", one.First)
		if one.More {
			about = v.say("dashboard.attention.more", "name", one.First)
		}
		page.Attention = append(page.Attention, attention{
			What: v.N(attentionKeys()[one.Flag], one.N), About: about, Badge: v.say(flagKeys()[one.Flag]),
			Do: v.say("hygiene.review"), URL: p.base + hygienePath + "?flag=" + string(one.Flag),
		})
	}
	return err
}

// turnedAway are services that send people to addresses which are not registered: people cannot sign in to them.
func (page *dashboardPage) turnedAway(v *visitor, p *Pages) error {
	const most = 3
	found, err := p.Office.TurnedAway(v.Context(), p.Environment)
	for _, one := range found[:min(len(found), most)] {
		name, gone, err := p.serviceName(v, one.Label)
		if err != nil {
			return err
		}
		if !gone {
			page.Attention = append(page.Attention, attention{
				What:  v.say("dashboard.turned-away", "name", name),
				About: v.say("dashboard.turned-away.about") + " " + v.Amid(one.At),
				Badge: v.say("dashboard.turned-away.badge"), Do: v.say("dashboard.turned-away.do"),
				URL: p.base + servicesPath + "/" + one.Label + "#redirects",
			})
		}
	}
	return err
}
