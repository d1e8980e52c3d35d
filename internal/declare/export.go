package declare

import (
	"bufio"
	"context"
	"io"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Export writes what a database holds in the form that Parse reads, with ids, in an order that depends on nothing else. No
// secret is in it in the clear: what is only checked stands by its keyed hash, what must be read again is sealed with the
// master key. What is empty, or as it is by itself, is left out. Applied to an empty hub with the same master key it
// gives a hub whose export is byte for byte the same.
func Export(ctx context.Context, s *store.Store, to io.Writer) error {
	var current *state
	err := s.View(ctx, func(r store.Reader) (err error) {
		current, err = loadAll(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 64<<10)
	current.write(out)
	return out.Flush()
}

// loadAll reads the state with the secrets of all services.
func loadAll(ctx context.Context, r store.Reader) (*state, error) {
	current, err := load(ctx, r)
	for i := 0; err == nil && i < len(current.services); i++ {
		err = current.services[i].loadSecrets(ctx, r)
	}
	return current, err
}

func (s *state) write(out *bufio.Writer) {
	x := newIndex(s)
	out.WriteString("version: 1\n")
	if flows := s.settings.DefaultFlows; flows != "" && flows != "modern" {
		out.WriteString("settings:\n  defaults:\n    flows: " + flows + "\n")
	}
	writeSection(out, "roles", roleTable, s.roles, x.describeRole, x.madeRole)
	writeSection(out, "organisations", organisationTable, s.organisations, x.describeOrganisation, nil)
	writeSection(out, "groups", groupTable, s.groups, x.describeGroup, x.madeGroup)
	writeSection(out, "users", userTable, s.users, x.describeUser, x.madeUser)
	services := slices.DeleteFunc(slices.Clone(s.services), func(one serviceState) bool { return one.BuiltIn() && x.asMade(one) })
	writeSection(out, "services", serviceTable, services, x.describeService, x.madeService)
	writeSection(out, "apiClients", apiClientTable, s.apiClients, x.describeAPIClient, nil)
	writeSection(out, "apps", appTable, s.apps, x.describeApp, nil)
}

// What exists from the first start is there, as it was made, in the empty hub to which an export is applied. So a key that
// was made with a value and has none by now is written as empty.

func (x *index) madeRole(r roleState) *Role {
	for _, role := range hub.DefaultRoles() {
		if role.ID == r.ID {
			return x.describeRole(roleState{role})
		}
	}
	return nil
}

func (x *index) madeGroup(g groupState) *Group {
	if !g.BuiltIn() {
		return nil
	}
	return x.describeGroup(groupState{Group: hub.AllUsersGroup()})
}

func (x *index) madeUser(u userState) *User {
	if !u.BuiltIn() {
		return nil
	}
	return x.describeUser(userState{User: hub.GuestUser()})
}

func (x *index) madeService(s serviceState) *Service {
	if !s.BuiltIn() {
		return nil
	}
	return x.describeService(serviceState{Service: hub.HubService(s.Environment)})
}

// asMade reports whether the service of Hub itself is as it was made with the first start.
func (x *index) asMade(s serviceState) bool {
	made := x.madeService(s)
	is := x.describeService(s)
	for _, f := range serviceTable {
		if f.mark(made).Set != f.mark(is).Set || f.mark(is).Set && written(f, made) != written(f, is) {
			return false
		}
	}
	return true
}

// writeSection writes a section: each entry with its keys below each other. made, where it is given, describes what an
// entry was at the first start, nil for one that was not there.
func writeSection[D, S any](out *bufio.Writer, key string, table fields[D], all []S, describe, made func(S) *D) {
	if len(all) == 0 {
		return
	}
	out.WriteString(key + ":\n")
	for _, one := range all {
		d, first := describe(one), (*D)(nil)
		if made != nil {
			first = made(one)
		}
		margin := "  - "
		for _, f := range table {
			if f.mark(d).Set || first != nil && f.mark(first).Set {
				out.WriteString(margin + f.key + ": " + written(f, d) + "\n")
				margin = "    "
			}
		}
	}
}
