package web

import (
	"fmt"
	"html/template"
	"strings"
)

const flowPath = "/help/flow"

// flowPage is the drawing of the authorisation flow, with its steps in words, and what flow fits what.
type flowPage struct {
	frame
	SVG          template.HTML
	Steps        []flowStep
	Developments []development
	LoginURL     string
	Drawing      string // where this page is; empty: here
}

// flowStep is a step of the drawing.
type flowStep struct {
	Title, Text template.HTML
	URL         string // where it is done; empty: in the application
	Do          template.HTML
}

// flowArrows are the messages of the drawing: from which lane to which, by step. A step within one lane is a note in it.
func flowArrows() []struct {
	step, from, to int
	key            string
} {
	return []struct {
		step, from, to int
		key            string
	}{
		{1, 0, 1, "flowchart.see-keys"}, {2, 0, 1, "flowchart.login"}, {2, 1, 0, "flowchart.token"}, {3, 0, 2, "flowchart.call"},
		{4, 2, 0, "flowchart.ended"}, {4, 0, 1, "flowchart.login"}, {5, 2, 0, "flowchart.answer"},
	}
}

// flowDrawing draws who asks whom for what, from top to bottom.
func (v *visitor) flowDrawing() template.HTML {
	lanes := []struct {
		x   int
		key string
	}{{90, "flowchart.application"}, {310, "flowchart.hub"}, {530, "flowchart.api"}}
	arrows := flowArrows()
	high := 70 + len(arrows)*46
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg viewBox="0 0 620 %d" role="img" aria-label="%s">`, high, plainText(v.say("flowchart.label")))
	for i, lane := range lanes {
		fmt.Fprintf(&svg, `<g class="%s"><path class="path" d="M%d 40V%d"/><circle class="station" cx="%d" cy="40" r="6"/></g><text class="lbl" x="%d" y="22" text-anchor="middle">%s</text>`,
			[]string{"ln-client", "ln-brand", "ln-scope"}[i], lane.x, high-10, lane.x, lane.x, plainText(v.say(lane.key)))
	}
	for i, arrow := range arrows {
		from, to, y := lanes[arrow.from].x, lanes[arrow.to].x, 84+i*46
		head, end := 7, to-2
		if to < from {
			head, end = -7, to+2
		}
		middle := (from + to) / 2
		if middle == lanes[1].x { // beside the lane that it crosses
			middle = (lanes[0].x + lanes[1].x) / 2
		}
		fmt.Fprintf(&svg, `<g class="ln-session"><path class="path" d="M%d %dH%dM%d %dL%d %dL%d %d"/></g><text class="lbl" x="%d" y="%d" text-anchor="middle">%d. %s</text>`,
			from, y, end, end-head, y-5, end, y, end-head, y+5, middle, y-9, arrow.step, plainText(v.say(arrow.key)))
	}
	svg.WriteString("</svg>")
	return template.HTML(svg.String())
}

func (p *Pages) flow(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	page := &flowPage{SVG: v.flowDrawing(), Developments: developments(), LoginURL: p.Issuer + "/login"}
	page.Title, page.Crumbs = v.plain("flowchart"), []link{{URL: apiAccessPath, Words: v.say("nav.api-access")}}
	page.Steps = []flowStep{
		{v.say("flowchart.one"), v.say("flowchart.one.text"), p.base + apiAccessPath, v.say("nav.api-access")},
		{v.say("flowchart.two"), v.say("flowchart.two.text"), "", ""},
		{v.say("flowchart.three"), v.say("flowchart.three.text"), "", ""},
		{v.say("flowchart.four"), v.say("flowchart.four.text"), "", ""},
		{v.say("flowchart.five"), v.say("flowchart.five.text"), p.base + referencePath, v.say("reference")},
	}
	return p.show(v, "flow", page)
}
