package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// chart is a drawing of numbers with the table behind it. The drawing is for eyes; Label says in a sentence what it shows.
type chart struct {
	ID, Icon, Line string
	Title          template.HTML
	Legend         []series
	SVG            template.HTML
	Head           []template.HTML
	Rows           []chartRow
	Empty          bool
	More           link // where there is more to see; without a URL: nowhere
}

// series is one line of a chart.
type series struct {
	Name   template.HTML
	Line   string // its colour
	Counts []int64
	filled bool
}

func (s series) sum() int64 {
	var sum int64
	for _, n := range s.Counts {
		sum += n
	}
	return sum
}

// chartRow is a row of the table.
type chartRow struct {
	Name   template.HTML
	Counts []string
}

// The drawing area, in units of the view box.
const (
	chartWide, chartLeft, chartRight = 620, 36, 612
	chartTop, chartBase, chartHigh   = 26, 148, 178
)

// lines draws series over time. names are those of the steps.
func (v *visitor) lines(c chart, label template.HTML, names []string, all ...series) chart {
	most := int64(1)
	for _, one := range all {
		for _, n := range one.Counts {
			most = max(most, n)
		}
	}
	step := roundUp(most, 3)
	top := step * 3
	x := func(i int) float64 {
		return chartLeft + float64(i)*(chartRight-chartLeft)/float64(max(len(names)-1, 1))
	}
	y := func(n int64) float64 { return chartBase - float64(n)*(chartBase-chartTop)/float64(top) }
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWide, chartHigh, plainText(label))
	for i := range int64(4) {
		fmt.Fprintf(&svg, `<path class="grid" d="M%d %.1fH%d"/><text x="28" y="%.1f" text-anchor="end">%s</text>`,
			chartLeft, y(i*step), chartRight, y(i*step)+4, v.grouped(i*step))
	}
	for _, one := range all {
		path := strings.Builder{}
		for i, n := range one.Counts {
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x(i), y(n))
		}
		last := len(one.Counts) - 1
		fmt.Fprintf(&svg, `<g class="%s">`, one.Line)
		if one.filled {
			fmt.Fprintf(&svg, `<path class="area" d="%sL%.1f %dL%d %dZ"/>`, path.String(), x(last), chartBase, chartLeft, chartBase)
		}
		fmt.Fprintf(&svg, `<path class="path" d="%s"/><circle class="station" cx="%.1f" cy="%.1f" r="5"/></g>`,
			path.String(), x(last), y(one.Counts[last]))
	}
	for i := 0; i < 5; i++ {
		at := i * (len(names) - 1) / 4
		anchor := map[int]string{0: "start", 4: "end"}[i]
		if anchor == "" {
			anchor = "middle"
		}
		fmt.Fprintf(&svg, `<text x="%.1f" y="170" text-anchor="%s">%s</text>`, x(at), anchor, template.HTMLEscapeString(names[at]))
	}
	svg.WriteString("</svg>")
	c.SVG, c.Legend, c.Head = template.HTML(svg.String()), slices.Clone(all), []template.HTML{v.say("chart.time")}
	slices.Reverse(c.Legend) // what was drawn last lies on top, and is named first
	for _, one := range c.Legend {
		c.Head = append(c.Head, one.Name)
	}
	for i, name := range names {
		row := chartRow{Name: text(name)}
		for _, one := range c.Legend {
			row.Counts = append(row.Counts, v.grouped(one.Counts[i]))
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// share is one bar of a chart.
type share struct {
	Name template.HTML
	N    int64
}

// bars draws shares, as they come, each in the colour of another line, as wide as there is room.
func (v *visitor) bars(c chart, label template.HTML, shares []share) chart {
	const high = 44
	most := int64(1)
	for _, one := range shares {
		most = max(most, one.N)
	}
	lines := []string{"ln-danger", "ln-app", "ln-client", "ln-refresh", "ln-session", "ln-scope"}
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg height="%d" role="img" aria-label="%s">`, max(len(shares), 1)*high-12, plainText(label))
	for i, one := range shares {
		at := i * high
		fmt.Fprintf(&svg, `<text class="lbl" x="0" y="%d">%s</text><text class="amt" x="100%%" y="%d" text-anchor="end">%s</text><rect class="track" y="%d" width="100%%" height="8" rx="4"/><g class="%s"><rect class="bar" y="%d" width="%.1f%%" height="8" rx="4"/></g>`,
			at+13, plainText(one.Name), at+13, v.grouped(one.N), at+20, lines[i%len(lines)], at+20, max(float64(one.N)*100/float64(most), 2))
		c.Rows = append(c.Rows, chartRow{one.Name, []string{v.grouped(one.N)}})
	}
	svg.WriteString("</svg>")
	c.SVG, c.Head, c.Empty = template.HTML(svg.String()), []template.HTML{v.say("chart.what"), v.say("chart.number")}, len(shares) == 0
	return c
}

// roundUp gives a step of 1, 2 or 5 times a power of ten, so many of which hold a number.
func roundUp(most int64, steps int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, n := range []int64{step, 2 * step, 5 * step} {
			if n*steps >= most {
				return n
			}
		}
	}
}

// grouped is a number with its thousands apart, as the language writes it.
func (t tongue) grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + t.text("number.thousands") + digits[at:]
	}
	return digits
}

// plainText is words in a place that takes no markup.
func plainText(words template.HTML) string {
	return strings.NewReplacer("<b>", "", "</b>", "", `"`, "&#34;").Replace(string(words))
}

// span is a stretch of time that a chart shows, in steps.
type span struct {
	value, key, lede string
	steps            int
	step             time.Duration
}

// spans are those to choose from; the second is the usual one.
func spans() []span {
	const day = 24 * time.Hour
	return []span{
		{"24h", "dashboard.day", "dashboard.day.lede", 24, time.Hour},
		{"14d", "dashboard.fortnight", "dashboard.fortnight.lede", 14, day},
		{"90d", "dashboard.quarter", "dashboard.quarter.lede", 90, day},
	}
}

func spanOf(value string) span {
	for _, one := range spans() {
		if one.value == value {
			return one
		}
	}
	return spans()[1]
}

// begins is when the first step begins; the last one is at hand.
func (s span) begins(now time.Time) time.Time {
	return now.UTC().Truncate(s.step).Add(-time.Duration(s.steps-1) * s.step)
}

// names are those of the steps.
func (s span) names(v *visitor, now time.Time) []string {
	var names []string
	for i := range s.steps {
		at := s.begins(now).Add(time.Duration(i) * s.step)
		if s.step == time.Hour {
			names = append(names, at.Format("15:04"))
		} else {
			months := strings.Fields(v.text("time.months"))
			month := at.Month().String()[:3]
			if len(months) == 12 {
				month = months[at.Month()-1]
			}
			names = append(names, strconv.Itoa(at.Day())+" "+month)
		}
	}
	return names
}
