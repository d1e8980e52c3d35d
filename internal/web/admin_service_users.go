package web

import (
	"html/template"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// serviceUsersPage is who uses a service, all of them.
type serviceUsersPage struct {
	frame
	At    string
	Users []serviceUserRow
	First string // query string of the beginning; empty: this is it
	Next  string // query string of the page that goes on; empty: there is no more
}

// serviceUserRow is somebody who uses a service.
type serviceUserRow struct {
	User        hub.User
	Name        string
	By          []template.HTML // what the service has of the user
	Since, Last time.Time
}

// Bot reports whether it is a machine.
func (r serviceUserRow) Bot() bool { return r.User.Kind == hub.Bot }

// Login is the user's, for the tile.
func (r serviceUserRow) Login() string { return r.User.Login }

// usersShown is how many of its users the page of a service shows itself.
const usersShown = 5

// usersOf finds who uses a service, for who may know; shown is false for others.
func (p *Pages) usersOf(v *visitor, serviceID, after string, limit int) (rows []serviceUserRow, next string, shown bool, err error) {
	found, err := p.Directory.UsersOfService(v.Context(), p.actor(v), p.Environment, serviceID, after, limit)
	if fault.Is(err, fault.Forbidden) {
		return nil, "", false, nil
	}
	for _, one := range found.Users {
		rows = append(rows, v.serviceUserRow(one))
	}
	return rows, found.Next, true, err
}

func (v *visitor) serviceUserRow(one directory.ServiceUser) serviceUserRow {
	row := serviceUserRow{User: one.User, Name: newPerson(one.User).Name, Since: one.Since, Last: one.Last}
	if one.Connected {
		row.By = append(row.By, v.say("service.uses.connected"))
	}
	if one.SignedIn {
		row.By = append(row.By, v.say("service.uses.signed-in"))
	}
	if !one.Approved.IsZero() {
		row.By = append(row.By, v.say("service.uses.approved"))
	}
	return row
}

func (p *Pages) serviceUsers(v *visitor) error {
	if ok, err := p.needs(v, "service-read", "admin-read"); !ok {
		return err
	}
	seen, err := p.theService(v)
	if err != nil {
		return err
	}
	page := &serviceUsersPage{At: p.base + servicesPath + "/" + seen.ID}
	page.Title = v.plain("service.uses.of", "name", seen.Name)
	page.Crumbs = []link{v.office(), {URL: servicesPath, Words: v.say("nav.services")}, {URL: servicesPath + "/" + seen.ID, Words: text(seen.Name)}}
	page.Crumb = v.say("service.uses")
	after := shortened(v.query.Get("after"))
	users, next, shown, err := p.usersOf(v, seen.ID, after, perPage)
	if err == nil && !shown {
		lack := &lacking{"admin-read"}
		err = fault.Wrap(fault.Forbidden, lack, "%s", upper(lack.Error()))
	}
	if err != nil {
		return err
	}
	page.Users = users
	if after != "" {
		page.First = with(v.query, "after", "")
	}
	if next != "" {
		page.Next = with(v.query, "after", next)
	}
	return p.show(v, "admin-service-users", page)
}
