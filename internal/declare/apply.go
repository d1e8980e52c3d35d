package declare

import (
	"context"
	"fmt"
	"reflect"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Apply writes what a document declares, wholly or not at all, and returns what it changed. A second time it finds nothing
// to do. Each noun that changes has its event.
//
// The document is held against the database before the transaction, since that may take long (passwords are hashed), and
// once more in it if the database has changed meanwhile.
//
// Errors: as Plan; fault.Conflict, with the line, where the database refuses; fault.Conflict if nobody would be left who may
// do everything.
func Apply(ctx context.Context, s *store.Store, master *secret.Master, document *Document, options Options) (Difference, error) {
	before, err := view(ctx, s, document)
	if err != nil {
		return Difference{}, err
	}
	memory := newMemory()
	difference, err := compare(before, master, document, options, memory, s.Now())
	if err != nil {
		return Difference{}, err
	}
	if difference.Empty() {
		return *difference, nil
	}
	err = s.Bulk(ctx, func(tx *store.Tx) error {
		now, err := loadFor(ctx, tx.Reader, document)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(before, now) {
			if difference, err = compare(now, master, document, options, memory, s.Now()); err != nil {
				return err
			}
			before = now
		}
		return difference.write(ctx, &applying{tx: tx, actor: options.Actor, now: s.Now()}, document.Name)
	})
	if err != nil {
		return Difference{}, err
	}
	return *difference, nil
}

func (d *Difference) write(ctx context.Context, w *applying, file string) error {
	administrators, err := directory.HasAdministrator(ctx, w.tx.Reader)
	if err != nil {
		return err
	}
	for _, c := range d.Changes {
		err := c.write(ctx, w)
		if err == nil {
			err = w.record(ctx, c)
		}
		if err != nil {
			return at(err, file, c)
		}
	}
	if !administrators {
		return nil
	}
	return directory.KeepAdministrator(ctx, w.tx.Reader)
}

// at says which entry of the document the database refused.
func at(err error, file string, c Change) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	place := file
	if c.line > 0 {
		place = fmt.Sprintf("%s:%d", file, c.line)
	}
	reason := err.Error()
	if known, is := err.(*fault.Error); is {
		reason = known.Message
	}
	return fault.Wrap(fault.Conflict, err, "%s: the %s %s cannot be written: %s", place, c.What, printable(c.Name), reason)
}
