package rest

import (
	"time"

	"example.org/hub/internal/hub"
)

func (a *API) groupRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/usergroups", Need: Bearer, Handle: a.listGroups},
		{Method: "POST", Path: "/usergroups", Need: Bearer, Creates: true, Handle: with(a.createGroup)},
		{Method: "GET", Path: "/usergroups/{group}", Need: Bearer, Handle: a.getGroup},
		{Method: "POST", Path: "/usergroups/{group}", Need: Bearer, Versioned: true, Handle: with(a.updateGroup)},
		{Method: "DELETE", Path: "/usergroups/{group}", Need: Bearer, Versioned: true, Handle: a.deleteGroup},
		{Method: "GET", Path: "/usergroups/{group}/users", Need: Bearer, Handle: a.groupMembers},
		{Method: "POST", Path: "/usergroups/{group}/users", Need: Bearer, Handle: with(a.addMember)},
		{Method: "DELETE", Path: "/usergroups/{group}/users/{user}", Need: Bearer, Handle: a.removeMember},
		{Method: "GET", Path: "/usergroups/{group}/subgroups", Need: Bearer, Handle: a.subgroups},
		{Method: "POST", Path: "/usergroups/{group}/subgroups", Need: Bearer, Handle: with(a.addSubgroup)},
		{Method: "DELETE", Path: "/usergroups/{group}/subgroups/{child}", Need: Bearer, Handle: a.removeSubgroup},
	}
}

// groupJSON is a group as known clients read it.
type groupJSON struct {
	Type             string `json:"type"`
	ID               string `json:"id"`
	Name             string `json:"name"`
	Description      string `json:"description,omitempty"`
	AllUsers         bool   `json:"allUsersGroup"`
	RequireTwoFactor bool   `json:"requireTwoFactorAuthentication"`
	GraceDays        int64  `json:"twoFactorGraceDays"`
	AutoJoin         bool   `json:"autoJoin"`
	AutoJoinDomain   string `json:"autoJoinDomain,omitempty"`
	CreationTime     int64  `json:"creationTime"`
	UpdateTime       int64  `json:"updateTime"`
}

const day = 24 * time.Hour

func groupView(group hub.Group) groupJSON {
	return groupJSON{
		Type: "userGroup", ID: group.ID, Name: group.Name, Description: group.Description, AllUsers: group.BuiltIn(),
		RequireTwoFactor: group.RequireTwoFactor, GraceDays: int64(group.TwoFactorGrace / day), AutoJoin: group.AutoJoin,
		AutoJoinDomain: group.AutoJoinDomain, CreationTime: group.CreatedAt.UnixMilli(), UpdateTime: group.UpdatedAt.UnixMilli(),
	}
}

func groupReferences(groups []hub.Group) []reference {
	list := make([]reference, len(groups))
	for i, group := range groups {
		list[i] = reference{Type: "userGroup", ID: group.ID, Name: group.Name}
	}
	return list
}

// readGroup is what a body says of a group.
func readGroup(in object, group *hub.Group) {
	in.text("name", &group.Name)
	in.text("description", &group.Description)
	in.flag("requireTwoFactorAuthentication", &group.RequireTwoFactor)
	in.flag("autoJoin", &group.AutoJoin)
	in.text("autoJoinDomain", &group.AutoJoinDomain)
	days := int64(group.TwoFactorGrace / day)
	in.whole("twoFactorGraceDays", &days)
	group.TwoFactorGrace = time.Duration(min(max(days, -1), 1000)) * day
}

func (a *API) listGroups(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Groups(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "usergroups", asked, found, groupView)
}

// seenGroup is the {group} of the path, by id or name.
func (a *API) seenGroup(c *call) (hub.Group, error) {
	return a.Directory.Group(c.Context(), c.actor, c.place("group"))
}

func (a *API) createGroup(c *call, in object) (any, error) {
	var group hub.Group
	readGroup(in, &group)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	made, err := a.Directory.CreateGroup(c.Context(), c.actor, group)
	if err != nil {
		return nil, err
	}
	c.tag(made.UpdatedAt)
	return groupView(made), nil
}

func (a *API) getGroup(c *call) (any, error) {
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	c.tag(group.UpdatedAt)
	return groupView(group), nil
}

func (a *API) updateGroup(c *call, in object) (any, error) {
	edit, err := checked(in, func(g *hub.Group) { readGroup(in, g) })
	if err != nil {
		return nil, err
	}
	seen, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	group, err := a.Directory.UpdateGroup(c.Context(), c.actor, seen.ID, func(g *hub.Group) {
		if c.current(g.UpdatedAt) {
			edit(g)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tag(group.UpdatedAt)
	return groupView(group), nil
}

// deleteGroup deletes a group; ?successor= names the one into which its members come.
func (a *API) deleteGroup(c *call) (any, error) {
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	if !c.current(group.UpdatedAt) {
		return nil, errStale
	}
	return nothing{}, a.Directory.DeleteGroupFor(c.Context(), c.actor, group.ID, c.URL.Query().Get("successor"))
}

func (a *API) groupMembers(c *call) (any, error) {
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.MembersOfGroup(c.Context(), c.actor, group.ID, asked)
	if err != nil {
		return nil, err
	}
	return a.userPage(c, asked, found)
}

// addMember puts a user into a group: {id} or {login}.
func (a *API) addMember(c *call, in object) (any, error) {
	var alias string
	in.reference(&alias, []string{"login"})
	if err := in.wrong(); err != nil {
		return nil, err
	}
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	seen, err := a.Directory.User(c.Context(), c.actor, alias)
	if err != nil {
		return nil, err
	}
	if err := a.Directory.AddMember(c.Context(), c.actor, group.ID, seen.ID); err != nil {
		return nil, err
	}
	return a.userView(seen.User, seen.Whole), nil
}

func (a *API) removeMember(c *call) (any, error) {
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.RemoveMember(c.Context(), c.actor, group.ID, seen.ID)
}

func (a *API) subgroups(c *call) (any, error) {
	group, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	children, err := a.Directory.Subgroups(c.Context(), c.actor, group.ID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "subgroups", children, groupView)
}

// addSubgroup puts a group into another: {id} or {name}.
func (a *API) addSubgroup(c *call, in object) (any, error) {
	var name string
	in.reference(&name, []string{"name"})
	if err := in.wrong(); err != nil {
		return nil, err
	}
	parent, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	child, err := a.Directory.Group(c.Context(), c.actor, name)
	if err != nil {
		return nil, err
	}
	if err := a.Directory.AddSubgroup(c.Context(), c.actor, parent.ID, child.ID); err != nil {
		return nil, err
	}
	return groupView(child), nil
}

func (a *API) removeSubgroup(c *call) (any, error) {
	parent, err := a.seenGroup(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.RemoveSubgroup(c.Context(), c.actor, parent.ID, c.place("child"))
}
