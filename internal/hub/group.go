package hub

import (
	"strings"
	"time"
)

// AllUsersGroupID is the id of the group that holds everyone without being listed as a membership.
const AllUsersGroupID = "all-users"

// Group gathers users so that roles and rules can be given to many at once. A group may hold groups: whoever is in one of
// them is in it, wherever membership counts.
type Group struct {
	ID               string
	Name             string
	Description      string
	RequireTwoFactor bool
	TwoFactorGrace   time.Duration // how long a member may do without; counted from TwoFactorSince or from joining, the later
	TwoFactorSince   time.Time     // when the rule was set
	AutoJoin         bool          // new users join by themselves
	AutoJoinDomain   string        // only those with a verified address in this domain; empty: all
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// Takes reports whether a user joins the group without being put into it.
func (g Group) Takes(u User) bool {
	if !g.AutoJoin || u.Kind == Guest {
		return false
	}
	_, domain, _ := strings.Cut(u.Email, "@")
	return g.AutoJoinDomain == "" || u.EmailVerified && Fold(domain) == Fold(g.AutoJoinDomain)
}

// Member is a group as one of its members is in it.
type Member struct {
	Group
	Since time.Time // when the user joined first; zero: not known
}

// TwoFactorFrom is when the rule of the group begins to ask the member for a second factor; zero: it never does.
func (m Member) TwoFactorFrom() time.Time {
	from := time.Unix(0, 0)
	for _, at := range []time.Time{m.TwoFactorSince, m.Since} {
		if at.After(from) {
			from = at
		}
	}
	if !m.RequireTwoFactor {
		return time.Time{}
	}
	return from.Add(m.TwoFactorGrace)
}

// NeedsTwoFactor reports whether the rule of the group asks the member for a second factor at this time.
func (m Member) NeedsTwoFactor(now time.Time) bool {
	from := m.TwoFactorFrom()
	return !from.IsZero() && !now.Before(from)
}
