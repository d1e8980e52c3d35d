package hub

import "net/netip"

// Actor is who does something: an explicit parameter of everything that changes or shows state, never hidden in a context.
type Actor struct {
	User        User   // zero for a service on its own behalf and for Hub itself
	ServiceID   string // set for a service on its own behalf
	Name        string // full name, as it will stand under "Created by" and in events
	Environment Environment
	Permissions Permissions // after every cap of the credential
	Fresh       bool        // may do what needs a fresh sign-in (step-up)
	ReadOnly    bool
	Program     bool // by an application password, which administers nothing
	Door        string
	Credential  string // id of the credential used
	Address     netip.Addr
}

// System is Hub itself: what it does at start, by upkeep and from the command line of its own machine.
func System(door string) Actor {
	return Actor{Name: "Hub", Permissions: NewPermissions(AllPermissions), Fresh: true, Door: door}
}

// HasAddress reports whether an e-mail address is the actor's own.
func (a Actor) HasAddress(address string) bool {
	return a.User.Email != "" && Fold(address) == Fold(a.User.Email)
}

// ID is the id under which events name the actor; empty for Hub itself.
func (a Actor) ID() string {
	if a.ServiceID != "" {
		return a.ServiceID
	}
	return a.User.ID
}
