package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// registrar is the port oauth.Registrar. What registers itself becomes a service like any other, marked as such, so that
// whoever administers services sees it, limits it and deletes it. Once it is trusted, it is the administrators' alone.
type registrar struct {
	view
	strangers *limit.Keeper
	sectors   *limit.Keeper // what was fetched for whom
}

// What strangers may register: from one address in an hour, and in all. When all are there, those that nobody has used for
// long give way. An hour's worth is enough for all plans of OpenID certification, each module of which registers a client. What
// they have fetched, for the documents of their sectors, is counted for itself.
const (
	strangersCount, strangersPer = 500, time.Hour
	sectorsCount                 = 100
	strangersCounted             = 1 << 12
	mostStrangers                = 10_000
	unusedAfter                  = 30 * 24 * time.Hour
	givingWay                    = 100
)

func newRegistrar(v view) *registrar {
	keeper := func(count int) *limit.Keeper {
		return limit.NewKeeper(limit.Rate{Count: count, Per: strangersPer}, strangersCounted)
	}
	return &registrar{v, keeper(strangersCount), keeper(sectorsCount)}
}

// digest is what is kept of a registration access token; it is bound to its client.
func (r *registrar) digest(clientID, token string) []byte {
	return r.Master.Digest("registration/" + clientID + "/" + token)
}

// Create registers a service, with a secret if it authenticates with one.
func (r *registrar) Create(ctx context.Context, origin oauth.Origin, metadata *oauth.ClientMetadata, by *oauth.Subject) (*oauth.Registered, error) {
	now, token := hub.Now(), rand.Text()
	if by == nil {
		if _, wait := r.strangers.Allow(limit.Key{From: origin.Address}, now); wait > 0 {
			return nil, &oauth.Error{
				Code: oauth.TooManyRequests, RetryAfter: wait,
				Description: "too many clients were registered from this address; wait before trying again",
			}
		}
	}
	plain := hub.Service{ID: hub.NewRandomID(), Environment: r.environment, CreatedAt: now, UpdatedAt: now}
	plain.Key = plain.ID
	describe(&plain, metadata)
	if err := unsound(plain); err != nil {
		return nil, err
	}
	registered := &oauth.Registered{ClientID: plain.ID, AccessToken: token, IssuedAt: now}
	err := r.Store.Tx(ctx, func(tx *store.Tx) error {
		service := plain
		if err := r.makeRoom(ctx, tx, by, now); err != nil {
			return err
		}
		if err := freeName(ctx, tx, &service); err != nil {
			return err
		}
		if err := tx.InsertService(ctx, service); err != nil {
			return err
		}
		var err error
		if registered.Secret, err = r.fitSecrets(ctx, tx, service, nil); err != nil {
			return err
		}
		row := hub.Registration{Environment: r.environment, ClientID: service.ID, Digest: r.digest(service.ID, token), CreatedAt: now}
		if by != nil {
			row.ByID = by.ID
		}
		if row.Document, err = json.Marshal(metadata); err != nil {
			return err
		}
		registered.Metadata = told(service, metadata)
		if err := tx.InsertRegistration(ctx, row); err != nil {
			return err
		}
		return tx.Record(ctx, r.registrant(origin, by).Did("service.create", "service", service.ID, service.Name, `{"selfRegistered":true}`))
	})
	if err != nil {
		return nil, r.trouble(err)
	}
	return registered, nil
}

// registrant is who registers a client.
func (r *registrar) registrant(origin oauth.Origin, by *oauth.Subject) hub.Actor {
	actor := hub.Actor{Name: "A stranger", Environment: r.environment, Door: origin.Door, Address: origin.Address}
	switch {
	case by == nil:
	case by.Service:
		actor.ServiceID, actor.Name = by.ID, by.Username
	default:
		actor.User, _ = userOf(by)
		actor.Name = actor.User.Name
	}
	return actor
}

// makeRoom holds strangers to the number there may be of them.
func (r *registrar) makeRoom(ctx context.Context, tx *store.Tx, by *oauth.Subject, now time.Time) error {
	if by != nil {
		return nil
	}
	count, err := tx.CountStrangers(ctx, r.environment)
	if err != nil || count < mostStrangers {
		return err
	}
	unused, err := tx.UnusedStrangers(ctx, r.environment, now.Add(-unusedAfter), givingWay)
	if err != nil {
		return err
	}
	if len(unused) == 0 {
		return &oauth.Error{
			Code: oauth.TooManyRequests, RetryAfter: time.Hour,
			Description: "there are as many clients as may register themselves here",
		}
	}
	actor := hub.System("register")
	actor.Environment = r.environment
	for _, id := range unused {
		if err := tx.DeleteService(ctx, r.environment, id); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor.Did("service.delete", "service", id, "", `{"selfRegistered":true,"why":"never used"}`)); err != nil {
			return err
		}
	}
	return nil
}

// fitSecrets sees to it that a service has a secret exactly if it authenticates with one, and gives the one it made.
func (r *registrar) fitSecrets(ctx context.Context, tx *store.Tx, service hub.Service, have []hub.Secret) (string, error) {
	wants := service.AuthMethod == hub.SecretBasic || service.AuthMethod == hub.SecretPost
	if wants && len(have) == 0 {
		made := secret.New(secret.ClientSecret, r.environment == hub.Test)
		return made.Reveal(), tx.InsertSecret(ctx, hub.Secret{
			ID: hub.NewID(), Owner: service.ID, Environment: r.environment,
			Digest: r.Master.Digest(made.Reveal()), Hint: made.Hint(), CreatedAt: hub.Now(),
		})
	}
	for _, old := range have {
		if wants {
			break
		}
		if err := tx.DeleteSecret(ctx, old.ID); err != nil {
			return "", err
		}
	}
	return "", nil
}

// Find gives the registration whose access token this is.
func (r *registrar) Find(ctx context.Context, clientID, accessToken string) (*oauth.Registered, error) {
	if !isText(clientID) {
		return nil, oauth.ErrNotFound
	}
	row, err := r.Store.Registration(ctx, r.environment, clientID)
	if err != nil {
		return nil, fromStore(err)
	}
	if !secret.Equal(row.Digest, r.digest(clientID, accessToken)) {
		return nil, oauth.ErrNotFound
	}
	service, err := r.Store.Service(ctx, r.environment, clientID)
	if err != nil {
		return nil, fromStore(err)
	}
	return registeredBefore(service, row)
}

// registeredBefore is a registration as its client may see and change it.
func registeredBefore(service hub.Service, row hub.Registration) (*oauth.Registered, error) {
	if service.SelfRegistered == nil || service.Trusted || service.SkipConsent || service.Disabled {
		return nil, oauth.ErrNotFound
	}
	metadata := new(oauth.ClientMetadata)
	err := json.Unmarshal(row.Document, metadata)
	return &oauth.Registered{ClientID: service.ID, IssuedAt: row.CreatedAt, Metadata: told(service, metadata)}, err
}

// Replace changes a service to what it says of itself now. What administrators added to it stays.
func (r *registrar) Replace(ctx context.Context, origin oauth.Origin, clientID string, metadata *oauth.ClientMetadata) (*oauth.Registered, error) {
	var changed *oauth.Registered
	err := r.Store.Tx(ctx, func(tx *store.Tx) error {
		row, err := tx.Registration(ctx, r.environment, clientID)
		if err != nil {
			return err
		}
		service, secrets, err := tx.ServiceWithSecrets(ctx, r.environment, clientID)
		if err != nil {
			return err
		}
		if _, err := registeredBefore(service, row); err != nil {
			return err
		}
		describe(&service, metadata)
		service.UpdatedAt = hub.Now()
		if err := unsound(service); err != nil {
			return err
		}
		if err := freeName(ctx, tx, &service); err != nil {
			return err
		}
		if err := tx.UpdateService(ctx, service); err != nil {
			return err
		}
		changed = &oauth.Registered{ClientID: clientID, IssuedAt: row.CreatedAt, Metadata: told(service, metadata)}
		if changed.Secret, err = r.fitSecrets(ctx, tx, service, secrets); err != nil {
			return err
		}
		document, err := json.Marshal(metadata)
		if err != nil {
			return err
		}
		if err := tx.SetRegistrationDocument(ctx, r.environment, clientID, document); err != nil {
			return err
		}
		return tx.Record(ctx, r.itself(origin, service).Did("service.update", "service", clientID, service.Name, `{"selfRegistered":true}`))
	})
	if err != nil {
		return nil, r.trouble(err)
	}
	return changed, nil
}

// Sector fetches the list of redirect URIs at an address that a client names.
func (r *registrar) Sector(ctx context.Context, origin oauth.Origin, uri string) ([]string, error) {
	if _, wait := r.sectors.Allow(limit.Key{From: origin.Address}, hub.Now()); wait > 0 {
		return nil, &oauth.Error{
			Code: oauth.TooManyRequests, RetryAfter: wait,
			Description: "too much was fetched for registrations from this address; wait before trying again",
		}
	}
	bad := func(why string, cause error) error {
		return &oauth.Error{
			Code: oauth.InvalidClientMetadata, Description: why, Cause: cause,
			Explanation: oauth.Explanation{Reason: why, Received: uri},
		}
	}
	response, err := r.Fetch.Get(ctx, uri, maxSector)
	if err != nil {
		return nil, bad("nothing could be fetched from sector_identifier_uri", err)
	}
	var listed []string
	if err := json.Unmarshal(response.Body, &listed); err != nil {
		return nil, bad("what stands at sector_identifier_uri is not a JSON list of texts", err)
	}
	return listed, nil
}

// maxSector is the most bytes that a document of a sector may have.
const maxSector = 64 << 10

// Delete ends a service that registered itself, and through it its secrets and all that people allowed it.
func (r *registrar) Delete(ctx context.Context, origin oauth.Origin, clientID string) error {
	return r.trouble(r.Store.Tx(ctx, func(tx *store.Tx) error {
		row, err := tx.Registration(ctx, r.environment, clientID)
		if err != nil {
			return err
		}
		service, err := tx.Service(ctx, r.environment, clientID)
		if err != nil {
			return err
		}
		if _, err := registeredBefore(service, row); err != nil {
			return err
		}
		if err := tx.DeleteService(ctx, r.environment, clientID); err != nil {
			return err
		}
		return tx.Record(ctx, r.itself(origin, service).Did("service.delete", "service", clientID, service.Name, `{"selfRegistered":true}`))
	}))
}

// itself is a client that manages its registration.
func (r *registrar) itself(origin oauth.Origin, service hub.Service) hub.Actor {
	return hub.Actor{
		ServiceID: service.ID, Name: service.Name, Environment: r.environment,
		Door: origin.Door, Address: origin.Address, Credential: "registration",
	}
}

// trouble turns an error of the store into what the port promises. A name that was taken at the same moment is free of it the
// next time.
func (r *registrar) trouble(err error) error {
	if fault.Is(err, fault.Conflict) {
		return oauth.Unavailable(err, time.Second)
	}
	return fromStore(err)
}
