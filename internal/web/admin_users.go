package web

import (
	"html/template"
	"sort"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// usersPage lists the users whom a visitor may see.
type usersPage struct {
	frame
	Query, Group, State string
	Groups              template.HTML // to choose from; empty: the visitor sees none
	States              []option
	Rows                []userRow
	Lede                template.HTML
	Order               nameOrder
	Filtered            bool
	MayCreate           bool
	Pager               *pager
}

// userRow is a user in a list, in plain fields: whatever a template has to look for among methods and embedded structs, it looks for
// again in every row.
type userRow struct {
	ID, Name, Sub, At string // Sub: the address, or else the username; At: the path of the user's page
	Bot, Banned       bool

	// Of the list of all users.
	Invited, Factor bool
	Unsecured       bool // a person who signs in without a second factor, as far as the visitor may know
	Shown           bool // what the visitor may know of the credentials
	Groups          string
	Held, Seen      template.HTML
}

// userRow is a user without what the user holds.
func (p *Pages) userRow(user directory.SeenUser) userRow {
	row := userRow{
		ID: user.ID, Name: newPerson(user.User).Name, Sub: user.Email,
		At: p.base + userPath(user.ID), Bot: user.Kind == hub.Bot, Banned: user.Banned,
	}
	if row.Sub == "" {
		row.Sub = user.Login
	}
	return row
}

// standingRow is a user with what a list of users tells of each.
func (p *Pages) standingRow(v *visitor, user directory.SeenUser, standing directory.Standing) userRow {
	row := p.userRow(user)
	row.Groups, row.Shown = strings.Join(standing.Groups, ", "), standing.Shown
	if standing.Shown {
		row.Invited, row.Factor, row.Unsecured = standing.Invited, standing.Factor, user.Kind == hub.Person && !standing.Factor
		row.Seen = v.When(standing.SeenAt)
		if standing.Credentials > 0 {
			row.Held = v.N("users.credentials", int(standing.Credentials))
		}
	}
	return row
}

// The states of people that are about what they lack.
const (
	stateInvited   = "invited"
	stateUnsecured = "no-factor"
)

// lacks is what people in a state lack, as lists of users know it; empty: nothing.
func lacks(state string) string {
	switch state {
	case stateInvited:
		return "password"
	case stateUnsecured:
		return "factor"
	}
	return ""
}

// mostChoices is how many groups or organisations a list to choose from holds; more are found by typing.
const mostChoices = 200

func (p *Pages) mountUsers(page func(string, func(*visitor) error)) {
	page("GET "+usersPath, p.users)
	p.mountUserProfile(page)
	p.mountUserNew(page)
	p.mountUserGroups(page)
	p.mountUserEnds(page)
	p.mountUserPassword(page)
	p.mountUserCredentials(page)
	p.mountUserSessions(page)
}

func (p *Pages) users(v *visitor) error {
	if ok, err := p.needs(v, "user-read", "user-read-basic"); !ok {
		return err
	}
	page, err := p.usersPage(v)
	if err != nil {
		return err
	}
	return p.show(v, "admin-users", page)
}

func (p *Pages) usersPage(v *visitor) (*usersPage, error) {
	page := &usersPage{
		Query: shortened(strings.TrimSpace(v.query.Get("q"))), Group: shortened(v.query.Get("group")),
		State: v.query.Get("state"), MayCreate: v.may("user-create"),
	}
	page.Title, page.Crumbs = v.plain("nav.users"), []link{v.office()}
	for _, state := range []struct{ value, key string }{
		{"", "users.any"}, {"active", "users.active"}, {stateInvited, "users.invited"}, {"banned", "users.banned"},
		{stateUnsecured, "users.no-factor"}, {"person", "users.people"}, {"bot", "users.bots"},
	} {
		if lacks(state.value) != "" && !v.may("user-update") && !v.may("admin-read") {
			continue // what somebody signs in with is not shown
		}
		page.States = append(page.States, option{state.value, v.say(state.key), state.value == page.State})
	}
	page.Filtered = page.Query != "" || page.Group != "" || page.State != ""
	page.Order = newNameOrder(v.query)
	if err := p.groupChoices(v, page); err != nil {
		return nil, err
	}
	where, err := p.usersWhere(v, page)
	if err != nil {
		return nil, err
	}
	list := query.List{Where: where, Order: page.Order.keys(), After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage}
	found, err := p.Directory.Users(v.Context(), p.actor(v), list)
	if err != nil {
		return nil, err
	}
	standings, err := p.Directory.Standings(v.Context(), p.actor(v), found.Items)
	if err != nil {
		return nil, err
	}
	page.Rows = make([]userRow, len(found.Items))
	for i, user := range found.Items {
		page.Rows[i] = p.standingRow(v, user, standings[user.ID])
	}
	page.Lede = p.usersLede(v, page, found.Total)
	page.Pager = newWalk(v.query, len(page.Rows), found.Total, found.Next)
	return page, nil
}

// usersLede says how many users a list has: of all, how many are people and how many are bots.
func (p *Pages) usersLede(v *visitor, page *usersPage, total int64) template.HTML {
	if p.Office.Census != nil && !page.Filtered {
		if all, err := p.Office.Census(v.Context(), p.Environment); err == nil && all.People+all.Bots == total {
			return v.say("users.lede.both", "people", string(v.N("users.lede.people", int(all.People))),
				"bots", string(v.N("users.lede.bots", int(all.Bots))))
		}
	}
	return v.N("users.lede", int(total))
}

// groupChoices are the groups by which users are found, for who may read groups.
func (p *Pages) groupChoices(v *visitor, page *usersPage) error {
	if !v.may("group-read") {
		page.Group = ""
		return nil
	}
	names, err := p.Directory.FirstGroupNames(v.Context(), p.actor(v), mostChoices)
	page.Groups = nameOptions(names, page.Group)
	return err
}

// usersWhere is what the filters ask for. What is searched for are words of a name or username, an address, or the id of a user
// or of an API client, whose user it then finds.
func (p *Pages) usersWhere(v *visitor, page *usersPage) (query.Node, error) {
	var asked []query.Node
	if page.Query != "" {
		var words []query.Node
		asWritten := strings.Fields(page.Query)
		sort.SliceStable(asWritten, func(i, j int) bool {
			return len(asWritten[i]) > len(asWritten[j])
		}) // the first is looked for, and longer words are rarer
		for _, word := range asWritten {
			words = append(words, query.Node{Op: query.Text, Value: word, Prefix: true})
		}
		meant := []query.Node{query.All(words...), query.Is("id", page.Query)}
		owner, err := p.ownerOf(v, page.Query)
		if err != nil {
			return query.Node{}, err
		}
		if owner != "" {
			meant = append(meant, query.Is("id", owner))
		}
		asked = append(asked, query.Any(meant...))
	}
	if page.Group != "" {
		asked = append(asked, query.Is("group", page.Group))
	}
	if lacking := lacks(page.State); lacking != "" {
		asked = append(asked, query.Is("lacks", lacking))
	} else if page.State != "" {
		asked = append(asked, query.Is("is", page.State))
	}
	return query.All(asked...), nil
}

// ownerOf is the user of an API client that the visitor may know of; empty if there is none.
func (p *Pages) ownerOf(v *visitor, clientID string) (string, error) {
	if strings.ContainsAny(clientID, " @") {
		return "", nil
	}
	found, err := p.Credentials.ListAPIClients(v.Context(), p.actor(v), p.Environment, query.List{
		Where: query.Is("id", strings.ToLower(clientID)), Limit: 1,
	})
	if err != nil || len(found.Items) == 0 {
		if fault.Is(err, fault.Forbidden) {
			err = nil
		}
		return "", err
	}
	return found.Items[0].UserID, nil
}
