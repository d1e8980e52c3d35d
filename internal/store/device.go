package store

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

const deviceColumns = `digest, environment, client_id, user_code, scope, source, offline, polled_at, decided_at, allowed, ends_at`

var (
	selectDevice        = prepared(`SELECT ` + deviceColumns + ` FROM device_grants WHERE digest = $1 AND environment = $2 AND client_id = $3`)
	selectWaitingDevice = prepared(`SELECT ` + deviceColumns + ` FROM device_grants WHERE environment = $1 AND user_code = $2 AND ends_at > $3`)
	countDevices        = prepared(`SELECT count(*) FROM device_grants WHERE environment = $1 AND client_id = $2 AND ends_at > $3`)
	heaviestDevices     = prepared(`SELECT source FROM device_grants WHERE environment = $1 AND client_id = $2 AND ends_at > $3 AND decided_at = 0
		GROUP BY source ORDER BY count(*) DESC, source LIMIT 1`)
	deleteOldestDevices = prepared(`DELETE FROM device_grants WHERE digest IN (SELECT digest FROM device_grants
		WHERE environment = $1 AND client_id = $2 AND ends_at > $3 AND decided_at = 0 AND source = $4 ORDER BY ends_at, digest LIMIT $5) RETURNING 1`)
	countDevicesFrom = prepared(`SELECT count(*) FROM device_grants WHERE environment = $1 AND source = $2 AND ends_at > $3`)
	sourceOfDevices  = prepared(`SELECT source FROM device_grants WHERE environment = $1 AND source = $2 AND ends_at > $3 AND decided_at = 0 LIMIT 1`)
	deleteOldestFrom = prepared(`DELETE FROM device_grants WHERE digest IN (SELECT digest FROM device_grants
		WHERE environment = $1 AND source = $2 AND ends_at > $3 AND decided_at = 0 AND source = $4 ORDER BY ends_at, digest LIMIT $5) RETURNING 1`)
	deleteEndedDevice = prepared(`DELETE FROM device_grants WHERE environment = $1 AND user_code = $2 AND ends_at <= $3`)
	insertDevice      = prepared(`INSERT INTO device_grants (` + deviceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (environment, user_code) DO NOTHING`)
	pollDevice   = prepared(`UPDATE device_grants SET polled_at = $1 WHERE digest = $2 AND environment = $3`)
	decideDevice = prepared(`UPDATE device_grants SET decided_at = $1, allowed = $2 WHERE environment = $3 AND user_code = $4 AND decided_at = 0 AND ends_at > $1
		RETURNING ` + deviceColumns)
	deleteEndedDevices = prepared(`DELETE FROM device_grants WHERE digest IN (SELECT digest FROM device_grants WHERE ends_at < $1 LIMIT $2)`)
)

func scanDevice(row scanner, d *hub.DeviceGrant) error {
	return row.Scan(&d.Digest, &d.Environment, &d.ClientID, &d.UserCode, document{&d.Scope}, &d.Source, &d.Offline,
		moment{&d.PolledAt}, moment{&d.DecidedAt}, &d.Allowed, moment{&d.EndsAt})
}

// DeviceGrant gives the grant of a client's device code, also one that was decided or has ended.
func (r *Reader) DeviceGrant(ctx context.Context, environment hub.Environment, clientID string, digest []byte) (hub.DeviceGrant, error) {
	return one(ctx, r, selectDevice, scanDevice, blob(digest), environment, clientID)
}

// WaitingDevice gives the grant of a user code that has not ended, also one that was decided.
func (r *Reader) WaitingDevice(ctx context.Context, environment hub.Environment, userCode []byte, now time.Time) (hub.DeviceGrant, error) {
	return one(ctx, r, selectWaitingDevice, scanDevice, environment, blob(userCode), millis(now))
}

// InsertDeviceGrant keeps a device that begins to wait. Strangers can make any number of them, so those of one client may be
// so many, and the source that most of them came from makes room for more; of a few clients one source may have as many. Many at once
// may go beyond that by a few. What a person has decided stays. It reports whether the user code was free. Errors: fault.Limited
// if all were decided.
func (s *Store) InsertDeviceGrant(ctx context.Context, d hub.DeviceGrant, now time.Time, most int64) (free bool, err error) {
	of, from := []any{d.Environment, d.ClientID, millis(now)}, []any{d.Environment, d.Source, millis(now)}
	waiting, err := one(ctx, &s.Reader, countDevices, value[int64], of...)
	if err != nil {
		return false, err
	}
	ofSource, err := one(ctx, &s.Reader, countDevicesFrom, value[int64], from...)
	if err != nil {
		return false, err
	}
	scope, err := asJSON(d.Scope)
	if err != nil {
		return false, err
	}
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		if err := tx.makeRoom(ctx, waiting+1-most, most, heaviestDevices, deleteOldestDevices, of); err != nil {
			return err
		}
		if err := tx.makeRoom(ctx, ofSource+1-ofOneSource*most, most, sourceOfDevices, deleteOldestFrom, from); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, deleteEndedDevice, d.Environment, blob(d.UserCode), millis(now)); err != nil {
			return err
		}
		rows, err := tx.exec(ctx, insertDevice, blob(d.Digest), d.Environment, d.ClientID, blob(d.UserCode), scope, d.Source, d.Offline,
			millis(d.PolledAt), millis(d.DecidedAt), d.Allowed, millis(d.EndsAt))
		free = rows > 0
		return err
	})
	return free, err
}

// PollDevice notes that a device asked.
func (s *Store) PollDevice(ctx context.Context, environment hub.Environment, digest []byte, now time.Time) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		_, err := tx.exec(ctx, pollDevice, millis(now), blob(digest), environment)
		return err
	})
}

// DeviceDecision is what a person says to a device.
type DeviceDecision struct {
	Environment hub.Environment
	UserCode    []byte
	Now         time.Time
	Allow       func(hub.DeviceGrant) hub.Family // gives what is allowed, whose code is the device's; nil: it is refused
	// Also runs, in the same transaction, when something was allowed; its error undoes it all.
	Also func(*Tx) error
}

// DecideDevice keeps a decision. One UPDATE decides which of many counts, on any number of nodes; it reports whether this one
// does. Errors: fault.NotFound if nothing waits under that user code.
func (s *Store) DecideDevice(ctx context.Context, decision DeviceDecision) (counts bool, err error) {
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		counts = false
		d, err := one(ctx, &tx.Reader, decideDevice, scanDevice,
			millis(decision.Now), decision.Allow != nil, decision.Environment, blob(decision.UserCode))
		if fault.Is(err, fault.NotFound) {
			_, err = tx.WaitingDevice(ctx, decision.Environment, decision.UserCode, decision.Now)
			return err
		}
		if err != nil {
			return err
		}
		counts = true
		if decision.Allow == nil {
			return nil
		}
		family := decision.Allow(d)
		if err := tx.holdUser(ctx, family.UserID, false); err != nil {
			return err
		}
		if err := tx.insertFamily(ctx, family); err != nil {
			return err
		}
		return decision.Also(tx)
	})
	return counts, err
}
