package hub

import "time"

// AllUsersGroupID is the id of the group that holds everyone without being listed as a membership.
const AllUsersGroupID = "all-users"

// Group gathers users so that roles and rules can be given to many at once.
type Group struct {
	ID               string
	Name             string
	Description      string
	RequireTwoFactor bool
	CreatedAt        time.Time
	UpdatedAt        time.Time
}
