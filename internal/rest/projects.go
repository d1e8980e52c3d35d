package rest

import (
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func (a *API) projectRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/projects", Need: Bearer, Handle: a.listProjects},
		{Method: "GET", Path: "/projects/{project}", Need: Bearer, Handle: a.getProject},
	}
}

// projectJSON is an organisation, or all of them together, under the name known clients read. It is read here only: to change
// one is to change the organisation.
type projectJSON struct {
	reference
	Global bool `json:"global"`
}

func projectView(organisation hub.Organisation) projectJSON {
	if organisation.ID == "" {
		return projectJSON{globalProject(), true}
	}
	return projectJSON{reference{Type: "project", ID: organisation.ID, Key: organisation.Key, Name: organisation.Name}, false}
}

// listProjects lists the organisations that the caller may see behind the global project, which everybody sees.
func (a *API) listProjects(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	all := []hub.Organisation{{}}
	for some := (query.List{Limit: query.Everything}); ; {
		page, err := a.Directory.Organisations(c.Context(), c.actor, some)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if some.After = page.Next; some.After == "" {
			break
		}
	}
	found, err := shelf{name: "projects", keys: []string{"key", "name", "id", "is"}, size: len(all), of: func(i int, key string) []string {
		project := projectView(all[i])
		switch {
		case key == "key":
			return []string{project.Key}
		case key == "name":
			return []string{project.Name}
		case key == "id":
			return []string{project.ID}
		case project.Global:
			return []string{"global"}
		}
		return nil
	}}.chosen(asked)
	if err != nil {
		return nil, err
	}
	return a.cutPage(c, "projects", len(found), func(i int) any { return projectView(all[found[i]]) })
}

func (a *API) getProject(c *call) (any, error) {
	if isGlobalProject(c.place("project")) {
		return projectView(hub.Organisation{}), nil
	}
	organisation, err := a.Directory.Organisation(c.Context(), c.actor, c.place("project"))
	if err != nil {
		return nil, err
	}
	return projectView(organisation), nil
}
