package hub

import "time"

// Keys of the roles that exist from the start.
const (
	SystemAdmin = "system-admin" // every permission, those of later services included
	Contributor = "contributor"
	Observer    = "observer"
)

// AllPermissions stands, in a role's permissions, for every permission there is or will be.
const AllPermissions = "*"

// Role is a set of permissions. Permissions reach anyone only through roles.
type Role struct {
	ID          string
	Key         string
	Name        string
	Description string
	Permissions []string // "service-key:permission", or AllPermissions; sorted
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// HolderKind says what a grant is given to.
type HolderKind string

// The kinds of holder.
const (
	HolderUser    HolderKind = "user"
	HolderGroup   HolderKind = "group"
	HolderService HolderKind = "service"
)

// Grant gives a role to a holder: globally or, with Organisation set, for that organisation's services and people only;
// in one environment or, with Environment empty, in all.
type Grant struct {
	ID           string
	RoleID       string
	HolderKind   HolderKind
	HolderID     string
	Organisation string
	Environment  Environment
	CreatedAt    time.Time
	AuthorID     string // who gave it; empty: nobody did, it came with the declared state
	AuthorName   string
}

// SameAs reports whether another grant gives the same role to the same holder in the same places.
func (g Grant) SameAs(other Grant) bool {
	g.ID, g.CreatedAt, g.AuthorID, g.AuthorName = other.ID, other.CreatedAt, other.AuthorID, other.AuthorName
	return g == other
}

// HeldRole is a grant together with what it names.
type HeldRole struct {
	Grant Grant
	Role  Role
	In    Organisation // zero: everywhere
}

// DefaultRoles are made with the first start. System Admin and Contributor cannot be deleted.
func DefaultRoles() []Role {
	return []Role{
		{
			ID: "system-admin", Key: SystemAdmin, Name: "System Admin",
			Description: "Everything, services added later included.", Permissions: []string{AllPermissions},
		},
		{
			ID: "contributor", Key: Contributor, Name: "Contributor", Description: "Reads people and updates the own account.",
			Permissions: []string{"hub:self-update", "hub:user-read", "hub:user-read-basic"},
		},
		{ID: "observer", Key: Observer, Name: "Observer", Description: "Updates the own account.", Permissions: []string{"hub:self-update"}},
	}
}
