package credential

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Flag is something about a credential that somebody should look at.
type Flag string

// The flags.
const (
	NeverUsed   Flag = "never-used"
	Unused      Flag = "unused"       // for 90 days
	Wide        Flag = "wide"         // a permanent token that is used, but not at all services of its scope
	OwnerGone   Flag = "owner-gone"   // whose it is was banned
	ExpiresSoon Flag = "expires-soon" // within 14 days
	Suspended   Flag = "suspended"    // a restore has switched it off until an administrator confirms it
	Superseded  Flag = "superseded"   // an older secret or key is still taken beside the one that replaced it
)

// Flags lists them all.
func Flags() []Flag {
	return []Flag{NeverUsed, Unused, Wide, OwnerGone, ExpiresSoon, Suspended, Superseded}
}

const (
	unusedAfter  = 90 * 24 * time.Hour
	soon         = 14 * 24 * time.Hour
	mostFindings = 1000
)

// Finding is a credential with something to look at. The secrets of a service are one, without an owner: its times are those
// of the secrets that are good.
type Finding struct {
	Kind         Kind
	ID           string
	Environment  hub.Environment // empty: of both
	Name         string
	Owner        hub.User // of a permanent token's only who it is and whether banned
	CreatedAt    time.Time
	ExpiresAt    time.Time // zero: never
	LastUsedAt   time.Time // zero: never
	LastUsedFrom string
	Flags        []Flag
	Idle         []hub.Service // of one that is wide: where it was not used for 90 days

	services   []string // ids of the services of its scope
	suspended  bool
	superseded bool
	replaced   time.Time // of an app: until when the key before is taken; zero: not at all
}

// HygieneQuery chooses findings.
type HygieneQuery struct {
	Own   bool   // the actor's own only
	Flag  Flag   // empty: any
	After string // where the page before ended; empty: from the start
	Limit int
}

// Hygiene lists credentials with something to look at, in the actor's environment, by kind and id: the own ones, or by
// hub:admin-read everybody's. Of a large hub a page may hold fewer than asked for, and none at all, though there are more: next
// is where it goes on, empty at the end. Errors: fault.Forbidden; fault.Invalid for a flag or a place that is none.
func (cs *Credentials) Hygiene(ctx context.Context, actor hub.Actor, query HygieneQuery) (findings []Finding, next string, err error) {
	if query.Flag != "" && !slices.Contains(Flags(), query.Flag) {
		return nil, "", fault.Fields("", fault.Field{
			Name:   "flag",
			Reason: "must be one of never-used, unused, wide, owner-gone, expires-soon, suspended, superseded",
		})
	}
	if !query.Own {
		if err := actor.Require("admin-read", ""); err != nil {
			return nil, "", err
		}
	}
	place, id, _ := strings.Cut(query.After, "/")
	if query.After != "" && !slices.Contains(sweptKinds(), Kind(place)) {
		return nil, "", fault.Fields("", fault.Field{Name: "after", Reason: "is not where a page ended"})
	}
	err = cs.Store.View(ctx, func(q store.Reader) error {
		s := &sweep{reading: newReading(ctx, q, actor, cs.Store.Now()), query: query, users: map[string]hub.User{}}
		s.query.Limit = min(max(s.query.Limit, 1), mostFindings)
		findings, next, err = s.run(Kind(place), id)
		return err
	})
	return findings, next, err
}

// bears is what each flag means.
func (f Finding) bears(flag Flag, now time.Time) bool {
	switch flag {
	case NeverUsed:
		return f.LastUsedAt.IsZero()
	case Unused:
		used := f.LastUsedAt
		if used.IsZero() {
			used = f.CreatedAt
		}
		return now.Sub(used) > unusedAfter
	case Wide:
		return len(f.Idle) > 0
	case OwnerGone:
		return f.Owner.ID != "" && !f.Owner.Active()
	case Suspended:
		return f.suspended
	case Superseded:
		return f.superseded
	}
	return !f.ExpiresAt.IsZero() && f.ExpiresAt.Sub(now) < soon
}
