package rest

func (a *API) userGroupRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/users/{user}/groups", Need: Bearer, Handle: a.userGroups},
		{Method: "POST", Path: "/users/{user}/groups", Need: Bearer, Handle: with(a.joinGroup)},
		{Method: "DELETE", Path: "/users/{user}/groups/{group}", Need: Bearer, Handle: a.removeMember},
		{Method: "GET", Path: "/users/{user}/transitivegroups", Need: Bearer, Handle: a.transitiveGroups},
	}
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

// transitiveGroups lists the groups in which a user is, also by groups in groups.
func (a *API) transitiveGroups(c *call) (any, error) {
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	groups, err := a.Directory.GroupsOf(c.Context(), c.actor, seen.ID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "transitivegroups", groups.All, groupView)
}

// joinGroup puts a user into a group: {id} or {name}.
func (a *API) joinGroup(c *call, in object) (any, error) {
	var name string
	in.reference(&name, []string{"name"})
	if err := in.wrong(); err != nil {
		return nil, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	group, err := a.Directory.Group(c.Context(), c.actor, name)
	if err != nil {
		return nil, err
	}
	return groupView(group), a.Directory.AddMember(c.Context(), c.actor, group.ID, seen.ID)
}
