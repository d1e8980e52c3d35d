package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Bootstrap makes what exists from the first start: the default roles, the Hub service of each environment, the group of
// all users, and the guest, who is banned. What is there already stays as it is. Any number of nodes may do it at the same time.
func Bootstrap(ctx context.Context, db *store.Store) error {
	if whole, err := bootstrapped(ctx, db.Reader); err != nil || whole {
		return err
	}
	return db.Tx(ctx, func(tx *store.Tx) error {
		now := hub.Now()
		for _, role := range hub.DefaultRoles() {
			role.CreatedAt, role.UpdatedAt = now, now
			_, err := tx.Role(ctx, role.ID)
			if err := ifMissing(err, func() error { return tx.InsertRole(ctx, role) }); err != nil {
				return err
			}
		}
		for _, environment := range hub.Environments() {
			service := hub.HubService(environment)
			service.CreatedAt, service.UpdatedAt = now, now
			_, err := tx.Service(ctx, environment, service.ID)
			if err := ifMissing(err, func() error { return tx.InsertService(ctx, service) }); err != nil {
				return err
			}
		}
		group := hub.AllUsersGroup()
		group.CreatedAt, group.UpdatedAt = now, now
		_, err := tx.Group(ctx, group.ID)
		if err := ifMissing(err, func() error { return tx.InsertGroup(ctx, group) }); err != nil {
			return err
		}
		guest := hub.GuestUser()
		guest.CreatedAt, guest.UpdatedAt = now, now
		_, err = tx.User(ctx, guest.ID)
		return ifMissing(err, func() error { return tx.InsertUser(ctx, guest) })
	})
}

// bootstrapped looks first, so that a start writes nothing when there is nothing to do.
func bootstrapped(ctx context.Context, q store.Reader) (bool, error) {
	_, err := q.User(ctx, hub.GuestID)
	if err == nil {
		_, err = q.Group(ctx, hub.AllUsersGroupID)
	}
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func ifMissing(err error, make func() error) error {
	if fault.Is(err, fault.NotFound) {
		return make()
	}
	return err
}
