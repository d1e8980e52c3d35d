package credential

import (
	"slices"
	"sort"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

const (
	lookedAt   = 5000 // credentials in one go, so that a hub in good order costs no more than one in bad order
	readAtOnce = 200
)

// sweptKinds are the kinds that are looked at, in order.
func sweptKinds() []Kind {
	return []Kind{KindAPIClient, KindApp, KindApplicationPassword, KindPermanentToken, KindService}
}

// bearers are the kinds of which some can bear a flag: only services and permanent tokens end by themselves, only tokens have a
// scope, and but one secret; services are nobody's own.
func bearers(flag Flag) []Kind {
	switch flag {
	case Wide:
		return []Kind{KindPermanentToken}
	case ExpiresSoon:
		return []Kind{KindPermanentToken, KindService}
	case Superseded:
		return []Kind{KindAPIClient, KindApp, KindService}
	case OwnerGone:
		return []Kind{KindAPIClient, KindApp, KindApplicationPassword, KindPermanentToken}
	}
	return sweptKinds()
}

// sweep goes over credentials and keeps what is found.
type sweep struct {
	*reading
	query  HygieneQuery
	users  map[string]hub.User
	found  []Finding
	looked int
	size   int // of the last batch
}

// run goes on behind an id of a kind.
func (s *sweep) run(from Kind, after string) ([]Finding, string, error) {
	kinds := sweptKinds()
	if from != "" {
		kinds = kinds[slices.Index(kinds, from):]
	}
	for _, kind := range kinds {
		if !slices.Contains(bearers(s.query.Flag), kind) {
			after = ""
			continue
		}
		s.size = 0
		for more := true; more; {
			batch, err := s.batch(kind, after, s.grow())
			if err != nil {
				return nil, "", err
			}
			for _, one := range batch.rows {
				after = one.place()
				if err := s.look(one); err != nil {
					return nil, "", err
				}
				if len(s.found) >= s.query.Limit {
					return s.found, string(kind) + "/" + after, nil
				}
			}
			after, more = batch.next, batch.next != ""
			if s.looked += batch.looked; more && s.looked >= lookedAt {
				return s.found, string(kind) + "/" + after, nil
			}
		}
		after = ""
	}
	return s.found, "", nil
}

// grow gives the size of the next batch: what is wanting at first, which is enough where many bear the flag, and more each time.
func (s *sweep) grow() int {
	s.size = min(max(2*s.size, s.query.Limit-len(s.found)), readAtOnce)
	return s.size
}

// batch is what is read in one go.
type batch struct {
	rows   []Finding
	looked int    // how many it took to find them
	next   string // the place behind which the next batch begins; empty: there is none
}

// batch reads credentials of a kind behind a place, by place: of everybody so many at a time, of the actor all that are left.
func (s *sweep) batch(kind Kind, after string, size int) (batch, error) {
	environment, own := s.actor.Environment, s.actor.User.ID
	if environment == "" {
		environment = hub.Production
	}
	var rows []Finding
	var err error
	switch {
	case kind == KindAPIClient && s.query.Own:
		rows, err = behind(after, ofAPIClient)(s.q.APIClientsOfUser(s.ctx, environment, own))
	case kind == KindAPIClient:
		rows, err = behind(after, ofAPIClient)(s.q.APIClients(s.ctx, environment, after, size))
	case kind == KindApp && s.query.Own:
		rows, err = behind(after, ofApp)(s.q.AppsOfUser(s.ctx, environment, own))
	case kind == KindApp:
		rows, err = behind(after, ofApp)(s.q.Apps(s.ctx, environment, after, size))
	case kind == KindApplicationPassword && s.query.Own:
		rows, err = behind(after, ofPassword)(s.q.ApplicationPasswordsOfUser(s.ctx, own))
	case kind == KindApplicationPassword:
		rows, err = behind(after, ofPassword)(s.q.ApplicationPasswords(s.ctx, after, size))
	case kind == KindService && s.query.Own: // services are nobody's own
	case kind == KindService:
		rows, err = s.services(environment, after, size)
	case s.query.Own:
		rows, err = behind(after, ofToken)(s.q.PermanentTokensOfUser(s.ctx, own))
	default:
		return s.tokens(after, size)
	}
	read := batch{rows: rows, looked: len(rows)}
	if !s.query.Own && len(rows) == size {
		read.next = rows[size-1].place()
	}
	return read, err
}

// tokens reads permanent tokens behind an id, by id: of them there may be millions, so only those that may bear the flag that is asked
// for, or any.
func (s *sweep) tokens(after string, size int) (batch, error) {
	which := map[Flag]store.TokenSweep{
		Unused: store.UnusedTokens, NeverUsed: store.NeverUsedTokens, Wide: store.TokensOfMany,
		OwnerGone: store.TokensOfBanned, ExpiresSoon: store.EndingTokens, Suspended: store.SuspendedTokens,
	}[s.query.Flag] // else all that are odd
	found, looked, next, err := s.q.SweepTokens(s.ctx, which,
		store.SweepTimes{Unused: s.now.Add(-unusedAfter), Now: s.now, Soon: s.now.Add(soon)}, after, size)
	read := batch{rows: make([]Finding, len(found)), looked: looked, next: next}
	for i, t := range found {
		owner := hub.User{ID: t.UserID, Login: t.Login, Name: t.UserName, Banned: t.Banned}
		read.rows[i] = Finding{Kind: KindPermanentToken, ID: t.ID, Environment: t.Environment, Name: t.Name, Owner: owner, CreatedAt: t.CreatedAt,
			ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt, LastUsedFrom: t.LastUsedFrom, services: t.Services, suspended: t.Suspended}
	}
	return read, err
}

// services reads services behind a name, by name.
func (s *sweep) services(environment hub.Environment, after string, size int) ([]Finding, error) {
	found, err := s.q.Services(s.ctx, environment, after, size)
	batch := make([]Finding, len(found))
	for i, service := range found {
		batch[i] = Finding{Kind: KindService, ID: service.ID, Environment: service.Environment, Name: service.Name}
	}
	return batch, err
}

// place is where the sweep goes on behind it.
func (f Finding) place() string {
	if f.Kind == KindService {
		return f.Name
	}
	return f.ID
}

// behind makes findings of rows and gives those behind an id, by id.
func behind[T any](after string, as func(T) Finding) func(rows []T, err error) ([]Finding, error) {
	return func(rows []T, err error) ([]Finding, error) {
		batch := make([]Finding, 0, len(rows))
		for _, row := range rows {
			if one := as(row); one.ID > after {
				batch = append(batch, one)
			}
		}
		sort.Slice(batch, func(i, j int) bool { return batch[i].ID < batch[j].ID })
		return batch, err
	}
}

func ofAPIClient(c hub.APIClient) Finding {
	return Finding{Kind: KindAPIClient, ID: c.ID, Environment: c.Environment, Name: c.Label, Owner: hub.User{ID: c.UserID}, CreatedAt: c.CreatedAt,
		LastUsedAt: c.LastUsedAt, LastUsedFrom: c.LastUsedFrom}
}

func ofApp(a hub.App) Finding {
	return Finding{Kind: KindApp, ID: a.ID, Environment: a.Environment, Name: a.Label, Owner: hub.User{ID: a.UserID}, CreatedAt: a.CreatedAt,
		LastUsedAt: a.LastUsedAt, LastUsedFrom: a.LastUsedFrom, suspended: a.Suspended, replaced: a.PreviousEndsAt}
}

func ofPassword(p hub.ApplicationPassword) Finding {
	return Finding{Kind: KindApplicationPassword, ID: p.ID, Name: p.Name, Owner: hub.User{ID: p.UserID}, CreatedAt: p.CreatedAt,
		LastUsedAt: p.LastUsedAt, LastUsedFrom: p.LastUsedFrom, suspended: p.Suspended}
}

func ofToken(t hub.PermanentToken) Finding {
	return Finding{
		Kind: KindPermanentToken, ID: t.ID, Environment: t.Environment, Name: t.Name, Owner: hub.User{ID: t.UserID},
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt, LastUsedFrom: t.LastUsedFrom,
		services: t.Services, suspended: t.Suspended,
	}
}

// look keeps a credential if there is something about it.
func (s *sweep) look(one Finding) error {
	if one.Environment != "" && !s.shows(one.Environment) {
		return nil
	}
	if !s.mayBear(one) {
		return nil
	}
	one.superseded = one.replaced.After(s.now)
	if one.Kind == KindAPIClient || one.Kind == KindService {
		if there, err := s.secrets(&one); err != nil || !there {
			return err
		}
	}
	if !one.ExpiresAt.IsZero() && !one.ExpiresAt.After(s.now) {
		return nil // at its end already
	}
	var err error
	if one.Owner.ID != "" && one.Owner.Login == "" { // only who it is is known yet
		if one.Owner, err = s.user(one.Owner.ID); err != nil {
			return err
		}
	}
	if one.Idle, err = s.idle(one); err != nil {
		return err
	}
	for _, flag := range Flags() {
		if one.bears(flag, s.now) {
			one.Flags = append(one.Flags, flag)
		}
	}
	if len(one.Flags) > 0 && (s.query.Flag == "" || slices.Contains(one.Flags, s.query.Flag)) {
		s.found = append(s.found, one)
	}
	return nil
}

// mayBear reports whether a credential may bear the flag that is asked for, as far as that is known without asking for more. What is
// known of a service its secrets tell.
func (s *sweep) mayBear(one Finding) bool {
	switch s.query.Flag {
	case NeverUsed, Unused, ExpiresSoon:
		return one.Kind == KindService || one.bears(s.query.Flag, s.now)
	}
	return true
}

// secrets looks at those of an API client or a service that have not ended, and reports whether there is anything to say: of a
// service without any there is not.
func (s *sweep) secrets(of *Finding) (bool, error) {
	all, err := s.q.Secrets(s.ctx, of.Environment, of.ID)
	if err != nil {
		return false, err
	}
	live := slices.DeleteFunc(all, func(one hub.Secret) bool { return !one.ExpiresAt.IsZero() && !one.ExpiresAt.After(s.now) })
	of.suspended = slices.ContainsFunc(live, func(one hub.Secret) bool { return one.Suspended })
	of.superseded = len(live) > 1
	if of.Kind == KindAPIClient {
		return true, nil // it is used itself, and has no end
	}
	for i, one := range live { // oldest first
		of.CreatedAt = one.CreatedAt
		if one.LastUsedAt.After(of.LastUsedAt) {
			of.LastUsedAt = one.LastUsedAt
		}
		if i == 0 || one.ExpiresAt.IsZero() || !of.ExpiresAt.IsZero() && one.ExpiresAt.After(of.ExpiresAt) {
			of.ExpiresAt = one.ExpiresAt
		}
	}
	return len(live) > 0, nil
}

// idle gives the services of a token at which it was not used for as long as makes a credential unused, if it is used at all.
func (s *sweep) idle(one Finding) ([]hub.Service, error) {
	if len(one.services) < 2 || one.LastUsedAt.IsZero() {
		return nil, nil
	}
	used, err := s.q.TokenServices(s.ctx, one.ID)
	if err != nil {
		return nil, err
	}
	var left []string
	for _, id := range one.services {
		if at, known := used[id]; !known || s.now.Sub(at) > unusedAfter {
			left = append(left, id)
		}
	}
	return s.reach(one.Environment, left)
}

// user finds whose a credential is, each once.
func (s *sweep) user(id string) (hub.User, error) {
	if user, known := s.users[id]; known {
		return user, nil
	}
	user, err := s.q.User(s.ctx, id)
	if fault.Is(err, fault.NotFound) {
		user, err = hub.User{ID: id, Banned: true}, nil // deleted at this moment
	}
	s.users[id] = user
	return user, err
}
