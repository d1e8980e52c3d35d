package audit

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// Denied is an address from which an app was used, and which its allowlist does not hold.
type Denied struct {
	Address  netip.Addr
	Attempts int64 // as far as they are kept
	Last     time.Time
}

// deniedLooked is how many refusals of an app are looked at for the addresses that were denied.
const deniedLooked = 200

// Denied lists the addresses from which an app of the actor's was used in vain since a time, the latest first; those that have
// been allowed since are left out. To others than those who may have its refusals explained it gives nothing.
func (l *Log) Denied(ctx context.Context, actor hub.Actor, app hub.App, since time.Time) ([]Denied, error) {
	refusals, err := l.Store.RefusalsOfClient(ctx, app.Environment, app.ID, deniedLooked)
	if err != nil {
		return nil, err
	}
	mine := owner{userID: app.UserID, service: hub.Service{Environment: app.Environment}}
	var all []Denied
	for _, refusal := range refusals {
		address, err := netip.ParseAddr(refusal.Address)
		if err != nil || refusal.Setting != oauth.SettingAllowlist || refusal.At.Before(since) || !mine.concerns(actor, refusal) {
			continue
		}
		address = address.Unmap()
		if slices.ContainsFunc(app.Allowlist, func(entry hub.AllowedAddress) bool { return entry.Prefix.Contains(address) }) {
			continue
		}
		at := slices.IndexFunc(all, func(d Denied) bool { return d.Address == address })
		if at < 0 {
			all = append(all, Denied{Address: address, Last: refusal.At})
			at = len(all) - 1
		}
		all[at].Attempts += refusal.Count
	}
	return all, nil
}
