package keyring_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func newRing(t *testing.T, db *store.Store) *keyring.Ring {
	t.Helper()
	master, err := secret.NewMaster([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return &keyring.Ring{Store: db, Master: master, Settle: 10 * time.Minute, Linger: time.Hour}
}

func begun(t *testing.T, db *store.Store) *keyring.Ring {
	t.Helper()
	ring := newRing(t, db)
	if err := ring.Ensure(t.Context(), hub.System("test"), hub.Environments(), hub.UseAccess); err != nil {
		t.Fatal(err)
	}
	refresh(t, ring)
	return ring
}

func refresh(t *testing.T, ring *keyring.Ring) {
	t.Helper()
	if err := ring.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func signerID(t *testing.T, ring *keyring.Ring) string {
	t.Helper()
	signer, err := ring.Signer(hub.Production, hub.UseAccess)
	if err != nil {
		t.Fatal(err)
	}
	return signer.KeyID()
}

func published(t *testing.T, ring *keyring.Ring) []string {
	t.Helper()
	set, err := ring.Published(hub.Production)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, key := range set.Keys() {
		ids = append(ids, key.ID)
	}
	return ids
}

func TestANewKeyIsPublishedBeforeItSigns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		ring := begun(t, database.Open(t))
		before := signerID(t, ring)
		if err := ring.Rotate(t.Context(), hub.System("test"), false); err != nil {
			t.Fatal(err)
		}
		refresh(t, ring)
		if signerID(t, ring) != before {
			t.Error("the new key signs before anybody can know it")
		}
		if ids := published(t, ring); len(ids) != 2 {
			t.Errorf("published: %v", ids)
		}
	})
}

func TestTheClockOfAllNodesSaysWhenANewKeySignsAndAnOldOneLeaves(t *testing.T) {
	database := storetest.SQLite(t)
	var ahead atomic.Int64
	database.Options.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	ring := begun(t, database.Open(t))
	before := signerID(t, ring)
	if err := ring.Rotate(t.Context(), hub.System("test"), false); err != nil {
		t.Fatal(err)
	}
	refresh(t, ring)
	ahead.Add(int64(ring.Settle + time.Second))
	if signerID(t, ring) == before {
		t.Error("the new key has settled, and the old one signs")
	}
	ahead.Add(int64(ring.Linger))
	refresh(t, ring)
	if ids := published(t, ring); len(ids) != 1 || ids[0] == before {
		t.Errorf("published: %v, and nobody needs %s any more", ids, before)
	}
}

// Of two nodes that start on an empty database at once, one makes the keys, and the clock of the other may be a moment behind.
func TestTheFirstKeyOfAllSignsBeforeItsTime(t *testing.T) {
	database := storetest.SQLite(t)
	var ahead atomic.Int64
	database.Options.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	ring := begun(t, database.Open(t))
	ahead.Store(-int64(time.Second))
	if first := signerID(t, ring); first != published(t, ring)[0] {
		t.Errorf("%s signs, and %s is the only key", first, published(t, ring)[0])
	}
}

func TestASecondRotationWaitsUntilTheFirstHasSettled(t *testing.T) {
	ring := begun(t, storetest.SQLite(t).Open(t))
	if err := ring.Rotate(t.Context(), hub.System("test"), false); err != nil {
		t.Fatal(err)
	}
	if err := ring.Rotate(t.Context(), hub.System("test"), false); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "--now") {
		t.Errorf("second rotation: %v", err)
	}
	before := signerID(t, ring)
	if err := ring.Rotate(t.Context(), hub.System("test"), true); err != nil {
		t.Fatal(err)
	}
	refresh(t, ring)
	after := signerID(t, ring)
	if after == before {
		t.Error("with a lost key the new one does not sign at once")
	}
	if ids := published(t, ring); len(ids) != 2 || ids[0] != before {
		t.Errorf("published %v: the old key must go on checking tokens, and the one that never signed must be gone", ids)
	}
}

func TestManyNodesRotatingAtOnceLeaveOneNewKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		nodes := []*keyring.Ring{begun(t, database.Open(t))}
		if database.Engine == "postgres" {
			nodes = append(nodes, begun(t, database.Open(t)))
		}
		var done atomic.Int32
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				err := nodes[i%len(nodes)].Rotate(context.Background(), hub.System("test"), false)
				switch {
				case err == nil:
					done.Add(1)
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
				}
			})
		}
		group.Wait()
		refresh(t, nodes[0])
		if ids := published(t, nodes[0]); len(ids) != 2 {
			t.Errorf("%d rotations succeeded, published: %v", done.Load(), ids)
		}
	})
}

func TestManyNodesStartingAtOnceMakeOneKeyForEachUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		ring := newRing(t, database.Open(t))
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if err := ring.Ensure(context.Background(), hub.System("test"), hub.Environments(), hub.UseAccess); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		keys, err := ring.Store.SigningKeys(t.Context())
		if err != nil || len(keys) != 2 {
			t.Errorf("%d keys, %v", len(keys), err)
		}
	})
}

func TestAnAgedKeyIsRotatedByItselfAndOnce(t *testing.T) {
	ring := begun(t, storetest.SQLite(t).Open(t))
	for range 2 {
		if err := ring.RotateAged(t.Context(), hub.System("test"), 0); err != nil {
			t.Fatal(err)
		}
	}
	refresh(t, ring)
	if ids := published(t, ring); len(ids) != 2 {
		t.Errorf("published: %v", ids)
	}
	if err := ring.RotateAged(t.Context(), hub.System("test"), time.Hour); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyThatNoLiveTokenNeedsIsSweptAway(t *testing.T) {
	db := storetest.SQLite(t).Open(t)
	ring := begun(t, db)
	ring.Linger = -time.Second
	if err := ring.Rotate(t.Context(), hub.System("test"), true); err != nil {
		t.Fatal(err)
	}
	refresh(t, ring)
	if ids := published(t, ring); len(ids) != 1 || ids[0] != signerID(t, ring) {
		t.Errorf("published: %v", ids)
	}
	if err := ring.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys, _ := db.SigningKeys(t.Context()); len(keys) != 2 {
		t.Errorf("%d keys are left in both environments", len(keys))
	}
}

func TestKeysSealedUnderAnotherMasterKeyAreRefusedByName(t *testing.T) {
	db := storetest.SQLite(t).Open(t)
	begun(t, db)
	other, err := secret.NewMaster([]byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	stranger := &keyring.Ring{Store: db, Master: other}
	if err := stranger.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "signing key") {
		t.Errorf("got %v", err)
	}
	if _, err := stranger.Published(hub.Production); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an empty ring answers %v", err)
	}
}
