package rest

import (
	"strings"

	"example.org/hub/internal/query"
)

// queryAssistRoutes are the same for each list that takes a query.
func (a *API) queryAssistRoutes() []Route {
	var routes []Route
	for _, collection := range []string{"users", "usergroups", "organizations", "roles", "services", "projectroles", "events"} {
		routes = append(routes, Route{Method: "GET", Path: "/" + collection + "/queryAssist", Need: Bearer,
			Handle: func(c *call) (any, error) { return a.queryAssist(c, collection) }})
	}
	return routes
}

// assistJSON is what could be typed next, in the form that known clients draw.
type assistJSON struct {
	Query       string           `json:"query"`
	Caret       int              `json:"caret"`
	Styles      []styleJSON      `json:"styleRanges"`
	Suggestions []suggestionJSON `json:"suggestions"`
}

type styleJSON struct {
	Start  int    `json:"start"`
	Length int    `json:"length"`
	Style  string `json:"style"`
}

type suggestionJSON struct {
	Prefix      string `json:"prefix,omitempty"`
	Option      string `json:"option"`
	Suffix      string `json:"suffix,omitempty"`
	Description string `json:"description,omitempty"`
	Matching    int    `json:"matchingEnd"`
	From        int    `json:"completionStart"`
	To          int    `json:"completionEnd"`
	Caret       int    `json:"caret"`
}

// queryAssist answers what could stand at the caret of ?query=; without ?caret= at its end.
func (a *API) queryAssist(c *call, collection string) (any, error) {
	values := c.URL.Query()
	text := values.Get("query")
	caret := len([]rune(text))
	if err := number(values, "caret", 0, &caret); err != nil {
		return nil, err
	}
	assistance, err := a.Directory.Assist(strings.ToLower(collection), text, caret)
	if err != nil {
		return nil, err
	}
	return assistView(text, assistance), nil
}

func assistView(text string, assistance query.Assistance) assistJSON {
	view := assistJSON{Query: text, Caret: assistance.Caret, Styles: []styleJSON{}, Suggestions: []suggestionJSON{}}
	for _, style := range assistance.Styles {
		view.Styles = append(view.Styles, styleJSON(style))
	}
	for _, one := range assistance.Suggestions {
		view.Suggestions = append(view.Suggestions, suggestionJSON(one))
	}
	return view
}
