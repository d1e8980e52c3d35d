package rest

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

func (a *API) userRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users/me", Need: Bearer, Handle: a.usersMe},
	}
}

// userJSON is a user as known clients read it.
type userJSON struct {
	Type         string      `json:"type"`
	ID           string      `json:"id"`
	Login        string      `json:"login"`
	Name         string      `json:"name"`
	Guest        bool        `json:"guest"`
	Banned       bool        `json:"banned"`
	Avatar       avatarJSON  `json:"avatar"`
	Profile      profileJSON `json:"profile"`
	CreationTime int64       `json:"creationTime"`
	ProjectRoles []any       `json:"projectRoles"`
	UserType     idJSON      `json:"userType"`
}

type idJSON struct {
	ID string `json:"id"`
}

type avatarJSON struct {
	URL string `json:"url"`
}

type profileJSON struct {
	Avatar avatarJSON `json:"avatar"`
	Email  *emailJSON `json:"email,omitempty"`
}

type emailJSON struct {
	Email    string `json:"email"`
	Verified bool   `json:"verified"`
}

func (a *API) user(user hub.User) userJSON {
	picture := avatarJSON{URL: a.Server.Issuer + prefix + "/avatar/" + user.ID}
	view := userJSON{
		Type: "user", ID: user.ID, Login: user.Login, Name: user.Name, Guest: user.Kind == hub.Guest, Banned: user.Banned,
		Avatar: picture, Profile: profileJSON{Avatar: picture}, CreationTime: user.CreatedAt.UnixMilli(), ProjectRoles: []any{},
		UserType: idJSON{ID: string(user.Kind)},
	}
	if user.Email != "" {
		view.Profile.Email = &emailJSON{Email: user.Email, Verified: user.EmailVerified}
	}
	return view
}

// usersMe answers who the bearer is.
func (a *API) usersMe(c *call) (any, error) {
	if c.actor.User.ID == "" {
		return nil, fault.New(fault.NotFound, "this token stands for a service, not for a user; ask services/me")
	}
	return a.user(c.actor.User), nil
}
