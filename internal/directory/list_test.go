package directory_test

import (
	"context"
	"slices"
	"testing"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store/storetest"
)

// town is a hub with people and services in and outside an organisation.
type town struct {
	*desk
	demo hub.Organisation
	crew hub.Group
}

func newTown(t *testing.T, database storetest.Database) *town {
	d := newDesk(t, database)
	c := &town{desk: d}
	var err error
	check := func(next error) {
		if err == nil {
			err = next
		}
	}
	ctx := t.Context()
	c.demo, err = d.directory.CreateOrganisation(ctx, system, hub.Organisation{Key: "demo", Name: "Demo Ltd"})
	_, next := d.directory.CreateOrganisation(ctx, system, hub.Organisation{Key: "other", Name: "Other Ltd"})
	check(next)
	eve, next := d.directory.CreateUser(ctx, system, hub.User{Login: "eve", Name: "Eve Outside", Email: "eve@example.test"})
	check(next)
	_, next = d.directory.CreateUser(ctx, system, hub.User{Login: "dan", Name: "Dan Demo", Email: "dan@example.test", Organisation: c.demo.ID})
	check(next)
	c.crew, next = d.directory.CreateGroup(ctx, system, hub.Group{Name: "Crew"})
	check(next)
	check(d.directory.AddMember(ctx, system, c.crew.ID, eve.ID))
	for _, service := range []hub.Service{
		{Environment: hub.Production, Key: "open", Name: "Open", ServiceSettings: hub.ServiceSettings{
			Vendor: "Acme", RedirectURIs: []string{"https://open.example.test/cb"},
		}},
		{Environment: hub.Production, Key: "closed", Name: "Closed", ServiceSettings: hub.ServiceSettings{Viewers: []string{c.crew.ID}}},
		{Environment: hub.Production, Key: "inner", Name: "Inner", Organisation: c.demo.ID, ServiceSettings: hub.ServiceSettings{
			Viewers: []string{c.crew.ID}, Permissions: []hub.Permission{{Key: "read"}},
		}},
	} {
		_, _, next := d.directory.CreateService(ctx, system, service, "")
		check(next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// grantIn gives a new role to a user in the organisation.
func (c *town) grantIn(user hub.User, permissions ...string) {
	c.Helper()
	role, err := c.directory.CreateRole(c.Context(), system, hub.Role{Key: "in-" + user.Login, Name: "In " + user.Login, Permissions: permissions})
	if err == nil {
		_, err = c.directory.Grant(c.Context(), system,
			hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID, Organisation: c.demo.ID})
	}
	if err != nil {
		c.Fatal(err)
	}
}

func where(t *testing.T, text string) query.List {
	t.Helper()
	node, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return query.List{Where: node, Limit: query.DefaultLimit}
}

// got names what a list gave, or says why it did not.
func got[T any](page query.Page[T], err error, name func(T) string) []string {
	if err != nil {
		return []string{fault.KindOf(err).String()}
	}
	names := []string{}
	for _, item := range page.Items {
		names = append(names, name(item))
	}
	slices.Sort(names)
	return names
}

func loginOf(u directory.SeenUser) string {
	if u.Email != "" {
		return u.Login + " " + u.Email
	}
	return u.Login
}

func TestPeopleSeeThosePeopleTheyMay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		c := newTown(t, database)
		nobody := c.user("nobody", "")
		basic := c.user("basic", "", "hub:user-read-basic")
		whole := c.user("whole", "", "hub:user-read", "hub:group-read", "hub:role-read")
		inner := c.user("inner", "")
		c.grantIn(inner, "hub:user-read")
		tester := c.user("tester", hub.Test, "hub:user-read")
		all := []string{"basic", "dan", "eve", "guest", "inner", "nobody", "tester", "whole"}
		allWhole := []string{"basic", "dan dan@example.test", "eve eve@example.test", "guest", "inner", "nobody", "tester", "whole"}
		for _, row := range []struct {
			who         hub.User
			environment hub.Environment
			query       string
			want        []string
		}{
			{nobody, hub.Production, "", []string{"nobody"}},
			{nobody, hub.Production, "login: eve", []string{}},
			{nobody, hub.Production, "not login: eve", []string{"nobody"}},
			{nobody, hub.Production, "group: crew", []string{"forbidden"}},
			{nobody, hub.Production, "not (login: x or role: observer)", []string{"forbidden"}},
			{nobody, hub.Production, "not access(with: observer)", []string{"forbidden"}},
			{whole, hub.Production, "access(project: demo, with: {hub:user-read}) and login: whole", []string{"whole"}},
			{basic, hub.Production, "", all},
			{basic, hub.Production, "email: eve@example.test", []string{}},
			{basic, hub.Production, "eve@example.test or dan@ex*", []string{}},
			{basic, hub.Production, "not email: eve@example.test", all},
			{basic, hub.Production, "organisation: demo", []string{}},
			{basic, hub.Production, "outs*", []string{"eve"}},
			{whole, hub.Production, "", allWhole},
			{whole, hub.Production, "eve@ex*", []string{"eve eve@example.test"}},
			{whole, hub.Production, "organisation: demo", []string{"dan dan@example.test"}},
			{whole, hub.Production, "group: crew", []string{"eve eve@example.test"}},
			{inner, hub.Production, "", []string{"dan dan@example.test", "inner"}},
			{inner, hub.Production, "email: eve@example.test or email: dan@example.test", []string{"dan dan@example.test"}},
			{tester, hub.Test, "", []string{"tester"}},
			{whole, hub.Test, "login: dan", []string{"dan dan@example.test"}},
		} {
			page, err := c.directory.Users(t.Context(), c.as(row.who, row.environment), where(t, row.query))
			if found := got(page, err, loginOf); !slices.Equal(found, row.want) {
				t.Errorf("%s in %s asks %q: %v, want %v", row.who.Login, row.environment, row.query, found, row.want)
			}
		}
		byEmail := query.List{Order: []query.Order{{Key: "email"}}, Limit: 10}
		_, err := c.directory.Users(t.Context(), c.as(basic, hub.Production), byEmail)
		c.expect("order by what is hidden", err, fault.Forbidden)
		_, err = c.directory.Users(t.Context(), c.as(whole, hub.Production), byEmail)
		c.expect("order by address", err, fine)
	})
}

func TestMembersAndGroupsAreListedForThoseWhoMayReadThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		c := newTown(t, database)
		eve, err := c.store.UserByAlias(t.Context(), "eve")
		if err != nil {
			t.Fatal(err)
		}
		reader := c.user("reader", "", "hub:group-read", "hub:user-read-basic", "hub:role-read", "hub:organization-read")
		basic := c.user("basic", "", "hub:user-read-basic")
		groupName := func(g hub.Group) string { return g.Name }
		everything := query.List{Limit: query.Everything}
		for name, row := range map[string]struct {
			ask  func(context.Context, hub.Actor) []string
			who  hub.User
			want []string
		}{
			"members": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.MembersOfGroup(ctx, a, c.crew.ID, everything)
				return got(p, err, loginOf)
			}, reader, []string{"eve"}},
			"members of all": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.MembersOfGroup(ctx, a, hub.AllUsersGroupID, everything)
				return got(p, err, loginOf)
			}, reader, []string{"basic", "dan", "eve", "guest", "reader"}},
			"members without right": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.MembersOfGroup(ctx, a, c.crew.ID, everything)
				return got(p, err, loginOf)
			}, basic, []string{"forbidden"}},
			"members of no group": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.MembersOfGroup(ctx, a, "x", everything)
				return got(p, err, loginOf)
			}, reader, []string{"not-found"}},
			"all groups": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Groups(ctx, a, everything)
				return got(p, err, groupName)
			}, reader, []string{"All Users", "Crew"}},
			"own groups": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Groups(ctx, a, everything)
				return got(p, err, groupName)
			}, eve, []string{"Crew"}},
			"groups of oneself": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.GroupsOfUser(ctx, a, eve.ID, everything)
				return got(p, err, groupName)
			}, eve, []string{"Crew"}},
			"groups of another": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.GroupsOfUser(ctx, a, eve.ID, everything)
				return got(p, err, groupName)
			}, reader, []string{"Crew"}},
			"groups, only basic": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.GroupsOfUser(ctx, a, eve.ID, everything)
				return got(p, err, groupName)
			}, basic, []string{"forbidden"}},
			"groups of whom unseen": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.GroupsOfUser(ctx, a, reader.ID, everything)
				return got(p, err, groupName)
			}, eve, []string{"not-found"}},
			"organisations": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Organisations(ctx, a, everything)
				return got(p, err, func(o hub.Organisation) string { return o.Key })
			}, reader, []string{"demo", "other"}},
			"no organisations": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Organisations(ctx, a, everything)
				return got(p, err, func(o hub.Organisation) string { return o.Key })
			}, basic, []string{}},
			"roles without right": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Roles(ctx, a, everything)
				return got(p, err, func(r hub.Role) string { return r.Key })
			}, basic, []string{"forbidden"}},
			"a role by permission": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Roles(ctx, a, where(t, "permission: {hub:self-update} not key: system-admin"))
				return got(p, err, func(r hub.Role) string { return r.Key })
			}, reader, []string{"contributor", "observer"}},
			"own grants": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Grants(ctx, a, everything)
				return got(p, err, func(g hub.Grant) string { return string(g.HolderKind) })
			}, basic, []string{"user"}},
			"grants of a role": {func(ctx context.Context, a hub.Actor) []string {
				p, err := c.directory.Grants(ctx, a, where(t, "role: of-basic is: global"))
				return got(p, err, func(g hub.Grant) string { return g.HolderID })
			}, reader, []string{basic.ID}},
		} {
			if found := row.ask(t.Context(), c.as(row.who, hub.Production)); !slices.Equal(found, row.want) {
				t.Errorf("%s: %v, want %v", name, found, row.want)
			}
		}
	})
}

func TestServicesAreListedForThoseWhoMayUseOrReadThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		c := newTown(t, database)
		eve, err := c.store.UserByAlias(t.Context(), "eve")
		if err != nil {
			t.Fatal(err)
		}
		nobody := c.user("nobody", "")
		reader := c.user("reader", "", "hub:service-read")
		holder := c.user("holder", "", "inner:read")
		inner := c.user("inner", "")
		c.grantIn(inner, "hub:service-read")
		admin := c.user("admin", "", "*")
		shown := func(s directory.SeenService) string {
			if s.Whole {
				return s.Key + "!"
			}
			return s.Key
		}
		for _, row := range []struct {
			who   hub.User
			query string
			want  []string
		}{
			{nobody, "", []string{"hub", "open"}},
			{nobody, "vendor: acme", []string{"open"}},
			{nobody, "has: redirectUri", []string{}},
			{nobody, "name: closed", []string{}},
			{eve, "", []string{"closed", "hub", "inner", "open"}},
			{holder, "", []string{"hub", "inner", "open"}},
			{inner, "", []string{"hub", "inner!", "open"}},
			{reader, "", []string{"closed!", "hub!", "inner!", "open!"}},
			{reader, "has: redirectUri", []string{"open!"}},
			{reader, "redirectUri: https://open*", []string{"open!"}},
			{admin, "is: trusted or key: INNER", []string{"hub!", "inner!"}},
		} {
			page, err := c.directory.Services(t.Context(), c.as(row.who, hub.Production), hub.Production, where(t, row.query))
			if found := got(page, err, shown); !slices.Equal(found, row.want) {
				t.Errorf("%s asks %q: %v, want %v", row.who.Login, row.query, found, row.want)
			}
		}
		_, err = c.directory.Services(t.Context(), c.as(admin, hub.Test), hub.Production, query.List{})
		c.expect("another environment", err, fault.Forbidden)
	})
}
