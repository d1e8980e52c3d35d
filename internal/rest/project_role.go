package rest

import (
	"strings"

	"example.org/hub/internal/hub"
)

// projectRole is a role that was given to somebody, everywhere or in an organisation, under the name known clients read: what
// they call a project is an organisation here, and the global project is everywhere.
type projectRole struct {
	Type         string     `json:"type"`
	ID           string     `json:"id"`
	Role         reference  `json:"role"`
	Project      reference  `json:"project"`
	Organisation *reference `json:"organization,omitempty"`
	Owner        *reference `json:"owner,omitempty"`
	Environment  string     `json:"environment,omitempty"`
}

func globalProject() reference {
	return reference{Type: "project", ID: "0", Key: "GLBL", Name: "Global"}
}

// isGlobalProject reports whether an id or key means everywhere.
func isGlobalProject(name string) bool {
	global := globalProject()
	return name == global.ID || strings.EqualFold(name, global.Key)
}

func projectRoleView(held hub.HeldRole) projectRole {
	view := projectRole{
		Type: "projectRole", ID: held.Grant.ID,
		Role:    reference{Type: "role", ID: held.Role.ID, Key: held.Role.Key, Name: held.Role.Name},
		Project: globalProject(), Owner: &reference{Type: ownerType(held.Grant.HolderKind), ID: held.Grant.HolderID},
		Environment: string(held.Grant.Environment),
	}
	if held.Grant.Organisation != "" {
		view.Project = reference{Type: "project", ID: held.Grant.Organisation, Key: held.In.Key, Name: held.In.Name}
		view.Organisation = &reference{Type: "organization", ID: held.Grant.Organisation, Key: held.In.Key, Name: held.In.Name}
	}
	return view
}

func ownerType(kind hub.HolderKind) string {
	if kind == hub.HolderGroup {
		return "userGroup"
	}
	return string(kind)
}

func projectRoleViews(held []hub.HeldRole) []projectRole {
	views := make([]projectRole, len(held))
	for i, one := range held {
		views[i] = projectRoleView(one)
	}
	return views
}
