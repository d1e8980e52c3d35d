package web

import (
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strings"

	"example.org/hub/api"
)

const referencePath = "/help/api"

// referencePage is what programs can ask of Hub, as the description of the API has it.
type referencePage struct {
	frame
	Groups []operations
	URL    string
}

// operations are those of one subject.
type operations struct {
	Name  string
	Title template.HTML
	Rows  []operation
}

// operation is one request.
type operation struct {
	Method, Path, Summary string
	Parameters            []string
	Open                  bool // it needs no credentials of its own
}

// describedOperation is an operation as the document has it.
type describedOperation struct {
	Summary    string           `json:"summary"`
	Tags       []string         `json:"tags"`
	Security   []map[string]any `json:"security"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
}

// describedAPI reads the description, each time: it is asked for rarely, and would take memory for ever. A subject without words in the
// language of the page is called as the description calls it.
func (t tongue) describedAPI() ([]operations, error) {
	var document struct {
		Tags []struct {
			Name        string `json:"name"`
			Description string `json:"description"`
		} `json:"tags"`
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	text, err := api.JSON()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	var groups []operations
	for _, tag := range document.Tags {
		groups = append(groups, operations{Name: tag.Name, Title: t.named("subject."+tag.Name, tag.Description)})
	}
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		item := document.Paths[path]
		for _, method := range []string{"get", "post", "put", "delete"} {
			var found describedOperation
			if item[method] == nil {
				continue
			}
			if err := json.Unmarshal(item[method], &found); err != nil {
				return nil, err
			}
			row := operation{
				Method: strings.ToUpper(method), Path: path, Summary: found.Summary,
				Open: found.Security != nil && len(found.Security) == 0,
			}
			for _, parameter := range found.Parameters {
				if parameter.Name != "" {
					row.Parameters = append(row.Parameters, parameter.Name)
				}
			}
			for i := range groups {
				if slices.Contains(found.Tags, groups[i].Name) {
					groups[i].Rows = append(groups[i].Rows, row)
				}
			}
		}
	}
	return slices.DeleteFunc(groups, func(g operations) bool { return len(g.Rows) == 0 }), nil
}

// named is the text of a key, or else a name.
func (t tongue) named(key, name string) template.HTML {
	if t.has(key) {
		return t.say(key)
	}
	return text(name)
}

func (p *Pages) reference(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	groups, err := v.describedAPI()
	if err != nil {
		return err
	}
	page := &referencePage{Groups: groups, URL: p.base + "/api/rest/openapi.json"}
	page.Title, page.Crumbs = v.plain("reference"), []link{{URL: apiAccessPath, Words: v.say("nav.api-access")}}
	return p.show(v, "reference", page)
}
