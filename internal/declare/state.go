package declare

import (
	"bytes"
	"context"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// The nouns of a database with what belongs to them and is declared together with them.

type roleState struct{ hub.Role }

type organisationState struct {
	hub.Organisation
	retired []hub.RetiredKey
}

type groupState struct {
	hub.Group
	subgroups []string // ids
	grants    []hub.Grant
}

type userState struct {
	hub.User
	password  hub.Password // Hash empty: none
	totp      hub.TOTP     // Sealed empty: none
	recovery  [][]byte     // digests of unused recovery codes
	groups    []membership
	passkeys  []hub.Passkey
	formers   []string // ids by which this user is meant too
	grants    []hub.Grant
	passwords []hub.ApplicationPassword
	tokens    []hub.PermanentToken
}

// membership is a group into which a user was put.
type membership struct {
	group string // id
	since time.Time
}

type serviceState struct {
	hub.Service
	registration hub.Registration // Digest empty: none
	secrets      []hub.Secret
	grants       []hub.Grant
}

type apiClientState struct {
	hub.APIClient
	secrets []hub.Secret
}

type appState struct{ hub.App }

// state is what a database holds, in the order in which it is exported.
type state struct {
	settings      hub.Settings
	roles         []roleState
	organisations []organisationState
	groups        []groupState
	users         []userState
	services      []serviceState
	apiClients    []apiClientState
	apps          []appState
}

// page is how many rows one question asks for.
const page = 1000

// load reads the state. Secrets of services are many and rarely needed, so they are read by loadSecrets for those that are.
func load(ctx context.Context, r store.Reader) (*state, error) {
	s := &state{}
	var err error
	if s.settings, err = r.Settings(ctx); err != nil {
		return nil, err
	}
	grants, err := loadGrants(ctx, r)
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx)
	if err != nil {
		return nil, err
	}
	for _, role := range roles {
		s.roles = append(s.roles, roleState{role})
	}
	organisations, err := r.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	for _, organisation := range organisations {
		retired, err := r.RetiredKeys(ctx, organisation.ID)
		if err != nil {
			return nil, err
		}
		s.organisations = append(s.organisations, organisationState{organisation, retired})
	}
	groups, err := r.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		one := groupState{Group: group, grants: grants[holder{hub.HolderGroup, group.ID}]}
		below, err := r.Subgroups(ctx, group.ID)
		if err != nil {
			return nil, err
		}
		for _, subgroup := range below {
			one.subgroups = append(one.subgroups, subgroup.ID)
		}
		s.groups = append(s.groups, one)
	}
	if err := s.loadUsers(ctx, r, grants); err != nil {
		return nil, err
	}
	for _, environment := range hub.Environments() {
		if err := s.loadEnvironment(ctx, r, environment, grants); err != nil {
			return nil, err
		}
	}
	s.sort()
	return s, nil
}

// holder is whom a grant is given to.
type holder struct {
	kind hub.HolderKind
	id   string
}

func loadGrants(ctx context.Context, r store.Reader) (map[holder][]hub.Grant, error) {
	all, err := r.Grants(ctx)
	grants := make(map[holder][]hub.Grant, len(all))
	for _, grant := range all {
		of := holder{grant.HolderKind, grant.HolderID}
		grants[of] = append(grants[of], grant)
	}
	return grants, err
}

func (s *state) loadUsers(ctx context.Context, r store.Reader, grants map[holder][]hub.Grant) error {
	after := ""
	for {
		users, err := r.Users(ctx, after, page)
		if err != nil {
			return err
		}
		for _, user := range users {
			one := userState{User: user, grants: grants[holder{hub.HolderUser, user.ID}]}
			if err := one.load(ctx, r); err != nil {
				return err
			}
			s.users = append(s.users, one)
		}
		if len(users) < page {
			return nil
		}
		after = users[len(users)-1].Login
	}
}

func (u *userState) load(ctx context.Context, r store.Reader) error {
	var err error
	if u.password, err = r.Password(ctx, u.ID); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if u.totp, err = r.TOTP(ctx, u.ID); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	groups, err := r.MembershipsOfUser(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, group := range groups {
		u.groups = append(u.groups, membership{group.ID, group.Since})
	}
	if u.recovery, err = r.RecoveryCodes(ctx, u.ID); err != nil {
		return err
	}
	if u.passkeys, err = r.PasskeysOfUser(ctx, u.ID); err != nil {
		return err
	}
	if u.formers, err = r.FormerIDs(ctx, u.ID); err != nil {
		return err
	}
	if u.passwords, err = r.ApplicationPasswordsOfUser(ctx, u.ID); err != nil {
		return err
	}
	u.tokens, err = r.PermanentTokensOfUser(ctx, u.ID)
	return err
}

func (s *state) loadEnvironment(ctx context.Context, r store.Reader, environment hub.Environment, grants map[holder][]hub.Grant) error {
	registrations, err := loadRegistrations(ctx, r, environment)
	if err != nil {
		return err
	}
	after := ""
	for {
		services, err := r.Services(ctx, environment, after, page)
		if err != nil {
			return err
		}
		for _, service := range services {
			of := slices.DeleteFunc(slices.Clone(grants[holder{hub.HolderService, service.ID}]), func(g hub.Grant) bool {
				return g.Environment != "" && g.Environment != environment
			})
			s.services = append(s.services, serviceState{Service: service, registration: registrations[service.ID], grants: of})
		}
		if len(services) < page {
			break
		}
		after = services[len(services)-1].Name
	}
	after = ""
	for {
		clients, err := r.APIClients(ctx, environment, after, page)
		if err != nil {
			return err
		}
		for _, client := range clients {
			secrets, err := r.Secrets(ctx, environment, client.ID)
			if err != nil {
				return err
			}
			s.apiClients = append(s.apiClients, apiClientState{client, live(secrets)})
		}
		if len(clients) < page {
			break
		}
		after = clients[len(clients)-1].ID
	}
	after = ""
	for {
		apps, err := r.Apps(ctx, environment, after, page)
		if err != nil {
			return err
		}
		for _, app := range apps {
			s.apps = append(s.apps, appState{app})
		}
		if len(apps) < page {
			return nil
		}
		after = apps[len(apps)-1].ID
	}
}

func loadRegistrations(ctx context.Context, r store.Reader, environment hub.Environment) (map[string]hub.Registration, error) {
	all, err := r.Registrations(ctx, environment)
	registrations := make(map[string]hub.Registration, len(all))
	for _, one := range all {
		registrations[one.ClientID] = one
	}
	return registrations, err
}

// loadSecrets reads the secrets of a service.
func (s *serviceState) loadSecrets(ctx context.Context, r store.Reader) error {
	secrets, err := r.Secrets(ctx, s.Environment, s.ID)
	s.secrets = live(secrets)
	return err
}

// live leaves out secrets that have ended: they open nothing and wait to be cleaned up.
func live(secrets []hub.Secret) []hub.Secret {
	now := hub.Now()
	return slices.DeleteFunc(secrets, func(one hub.Secret) bool { return ended(one.ExpiresAt, now) })
}

func ended(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// sort puts everything in an order that does not depend on the database's idea of one.
func (s *state) sort() {
	inOrder(s.roles, func(r *roleState) string { return byName(r.Key, r.ID) })
	inOrder(s.organisations, func(o *organisationState) string { return byName(o.Key, o.ID) })
	inOrder(s.groups, func(g *groupState) string { return byName(g.Name, g.ID) })
	inOrder(s.users, func(u *userState) string { return byName(u.Login, u.ID) })
	inOrder(s.services, func(one *serviceState) string { return in(one.Environment, byName(one.Key, one.ID)) })
	inOrder(s.apiClients, func(one *apiClientState) string { return in(one.Environment, one.ID) })
	inOrder(s.apps, func(one *appState) string { return in(one.Environment, one.ID) })
}

// sameDigest finds a secret by its digest.
func sameDigest[T any](all []T, digest func(T) []byte, want []byte) int {
	return slices.IndexFunc(all, func(one T) bool { return bytes.Equal(digest(one), want) })
}
