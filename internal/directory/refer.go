package directory

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// organisationNamed makes the id of an organisation out of its id or key, and reports whether there is one; none is there. Whoever
// may do nothing in it is not to be told.
func (c *change) organisationNamed(name *string) (there bool, err error) {
	if *name == "" {
		return true, nil
	}
	found, err := c.Organisation(c.ctx, *name)
	if fault.Is(err, fault.NotFound) {
		found, err = c.OrganisationByKey(c.ctx, *name)
	}
	switch {
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	*name = found.ID
	return true, nil
}

// organisationField says what is wrong with an organisation that is not there.
func organisationField(there bool) fault.Field {
	if there {
		return fault.Field{}
	}
	return fault.Field{Name: "organization", Reason: "must be an organisation: there is none with this id or key"}
}

// viewersField says what is wrong with groups that are to see a service.
func (c *change) viewersField(service hub.Service) (fault.Field, error) {
	for _, viewer := range service.Viewers {
		switch _, err := c.Group(c.ctx, viewer); {
		case fault.Is(err, fault.NotFound):
			return fault.Field{Name: "viewers", Reason: "must be groups: there is none with the id " + viewer}, nil
		case err != nil:
			return fault.Field{}, err
		}
	}
	return fault.Field{}, nil
}
