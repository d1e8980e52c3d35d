package rest

import (
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth/oauthhttp"
)

func (a *API) userRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users", Need: Bearer, Handle: a.listUsers},
		{Method: "POST", Path: "/users", Need: Bearer, Creates: true, Handle: with(a.createUser)},
		{Method: "GET", Path: "/users/me", Need: Bearer, Handle: a.usersMe},
		{Method: "POST", Path: "/users/merge", Need: Bearer, Handle: a.mergeUsers},
		{Method: "GET", Path: "/users/{user}", Need: Bearer, Handle: a.getUser},
		{Method: "POST", Path: "/users/{user}", Need: Bearer, Handle: with(a.updateUser)},
		{Method: "DELETE", Path: "/users/{user}", Need: Bearer, Handle: a.deleteUser},
		{Method: "POST", Path: "/users/{user}/erase", Need: Bearer, Handle: a.eraseUser},
		{Method: "POST", Path: "/users/{user}/invite", Need: Bearer, Handle: a.inviteUser},
		{Method: "POST", Path: "/users/{user}/verifyContact", Need: Bearer, Handle: a.verifyContact},
		{Method: "POST", Path: "/users/{user}/confirm", Need: Bearer, Handle: with(a.confirmContact)},
		{Method: "GET", Path: "/users/{user}/groups", Need: Bearer, Handle: a.userGroups},
		{Method: "GET", Path: "/users/{user}/details", Need: Bearer, Handle: a.userDetails},
		{Method: "GET", Path: "/userdetails/{user}", Need: Bearer, Handle: a.userDetail},
		{Method: "POST", Path: "/userdetails/{user}", Need: Bearer, Handle: with(a.updateUserDetail)},
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
	if c.wanted.has("organization") { // more than is remembered
		names := a.naming(c)
		if names.organisation(view.Organisation); names.err != nil {
			return nil, names.err
		}
	}
	return view, a.addToUser(c, user, &view.userJSON)
}

func (a *API) listUsers(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Users(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	names := a.naming(c)
	page, err := paged(a, c, "users", asked, found, func(seen directory.SeenUser) userJSON {
		view := a.userView(seen.User, seen.Whole)
		names.organisation(view.Organisation)
		return view
	})
	if err == nil {
		err = names.err
	}
	return page, err
}

// seenUser is the {user} of the path, by id or login, as far as the caller may see it.
func (a *API) seenUser(c *call) (directory.SeenUser, error) {
	alias, err := c.user()
	if err != nil {
		return directory.SeenUser{}, err
	}
	return a.Directory.User(c.Context(), c.actor, alias)
}

func (a *API) getUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	c.tag(seen.UpdatedAt)
	view := a.userView(seen.User, seen.Whole)
	names := a.naming(c)
	if names.organisation(view.Organisation); names.err != nil {
		return nil, names.err
	}
	if seen.Whole && c.wanted.has("projectRoles") {
		if view.ProjectRoles, err = a.rolesOf(c, hub.HolderUser, seen.ID); err != nil {
			return nil, err
		}
	}
	if !seen.Whole {
		return view, nil
	}
	return view, a.addToUser(c, seen.User, &view)
}

// addToUser adds what a user is shown with only where ?fields= asks for it, since it costs more.
func (a *API) addToUser(c *call, user hub.User, view *userJSON) error {
	if c.wanted.has("details") {
		view.Details = []detailJSON{detailView(user)}
	}
	if c.wanted.has("groups") || c.wanted.has("transitiveGroups") {
		direct, all, err := a.Directory.GroupsOf(c.Context(), c.actor, user.ID)
		if err != nil {
			return err
		}
		view.Groups, view.AllGroups = groupReferences(direct), groupReferences(all)
	}
	if c.wanted.has("transitiveProjectRoles") {
		sources, err := a.Directory.Sources(c.Context(), c.actor, a.Environment, user)
		if err != nil {
			return err
		}
		for _, source := range sources {
			view.AllRoles = append(view.AllRoles, projectRoleView(source.HeldRole))
		}
	}
	return a.addHeld(c, user.ID, &view.heldJSON)
}

// readUser is what a body says of a user.
func readUser(in object, user *hub.User) {
	in.text("login", &user.Login)
	in.text("name", &user.Name)
	in.id("organization", &user.Organisation)
	in.flag("banned", &user.Banned)
	in.text("banReason", &user.BanReason)
	if in.has("userType") {
		in.object("userType").text("id", (*string)(&user.Kind))
	}
	readEmail(in.object("profile"), user)
	if details, given := in.objects("details"); given && len(details) > 0 {
		readEmail(details[0], user)
	}
}

// readEmail reads {"email": {"email": "..."}}; the address alone will do, too.
func readEmail(in object, user *hub.User) {
	if _, is := in.values["email"].(string); is {
		in.text("email", &user.Email)
		return
	}
	in.object("email").text("email", &user.Email)
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

// createUser adds a user: {login, name, profile: {email: {email}}}, or with details, as known clients send an address and a
// password.
func (a *API) createUser(c *call, in object) (any, error) {
	var user hub.User
	readUser(in, &user)
	password := readPassword(in)
	if details, given := in.objects("details"); given && len(details) > 0 && password.text == "" {
		password = readPassword(details[0])
	}
	if err := in.wrong(); err != nil {
		return nil, err
	}
	var made hub.User
	var err error
	if password.text == "" {
		made, err = a.Directory.CreateUser(c.Context(), c.actor, user)
	} else {
		if err := c.actor.Require("user-create", user.Organisation); err != nil {
			return nil, err // before anything is hashed for the asking
		}
		var hash string
		if hash, err = a.Desk.Hash(c.Context(), user, password.text, oauthhttp.Address(c.Request)); err == nil {
			made, err = a.Directory.CreateUserWithPassword(c.Context(), c.actor, user, hash, password.mustChange)
		}
	}
	if err != nil {
		return nil, err
	}
	c.tag(made.UpdatedAt)
	view := a.userView(made, true)
	view.Details = []detailJSON{detailView(made)}
	return view, nil
}

func (a *API) updateUser(c *call, in object) (any, error) {
	edit, err := checked(in, func(u *hub.User) { readUser(in, u) })
	if err != nil {
		return nil, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	user, err := a.Directory.UpdateUser(c.Context(), c.actor, seen.ID, func(u *hub.User) {
		if c.current(u.UpdatedAt) {
			edit(u)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tag(user.UpdatedAt)
	return a.userView(user, seen.Whole), nil
}

// deleteUser deletes a user; ?successor= says who is meant by the id from then on.
func (a *API) deleteUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.DeleteUserFor(c.Context(), c.actor, seen.ID, c.URL.Query().Get("successor"))
}

// eraseUser forgets a person and keeps the id.
func (a *API) eraseUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	shell, err := a.Directory.EraseUser(c.Context(), c.actor, seen.ID)
	if err != nil {
		return nil, err
	}
	return a.userView(shell, true), nil
}

// mergeUsers makes one user of those whom the body lists: the first, with what the URL says of it.
func (a *API) mergeUsers(c *call) (any, error) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, one := range list {
		one.reference(&ids[i], []string{"login"})
		if err := one.wrong(); err != nil {
			return nil, err
		}
		seen, err := a.Directory.User(c.Context(), c.actor, ids[i])
		if err != nil {
			return nil, err
		}
		ids[i] = seen.ID
	}
	values := c.URL.Query()
	merged, err := a.Directory.MergeUsers(c.Context(), c.actor, ids, func(user *hub.User) {
		for name, into := range map[string]*string{"login": &user.Login, "name": &user.Name, "email": &user.Email, "banReason": &user.BanReason} {
			if values.Has(name) {
				*into = values.Get(name)
			}
		}
		if values.Has("banned") {
			user.Banned = values.Get("banned") == "true"
		}
	})
	if err != nil {
		return nil, err
	}
	return a.userView(merged, true), nil
}

// inviteUser mails a person a link with which to choose a password.
func (a *API) inviteUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	_, err = a.Desk.RestoreLink(c.Context(), c.actor, seen.ID, a.RestoreURL, true)
	return nothing{}, err
}

// userGroups lists the groups into which a user was put.
func (a *API) userGroups(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.GroupsOfUser(c.Context(), c.actor, seen.ID, asked)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "groups", asked, found, groupView)
}

func (a *API) userDetails(c *call) (any, error) {
	seen, err := a.wholeUser(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "details", []hub.User{seen.User}, detailView)
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
	return detailView(seen.User), nil
}

// updateUserDetail changes a user's address or password.
func (a *API) updateUserDetail(c *call, in object) (any, error) {
	password := readPassword(in)
	edit, err := checked(in, func(u *hub.User) { readEmail(in, u) })
	if err != nil {
		return nil, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	user, err := a.Directory.UpdateUser(c.Context(), c.actor, seen.ID, func(u *hub.User) {
		if c.current(u.UpdatedAt) {
			edit(u)
		}
	})
	if err != nil || c.stale || password.text == "" {
		return detailView(user), err
	}
	if err := a.Directory.MayHandle(c.Context(), c.actor, user); err != nil {
		return nil, err // before anything is hashed for the asking
	}
	hash, err := a.Desk.Hash(c.Context(), user, password.text, oauthhttp.Address(c.Request))
	if err != nil {
		return nil, err
	}
	return detailView(user), a.Directory.SetPassword(c.Context(), c.actor, seen.ID, hash, password.mustChange)
}
