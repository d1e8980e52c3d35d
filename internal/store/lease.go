package store

import "context"

// Lease is who does something that only one node does at a time. The holder moves Beat on while it lives; nobody compares
// clocks.
type Lease struct {
	Holder string
	Beat   int64
}

var (
	selectLease = prepared(`SELECT holder, beat FROM leases WHERE name = $1`)
	upsertLease = prepared(`INSERT INTO leases (name, holder, beat) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, beat = excluded.beat`)
	deleteLease = prepared(`DELETE FROM leases WHERE name = $1 AND holder = $2`)
)

// Lease gives the lease of this name, fault.NotFound if nobody has it.
func (r *Reader) Lease(ctx context.Context, name string) (Lease, error) {
	return one(ctx, r, selectLease, func(row scanner, l *Lease) error { return row.Scan(&l.Holder, &l.Beat) }, name)
}

// SetLease gives the lease to a holder, or moves its beat on.
func (tx *Tx) SetLease(ctx context.Context, name string, lease Lease) error {
	_, err := tx.exec(ctx, upsertLease, name, lease.Holder, lease.Beat)
	return err
}

// EndLease ends a lease if it still is the holder's.
func (tx *Tx) EndLease(ctx context.Context, name, holder string) error {
	_, err := tx.exec(ctx, deleteLease, name, holder)
	return err
}
