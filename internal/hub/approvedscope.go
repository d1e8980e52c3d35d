package hub

import (
	"slices"
	"strings"
	"time"
)

// ApprovedScope is what a user allowed a service, so that the user is not asked for it again.
type ApprovedScope struct {
	ID          string
	Environment Environment
	ClientID    string
	UserID      string
	Items       []string // scope items: ids of services, "id:permission", and reserved items; sorted
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Covers reports whether an item was allowed: itself, or the whole service of which it asks for one permission.
func (a ApprovedScope) Covers(item string) bool {
	if slices.Contains(a.Items, item) {
		return true
	}
	service, _, part := strings.Cut(item, ":")
	return part && slices.Contains(a.Items, service)
}

// With adds items to those that were allowed.
func (a ApprovedScope) With(items []string) ApprovedScope {
	a.Items = append(slices.Clone(a.Items), items...)
	slices.Sort(a.Items)
	a.Items = slices.Compact(a.Items)
	return a
}
