package credential

import (
	"context"
	"net/netip"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// maxAllowed is the most entries of an allowlist.
const maxAllowed = 500

// AllowAddress adds an address (192.0.2.7) or range (192.0.2.0/24) from which an app may be used, by hub:self-update. For
// someone else's, which is made to do more so, it needs what making one needs.
//
// Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp, fault.Conflict for one that is there.
func (cs *Credentials) AllowAddress(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, appID, address,
	text string) (hub.AllowedAddress, error) {
	prefix, err := hub.ParsePrefix(address)
	wrong := fault.Field{Name: "address"}
	if err != nil {
		wrong.Reason = "cannot be read: " + err.Error()
	}
	var note fault.Field
	if text != "" {
		note = fault.Field{Name: "note", Reason: hub.CheckName(text)}
	}
	if err := fault.Fields("the address cannot be allowed:", wrong, note); err != nil {
		return hub.AllowedAddress{}, err
	}
	entry := hub.AllowedAddress{ID: hub.NewID(), Prefix: prefix, Note: text}
	err = cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, userID, appID)
		if err != nil {
			return err
		}
		if actor.User.ID != userID {
			if err := c.mayMake(environment); err != nil {
				return err
			}
		}
		switch {
		case slices.ContainsFunc(app.Allowlist, func(there hub.AllowedAddress) bool { return there.Prefix == prefix }):
			return fault.New(fault.Conflict, "%s is allowed already", prefix)
		case len(app.Allowlist) >= maxAllowed:
			return fault.New(fault.Conflict, "an allowlist has at most %d entries: allow ranges", maxAllowed)
		}
		entry.CreatedAt = c.now
		if err := c.InsertAllowedAddress(ctx, environment, appID, entry); err != nil {
			return err
		}
		return c.told(environment, "app.allow", "app", app.ID, app.Label, map[string]any{"address": prefix.String()})
	})
	return entry, err
}

// DisallowAddress takes an entry off again, by the same permission. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) DisallowAddress(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, appID,
	entryID string) error {
	return cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, userID, appID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(app.Allowlist, func(there hub.AllowedAddress) bool { return there.ID == entryID })
		if at < 0 {
			return fault.New(fault.NotFound, "the allowlist of app %s has no entry %s", appID, entryID)
		}
		if err := c.DeleteAllowedAddress(ctx, environment, appID, entryID); err != nil {
			return err
		}
		return c.told(environment, "app.disallow", "app", app.ID, app.Label,
			map[string]any{"address": app.Allowlist[at].Prefix.String()})
	})
}

// AnyAddress reports whether an entry lets an app be used from everywhere, which is shown with a warning.
func AnyAddress(prefix netip.Prefix) bool { return prefix.IsValid() && prefix.Bits() == 0 }
