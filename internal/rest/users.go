package rest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/oauth/oauthhttp"
)

func (a *API) userRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users", Need: Bearer, Handle: a.listUsers},
		{Method: "POST", Path: "/users", Need: Bearer, Creates: true, Handle: with(a.createUser)},
		{Method: "GET", Path: "/users/me", Need: Bearer, Handle: a.usersMe},
		{Method: "POST", Path: "/users/merge", Need: Bearer, Handle: a.mergeUsers},
		{Method: "GET", Path: "/users/{user}", Need: Bearer, Handle: a.getUser},
		{Method: "POST", Path: "/users/{user}", Need: Bearer, Versioned: true, Handle: with(a.updateUser)},
		{Method: "DELETE", Path: "/users/{user}", Need: Bearer, Versioned: true, Handle: a.deleteUser},
		{Method: "POST", Path: "/users/{user}/erase", Need: Bearer, Handle: a.eraseUser},
		{Method: "POST", Path: "/users/{user}/invite", Need: Bearer, Handle: a.inviteUser},
		{Method: "POST", Path: "/users/{user}/verifyContact", Need: Bearer, Handle: a.verifyContact},
		{Method: "POST", Path: "/users/{user}/confirm", Need: Bearer, Handle: with(a.confirmContact)},
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
	return a.userPage(c, asked, found)
}

// userPage is a page of users, each as far as the caller sees it.
func (a *API) userPage(c *call, asked query.List, found query.Page[directory.SeenUser]) (*page, error) {
	seenAt := map[string]time.Time{}
	if c.wanted.ofElements("users").has(lastAccess) {
		var err error
		if seenAt, err = a.Directory.LastSeen(c.Context(), c.actor, found.Items); err != nil {
			return nil, err
		}
	}
	names := a.naming(c)
	page, err := paged(a, c, "users", asked, found, func(seen directory.SeenUser) userJSON {
		view := a.userView(seen.User, seen.Whole)
		view.LastAccessTime = epoch(seenAt[seen.ID])
		names.organisation(view.Organisation)
		return view
	})
	if err == nil {
		err = names.err
	}
	return page, err
}

// shownUser is one user as far as the caller sees it, with what the organisation is called.
func (a *API) shownUser(c *call, user hub.User, whole bool) (userJSON, error) {
	c.tag(user.UpdatedAt)
	view := a.userView(user, whole)
	names := a.naming(c)
	names.organisation(view.Organisation)
	return view, names.err
}

// seenUser is the {user} of the path, by id or login, as far as the caller may see it.
func (a *API) seenUser(c *call) (directory.SeenUser, error) {
	alias, err := c.alias()
	if err != nil {
		return directory.SeenUser{}, err
	}
	if c.Method == http.MethodGet || c.Method == http.MethodHead {
		return a.Directory.User(c.Context(), c.actor, alias)
	}
	return a.Directory.UserToChange(c.Context(), c.actor, alias)
}

func (a *API) getUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	view, err := a.shownUser(c, seen.User, seen.Whole)
	if err != nil || !seen.Whole {
		return view, err
	}
	if c.wanted.has("projectRoles") {
		if view.ProjectRoles, err = a.rolesOf(c, hub.HolderUser, seen.ID); err != nil {
			return nil, err
		}
	}
	if c.wanted == nil {
		if err := a.addLastSeen(c, seen.User, &view); err != nil {
			return nil, err
		}
	}
	return view, a.addToUser(c, seen.User, &view)
}

// lastAccess is the name in ?fields= of when a user was last seen.
const lastAccess = "lastAccessTime"

// addLastSeen adds when a user was last seen, if the caller may know.
func (a *API) addLastSeen(c *call, user hub.User, view *userJSON) error {
	seenAt, err := a.Directory.LastSeen(c.Context(), c.actor, []directory.SeenUser{{User: user}})
	view.LastAccessTime = epoch(seenAt[user.ID])
	return err
}

// addToUser adds what a user is shown with only where ?fields= asks for it, since it costs more.
func (a *API) addToUser(c *call, user hub.User, view *userJSON) error {
	if c.wanted.has(lastAccess) {
		if err := a.addLastSeen(c, user, view); err != nil {
			return err
		}
	}
	if c.wanted.has("details") {
		view.Details = []detailJSON{detailView(user)}
	}
	if c.wanted.has("groups") || c.wanted.has("transitiveGroups") {
		groups, err := a.Directory.GroupsOf(c.Context(), c.actor, user.ID)
		if err != nil {
			return err
		}
		view.Groups, view.AllGroups = groupReferences(groups.Direct), groupReferences(groups.All)
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
	in.id("organization", &user.Organisation, "key")
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
		if err := a.Directory.MayCreateWithPassword(c.Context(), c.actor, user.Organisation); err != nil {
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
	view, err := a.shownUser(c, made, true)
	view.Details = []detailJSON{detailView(made)}
	return view, err
}

func (a *API) updateUser(c *call, in object) (any, error) {
	user, whole, err := a.changeUser(c, in, func(u *hub.User) { readUser(in, u) })
	if err != nil {
		return nil, err
	}
	return a.shownUser(c, user, whole)
}

// changeUser changes the user of the path by what read makes of what was sent. whole says whether the caller may see all of it.
func (a *API) changeUser(c *call, in object, read func(u *hub.User)) (user hub.User, whole bool, err error) {
	edit, err := checked(in, read)
	if err != nil {
		return hub.User{}, false, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return hub.User{}, false, err
	}
	user, err = a.Directory.UpdateUser(c.Context(), c.actor, seen.ID, func(u *hub.User) {
		if c.current(u.UpdatedAt) {
			edit(u)
		}
	})
	return user, seen.Whole, err
}

// deleteUser deletes a user; ?successor= says who is meant by the id from then on.
func (a *API) deleteUser(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	if !c.current(seen.UpdatedAt) {
		return nil, errStale
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

// mergeUsers makes one user of those whom the body lists: the one whose login the URL names, else the first, with what the URL
// says of it. Known clients list the one who stays last, and name the login.
func (a *API) mergeUsers(c *call) (any, error) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	values := c.URL.Query()
	ids := make([]string, 0, len(list))
	for _, one := range list {
		var alias string
		one.reference(&alias, []string{"login"})
		if err := one.wrong(); err != nil {
			return nil, err
		}
		seen, err := a.Directory.UserToChange(c.Context(), c.actor, alias)
		if err != nil {
			return nil, err
		}
		at := len(ids)
		if hub.Fold(seen.Login) == hub.Fold(values.Get("login")) {
			at = 0
		}
		ids = slices.Insert(ids, at, seen.ID)
	}
	merged, err := a.Directory.MergeUsers(c.Context(), c.actor, ids, func(user *hub.User) {
		for name, into := range map[string]*string{"login": &user.Login, "name": &user.Name, "email": &user.Email, "banReason": &user.BanReason} {
			if values.Has(name) {
				*into = values.Get(name)
			}
		}
		if values.Has("banned") {
			user.Banned = strings.EqualFold(values.Get("banned"), "true")
		}
	})
	if err != nil {
		return nil, err
	}
	return a.shownUser(c, merged, true)
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
