package credential

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Glance is how many credentials bear a flag.
type Glance struct {
	Flag  Flag
	First string // what one of them is called
	N     int    // at most glancedAt
	More  bool   // there are more than N, or so many to look at that nobody has counted
}

// glancedAt is how many are counted.
const glancedAt = 100

// glancedFlags are those that somebody should do something about, the most pressing first.
func glancedFlags() []Flag { return []Flag{OwnerGone, ExpiresSoon, Unused, Wide} }

// Glance counts what Hygiene lists in the actor's environment, for flags that any credential bears. It is what a page may ask for
// again and again: the answer is kept until credentials or users change, and for a minute at most. Errors: fault.Forbidden.
func (cs *Credentials) Glance(ctx context.Context, actor hub.Actor) ([]Glance, error) {
	if err := actor.Require("admin-read", ""); err != nil {
		return nil, err
	}
	cs.glancing.Do(func() {
		cs.glances = store.NewMemo(cs.Store, cs.glance,
			store.UserChanged, store.ServiceChanged, store.APIClientChanged, store.AppChanged,
			store.PermanentTokenChanged, store.ApplicationPasswordChanged)
	})
	return cs.glances.Get(ctx, actor.Environment)
}

func (cs *Credentials) glance(ctx context.Context, environment hub.Environment) ([]Glance, error) {
	everybody := hub.System("page")
	everybody.Environment = environment
	var found []Glance
	for _, flag := range glancedFlags() {
		list, next, err := cs.Hygiene(ctx, everybody, HygieneQuery{Flag: flag, Limit: glancedAt})
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			found = append(found, Glance{Flag: flag, First: list[0].Name, N: len(list), More: next != ""})
		}
	}
	return found, nil
}
