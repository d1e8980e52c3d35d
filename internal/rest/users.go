package rest

import (
	"example.org/hub/internal/fault"
)

func (a *API) userRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users/me", Need: Bearer, Handle: a.usersMe},
	}
}

// usersMe answers who the bearer is. It asks for no more than is remembered: scripts and applications ask it all the time.
func (a *API) usersMe(c *call) (any, error) {
	user := c.actor.User
	if user.ID == "" {
		return nil, fault.New(fault.NotFound, "this token stands for a service, not for a user; ask services/me")
	}
	view := meJSON{userJSON: a.userView(user, true), ProjectRoles: []projectRole{}}
	c.tag(user.UpdatedAt)
	if c.wanted == nil || c.wanted.has("projectRoles") {
		held, err := a.Provider.Roles(c.Context(), a.Environment, user.ID)
		if err != nil {
			return nil, err
		}
		view.ProjectRoles = projectRoleViews(held)
	}
	return view, nil
}
