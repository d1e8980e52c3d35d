package credential_test

import (
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestSessionsAreEndedByWhoeverTheyAreOfOneByOneOrAllButOne(t *testing.T) {
	d, now := newDesk(t, storetest.SQLite(t)), time.Now()
	bob, carl := d.users["bob"].ID, d.users["carl"].ID
	err := d.store.Tx(t.Context(), func(tx *store.Tx) error {
		for id, of := range map[string]string{"b1": bob, "b2": bob, "b3": bob, "c1": carl} {
			if err := tx.InsertSession(t.Context(), hub.Session{
				ID: id, Digest: []byte(id), UserID: of, SignedInAt: now,
				CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, actor := t.Context(), d.as("bob")
	left := func(of string) int {
		sessions, err := d.Sessions(ctx, d.as("ada"), of)
		if err != nil {
			t.Error(err)
		}
		return len(sessions)
	}
	if err := d.DeleteSession(ctx, actor, bob, "c1"); !fault.Is(err, fault.NotFound) || left(carl) != 1 {
		t.Errorf("somebody else's session by the own address: %v", err)
	}
	if err := d.DeleteSession(ctx, actor, carl, "c1"); !fault.Is(err, fault.Forbidden) || left(carl) != 1 {
		t.Errorf("somebody else's session: %v", err)
	}
	if err := d.DeleteSession(ctx, actor, bob, "b1"); err != nil || left(bob) != 2 || d.lastEvent().Action != "session.end" {
		t.Errorf("one: %v, %+v", err, d.lastEvent())
	}
	if ended, err := d.DeleteSessions(ctx, actor, bob, "b3"); err != nil || ended != 1 || left(bob) != 1 {
		t.Errorf("all but one: %d, %v", ended, err)
	}
	if ended, err := d.DeleteSessions(ctx, actor, bob, ""); err != nil || ended != 1 || left(bob) != 0 {
		t.Errorf("all: %d, %v", ended, err)
	}
}
