package rest

import "example.org/hub/internal/hub"

// naming fills in what organisations are called, in one answer. Each is asked for once.
type naming struct {
	api   *API
	call  *call
	known map[string]hub.Organisation
	err   error // the first that went wrong
}

func (a *API) naming(c *call) *naming {
	return &naming{api: a, call: c, known: map[string]hub.Organisation{}}
}

// organisation fills in key and name; nil stays nil, and one that is gone stays nameless.
func (n *naming) organisation(of *reference) {
	if of == nil || n.err != nil {
		return
	}
	organisation, known := n.known[of.ID]
	if !known {
		if organisation, n.err = n.api.Directory.OrganisationNamed(n.call.Context(), of.ID); n.err != nil {
			return
		}
		n.known[of.ID] = organisation
	}
	of.Key, of.Name = organisation.Key, organisation.Name
}

// service fills in the organisation of a service that is shown whole.
func (n *naming) service(view any) any {
	if whole, is := view.(serviceJSON); is {
		n.organisation(whole.Organisation)
	}
	return view
}
