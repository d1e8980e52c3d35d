package web

import (
	"html/template"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// selection is a field in which one of several is chosen, for the template "select".
type selection struct {
	Name                 string
	Label, Hint, Mistake template.HTML
	Options              []option
	Fixed                bool // what is chosen may be read, not changed
	Focus                bool // the first thing to choose in a dialog
}

// newSelection begins one; add adds what there is to choose from.
func newSelection(name string, label, hint, mistake template.HTML) *selection {
	return &selection{Name: name, Label: label, Hint: hint, Mistake: mistake}
}

func (s *selection) add(value string, words template.HTML, chosen string) {
	s.Options = append(s.Options, option{value, words, value == chosen})
}

// organisationChoice is the organisation to which something belongs, with what is wrong with it; nil if the visitor knows of none.
func (p *Pages) organisationChoice(v *visitor, chosen string, wrong mistakes) (*selection, error) {
	if !v.may("organization-read") {
		return nil, nil
	}
	found, err := p.Directory.Organisations(v.Context(), p.actor(v), query.List{Order: []query.Order{{Key: "name"}}, Limit: mostChoices})
	if err != nil || len(found.Items) == 0 {
		return nil, err
	}
	s := newSelection("organisation", v.say("column.organisation"), "", wrong.Of("organization"))
	s.add("", v.say("organisation.none"), chosen)
	known := chosen == ""
	for _, organisation := range found.Items {
		s.add(organisation.ID, text(organisation.Name), chosen)
		known = known || organisation.ID == chosen
	}
	if !known {
		name := chosen
		if organisation, err := p.Directory.Organisation(v.Context(), p.actor(v), chosen); err == nil {
			name = organisation.Name
		}
		s.add(chosen, text(name), chosen)
	}
	return s, nil
}

// environmentChoice is where a right is good: in one environment, or in all.
func environmentChoice(v *visitor, chosen string) *selection {
	s := newSelection("environment", v.say("environment"), "", "")
	s.add("", v.say("environment.all"), chosen)
	s.add(string(hub.Production), v.say("environment.production"), chosen)
	s.add(string(hub.Test), v.say("environment.test"), chosen)
	return s
}

// nameOptions are the options of a long list of names to choose from, drawn at once: a template would take most of a page's time for
// them.
func nameOptions(names []string, chosen string) template.HTML {
	var all strings.Builder
	for _, name := range names {
		selected := ""
		if name == chosen {
			selected = " selected"
		}
		escaped := template.HTMLEscapeString(name)
		all.WriteString(`<option value="` + escaped + `"` + selected + `>` + escaped + `</option>`)
	}
	return template.HTML(all.String())
}
