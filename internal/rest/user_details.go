package rest

import (
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth/oauthhttp"
)

func (a *API) userDetailRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users/{user}/details", Need: Bearer, Handle: func(c *call) (any, error) {
			return a.userDetails(c, "details")
		}},
		{Method: "GET", Path: "/users/{user}/userdetails", Need: Bearer, Handle: func(c *call) (any, error) {
			return a.userDetails(c, "userdetails")
		}},
		{Method: "GET", Path: "/userdetails/{user}", Need: Bearer, Handle: a.userDetail},
		{Method: "POST", Path: "/userdetails/{user}", Need: Bearer, Versioned: true, Handle: with(a.updateUserDetail)},
	}
}

// newPassword is what a body says of a password.
type newPassword struct {
	text       string
	mustChange bool
}

func readPassword(in object) (password newPassword) {
	if _, is := in.values["password"].(string); is {
		in.text("password", &password.text)
		return password
	}
	below := in.object("password")
	below.text("value", &password.text)
	below.flag("mustChange", &password.mustChange)
	return password
}

// userDetails lists how a user signs in: known clients of different age ask for it at two addresses.
func (a *API) userDetails(c *call, segment string) (any, error) {
	seen, err := a.wholeUser(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, segment, []hub.User{seen.User}, detailView)
}

func (a *API) wholeUser(c *call) (directory.SeenUser, error) {
	seen, err := a.seenUser(c)
	if err == nil && !seen.Whole {
		err = c.actor.Require("user-read", seen.Organisation)
	}
	return seen, err
}

// userDetail shows how a user signs in. A user has one such thing here, so it has the user's id.
func (a *API) userDetail(c *call) (any, error) {
	seen, err := a.wholeUser(c)
	if err != nil {
		return nil, err
	}
	c.tag(seen.UpdatedAt)
	return detailView(seen.User), nil
}

// updateUserDetail changes a user's address or password, and shows what the caller may see of it.
func (a *API) updateUserDetail(c *call, in object) (any, error) {
	password := readPassword(in)
	user, whole, err := a.changeUser(c, in, func(u *hub.User) { readEmail(in, u) })
	if err != nil {
		return nil, err
	}
	view := detailView(user)
	if !whole {
		view.Email = nil
	}
	if c.stale || password.text == "" {
		return view, err
	}
	if err := a.Directory.MayHandle(c.Context(), c.actor, user); err != nil {
		return nil, err // before anything is hashed for the asking
	}
	hash, err := a.Desk.Hash(c.Context(), user, password.text, oauthhttp.Address(c.Request))
	if err != nil {
		return nil, err
	}
	return view, a.Directory.SetPassword(c.Context(), c.actor, user.ID, hash, password.mustChange)
}
