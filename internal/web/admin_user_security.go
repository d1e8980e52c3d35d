package web

// The credentials of a user stand on two tabs, made and deleted as on one's own page: API clients on one, everything else on the
// other. What may be done is the same on both, so the holder only says which page lies below.

// userSecurity is the holder whose Account Security tab is asked for.
func (p *Pages) userSecurity(v *visitor) (*holder, error) {
	return p.userHolder(v, "/security", "/security")
}

// clientsTab is where the tab of API clients is.
const clientsTab = "/api-clients"

// userClients is the holder whose tab of API clients is asked for.
func (p *Pages) userClients(v *visitor) (*holder, error) { return p.userHolder(v, "", clientsTab) }

// fillClients fills the tab of API clients: it shows nothing else that the user holds.
func (p *Pages) fillClients(v *visitor, h *holder, page *securityPage) error {
	clients, err := p.Credentials.APIClients(v.Context(), p.actor(v), p.Environment, h.User.ID)
	if err != nil {
		return err
	}
	page.Holdings = &holdings{Holder: h, Clients: clientRows(clients)}
	page.Use, page.Answer = p.clientUse(v, page.Holdings)
	has, err := p.heldBy(v, h.Head)
	p.headOf(v, &page.frame, h.Head, h.Tab, has)
	return err
}

// userHolder finds a user as a holder of credentials: dialogs are below at, over the tab that is named.
func (p *Pages) userHolder(v *visitor, at, tab string) (*holder, error) {
	head, err := p.userHead(v)
	if head == nil || err != nil {
		return nil, err
	}
	return &holder{
		User: head.User, At: head.At + at, Page: head.At + tab, Own: head.ID == v.User.ID,
		Template: "admin-user" + dashed(tab), Head: head, Tab: tab,
	}, nil
}

// dashed is a path as a part of a template's name.
func dashed(path string) string { return "-" + path[1:] }

// mountUserCredentials mounts both tabs.
func (p *Pages) mountUserCredentials(page func(string, func(*visitor) error)) {
	p.mountCredentials(page, usersPath+"/{user}/security", p.userSecurity)
	of := p.holding(p.userClients)
	at := usersPath + "/{user}" + clientsTab
	page("GET "+at, of(p.security))
	page("GET "+at+"/new", of(p.clientNew))
	page("POST "+at+"/new", of(p.clientNewPosted))
	page("GET "+at+"/{id}/created", of(p.clientSecret("client.made")))
	page("GET "+at+"/{id}/replaced", of(p.clientSecret("client.replaced")))
	page("GET "+at+"/{id}", of(p.clientUsed))
	p.mountClientChange(page, usersPath+"/{user}", p.userClients)
	page("GET "+at+"/{id}/delete", of(asClient(p.remove)))
	page("POST "+at+"/{id}/delete", of(asClient(p.removePosted)))
}

// asClient is a page for credentials of any kind that is asked for an API client.
func asClient(answer func(*visitor, *holder) error) func(*visitor, *holder) error {
	return func(v *visitor, h *holder) error {
		v.SetPathValue("kind", "api-clients")
		return answer(v, h)
	}
}
