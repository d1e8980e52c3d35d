package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// devices is the port oauth.Devices. What a person allows a device is a family whose code is the device code, so that it is
// fetched, replayed and ended as any other.
type devices struct{ view }

// mostDevices is how many devices of one client may wait at once: anybody can have those of a public client begin to. Beyond it
// the source that most of them came from loses its oldest.
const mostDevices = 10_000

// Begin keeps a device that waits.
func (d devices) Begin(ctx context.Context, grant *oauth.DeviceGrant) (string, error) {
	code := rand.Text()
	free, err := d.Store.InsertDeviceGrant(ctx, hub.DeviceGrant{
		Digest: d.digest(code), Environment: d.environment, ClientID: grant.ClientID,
		UserCode: d.userDigest(grant.UserCode), Scope: grant.Scope,
		Source: sourceOf(grant.From), Offline: grant.Offline, EndsAt: grant.EndsAt,
	}, d.Store.Now(), mostDevices)
	switch {
	case fault.Is(err, fault.Limited):
		return "", &oauth.Error{
			Code: oauth.TooManyRequests, RetryAfter: time.Minute,
			Description: "too many devices of this client wait for a person; try again later", Cause: err,
		}
	case err != nil:
		return "", fromStore(err)
	case !free:
		return "", oauth.ErrUsed
	}
	return code, nil
}

// digest and userDigest are what is kept of the two codes.
func (d devices) digest(code string) []byte     { return d.Master.Digest("device-code/" + code) }
func (d devices) userDigest(code string) []byte { return d.Master.Digest("user-code/" + code) }

// Find gives a device that waits.
func (d devices) Find(ctx context.Context, userCode string, now time.Time) (*oauth.DeviceGrant, error) {
	row, err := d.Store.WaitingDevice(ctx, d.environment, d.userDigest(userCode), now)
	if err != nil {
		return nil, fromStore(err)
	}
	if !row.DecidedAt.IsZero() {
		return nil, oauth.ErrNotFound
	}
	return &oauth.DeviceGrant{ClientID: row.ClientID, UserCode: userCode, Scope: row.Scope, Offline: row.Offline, EndsAt: row.EndsAt}, nil
}

// Decide lets the database decide which decision counts. What is allowed is worth nothing until the device fetches it.
func (d devices) Decide(ctx context.Context, userCode string, family *oauth.Family, now time.Time) error {
	decision := store.DeviceDecision{Environment: d.environment, UserCode: d.userDigest(userCode), Now: now}
	if family != nil {
		row, err := families(d).row(family)
		if err != nil {
			return err
		}
		decision.Allow = func(grant hub.DeviceGrant) hub.Family {
			row := row
			row.CodeDigest, row.CodeEndsAt = grant.Digest, grant.EndsAt
			if unfetched := grant.EndsAt.Add(hub.RevokedFor); row.LastsUntil.After(unfetched) {
				row.EndsAt = unfetched
			}
			return row
		}
		decision.Also = func(tx *store.Tx) error {
			if err := proofOf(family)(ctx, tx); err != nil {
				return err
			}
			return d.record(ctx, tx, family)
		}
	}
	counts, err := d.Store.DecideDevice(ctx, decision)
	if err == nil && !counts {
		err = oauth.ErrUsed
	}
	return fromStore(err)
}

// record writes the event of a device that a person allowed something.
func (d devices) record(ctx context.Context, tx *store.Tx, family *oauth.Family) error {
	user, err := tx.User(ctx, family.Subject)
	if err != nil {
		return err
	}
	service, err := tx.Service(ctx, d.environment, family.ClientID)
	if err != nil {
		return err
	}
	actor := hub.Actor{User: user, Name: user.Name, Environment: d.environment, Door: "page", Credential: family.Session}
	if address, err := netip.ParseAddr(family.Address); err == nil {
		actor.Address = address
	}
	return tx.Record(ctx, actor.Did("device.allow", "service", service.ID, service.Name,
		hub.Details(map[string]any{"scope": family.Scope, "offline": family.Offline})))
}

// Poll gives the family to the first who asks after it was allowed, however often it asked before; the database decides who
// that is. Only an answer that the device has to wait for costs a write.
func (d devices) Poll(
	ctx context.Context, origin oauth.Origin, deviceCode, clientID string, now time.Time, interval time.Duration,
) (*oauth.Family, string, error) {
	row, err := d.Store.DeviceGrant(ctx, d.environment, clientID, d.digest(deviceCode))
	switch {
	case err != nil:
		return nil, "", fromStore(err)
	case row.Allowed:
		return d.fetch(ctx, origin, row, now)
	case !now.Before(row.EndsAt):
		return nil, "", oauth.ErrEnded
	case !row.DecidedAt.IsZero():
		return nil, "", oauth.ErrDenied
	case now.Before(row.PolledAt.Add(interval)):
		return nil, "", oauth.ErrTooFast
	}
	if err := d.Store.PollDevice(ctx, d.environment, row.Digest, now); err != nil {
		return nil, "", fromStore(err)
	}
	return nil, "", oauth.ErrPending
}

// fetch redeems the device code. What came to an end before the device fetched it has ended for the device, whatever ended it.
func (d devices) fetch(ctx context.Context, origin oauth.Origin, grant hub.DeviceGrant, now time.Time) (*oauth.Family, string, error) {
	family, refresh, err := families(d).redeem(ctx, origin, grant.Digest, grant.ClientID, now, "a device code was redeemed twice")
	if errors.Is(err, oauth.ErrNotFound) {
		err = oauth.ErrEnded
	}
	return family, refresh, err
}

// DeviceWish says what the device asks for whose user code was typed: all of it, since who reads a code from somewhere else
// must see what it would allow. Errors are *oauth.Error: oauth.InvalidRequest if no device shows that code,
// oauth.TooManyRequests after too many such.
func (p *Provider) DeviceWish(
	ctx context.Context, environment hub.Environment, server *oauth.Server, o signin.Origin, userCode string,
) (*Wish, error) {
	asked, err := server.DeviceAsked(ctx, oauth.Origin{Door: o.Door, Address: o.Address}, userCode)
	if err != nil {
		return nil, err
	}
	all, err := view{p.node, environment}.wantedOf(ctx, asked, nil)
	if err != nil {
		return nil, err
	}
	return newWish(asked, all), nil
}

// DecideDevice tells the device that the one who is signed in allows what it asks for, or refuses. Errors are those of
// DeviceWish, and fault.Unauthenticated.
func (p *Provider) DecideDevice(ctx context.Context, server *oauth.Server, visit signin.Visit, o signin.Origin, userCode string, allow bool) error {
	if !visit.SignedIn() {
		return fault.New(fault.Unauthenticated, "sign in first")
	}
	step := &oauth.Step{Kind: oauth.StepDeny}
	if allow {
		who, err := p.person(ctx, visit.User.ID)
		if err != nil {
			return err
		}
		session := visit.Session
		step = &oauth.Step{
			Kind: oauth.StepIssue, Subject: &who.subject, AuthTime: session.SignedInAt,
			Methods: session.Methods, Level: Level(session.Methods), Session: session.ID, Proof: inSession(session, ""),
		}
	}
	return server.DecideDevice(ctx, oauth.Origin{Door: o.Door, Address: o.Address, Agent: o.Agent}, userCode, step)
}
