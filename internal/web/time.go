package web

import (
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/hub/internal/hub"
)

// recent is for how long a time is told as so many days ago.
const recent = 90

// When says when something was, as people say it: today and yesterday with the time, then so many days ago, then the date. The
// whole of it, in UTC, stands in the title. The zero time is never.
func (t tongue) When(at time.Time) template.HTML { return stamped(at, t.when(at, hub.Now())) }

// Exactly is When to the second, for what is read beside the logs of other programs.
func (t tongue) Exactly(at time.Time) template.HTML {
	at = at.UTC()
	clock := at.Format("15:04:05")
	switch daysBetween(at, hub.Now().UTC()) {
	case 0:
		return stamped(at, t.say("time.today", "time", clock))
	case 1:
		return stamped(at, t.say("time.yesterday", "time", clock))
	}
	return stamped(at, t.date(at)+template.HTML(", "+clock))
}

// Amid is When within a sentence.
func (t tongue) Amid(at time.Time) template.HTML {
	words := string(t.when(at, hub.Now()))
	first, size := utf8.DecodeRuneInString(words)
	return stamped(at, template.HTML(string(unicode.ToLower(first))+words[size:]))
}

func (t tongue) when(at, now time.Time) template.HTML {
	if at.IsZero() {
		return t.say("time.never")
	}
	at, now = at.UTC(), now.UTC()
	clock := at.Format("15:04")
	switch days := daysBetween(at, now); {
	case days == 0:
		return t.say("time.today", "time", clock)
	case days == 1:
		return t.say("time.yesterday", "time", clock)
	case days == -1:
		return t.say("time.tomorrow", "time", clock)
	case days > 1 && days <= recent:
		return t.N("time.days-ago", days)
	case days < -1 && days >= -recent:
		return t.N("time.in-days", -days)
	}
	return t.date(at)
}

// Date says on which day something was.
func (t tongue) Date(at time.Time) template.HTML {
	if at.IsZero() {
		return t.say("time.never")
	}
	return stamped(at, t.date(at.UTC()))
}

func (t tongue) date(at time.Time) template.HTML {
	months := strings.Fields(t.text("time.months"))
	month := at.Month().String()
	if len(months) == 12 {
		month = months[at.Month()-1]
	}
	return t.say("time.date", "day", strconv.Itoa(at.Day()), "month", month, "year", strconv.Itoa(at.Year()))
}

// stamped puts words for a time, unless it is zero, into an element that programs can read.
func stamped(at time.Time, words template.HTML) template.HTML {
	if at.IsZero() {
		return words
	}
	at = at.UTC()
	return template.HTML(`<time datetime="` + at.Format(time.RFC3339) +
		`" title="` + at.Format("2006-01-02 15:04:05 UTC") + `">` + string(words) + `</time>`)
}

// daysBetween counts the days from one time to another, by the calendar.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }
	return int(day(to) - day(from))
}

// N says something about a number of things: the text of key.one for one of them, else that of key.other, with the number put in
// for {n}.
func (t tongue) N(key string, n int, values ...string) template.HTML {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return t.say(key+form, append([]string{"n", t.grouped(int64(n))}, values...)...)
}

// span says how long something lasts, in the largest unit that fits.
func (t tongue) span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		key  string
		long time.Duration
	}{{"time.days", day}, {"time.hours", time.Hour}, {"time.minutes", time.Minute}} {
		if d >= unit.long && d%unit.long == 0 {
			return string(t.N(unit.key, int(d/unit.long)))
		}
	}
	return string(t.N("time.seconds", int(d/time.Second)))
}

// dot is how a time of last use is marked: in use, long ago, or never.
func dot(at time.Time) string {
	switch age := hub.Now().Sub(at); {
	case at.IsZero() || age > unusedAfter:
		return "dot--off"
	case age > unusedAfter/3:
		return "dot--warn"
	}
	return "dot--ok"
}
