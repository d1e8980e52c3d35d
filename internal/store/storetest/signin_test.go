package storetest_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// addAda adds a user to hang codes on.
func addAda(t *testing.T, s *store.Store) {
	t.Helper()
	ada := hub.User{ID: "ada", Login: "ada", Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
	if err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertUser(t.Context(), ada) }); err != nil {
		t.Fatal(err)
	}
}

// inTx runs one change.
func inTx(t *testing.T, s *store.Store, do func(*store.Tx) error) {
	t.Helper()
	if err := s.Tx(t.Context(), do); err != nil {
		t.Error(err)
	}
}

func TestARecoveryCodeIsGoodOnceHoweverManyTryItAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx := database.Open(t), t.Context()
		addAda(t, s)
		inTx(t, s, func(tx *store.Tx) error { return tx.SetRecoveryCodes(ctx, "ada", [][]byte{{1}, {2}}) })
		var won atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				used := false
				inTx(t, s, func(tx *store.Tx) (err error) {
					used, err = tx.UseRecoveryCode(ctx, "ada", []byte{1}, hub.Now())
					return err
				})
				if used {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("the code was good %d times", won.Load())
		}
		if left, err := s.RecoveryCodesLeft(ctx, "ada"); left != 1 || err != nil {
			t.Errorf("%d codes are left, %v", left, err)
		}
	})
}

func TestAResetCodeIsGoodOnceForItsUserWhileItLives(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := database.Open(t), t.Context(), hub.Now()
		addAda(t, s)
		for _, code := range []store.ResetCode{
			{Digest: []byte("good"), UserID: "ada", CreatedAt: now, ExpiresAt: now.Add(time.Minute)},
			{Digest: []byte("old"), UserID: "ada", CreatedAt: now, ExpiresAt: now},
			{Digest: []byte("nobody's"), CreatedAt: now, ExpiresAt: now.Add(time.Minute)},
		} {
			inTx(t, s, func(tx *store.Tx) error { return tx.InsertResetCode(ctx, code) })
		}
		for code, want := range map[string]string{"good": "ada", "old": "", "nobody's": "", "unknown": ""} {
			owner, err := s.UserOfResetCode(ctx, []byte(code), now)
			if owner != want || (want == "") != fault.Is(err, fault.NotFound) {
				t.Errorf("the code %s opens %q, %v", code, owner, err)
			}
			var won atomic.Int64
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					err := s.Tx(ctx, func(tx *store.Tx) error { _, err := tx.UseResetCode(ctx, []byte(code), now); return err })
					if err == nil {
						won.Add(1)
					} else if !fault.Is(err, fault.NotFound) {
						t.Errorf("the code %s: %v", code, err)
					}
				})
			}
			all.Wait()
			if (won.Load() == 1) != (want != "") || won.Load() > 1 {
				t.Errorf("the code %s was good %d times", code, won.Load())
			}
		}
	})
}

func TestALetterIsClaimedByOneUntilTheClaimEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := database.Open(t), t.Context(), hub.Now()
		for _, id := range []string{"a", "b", "later", "over"} {
			letter := store.Letter{ID: id, Sealed: []byte(id), CreatedAt: now, DueAt: now, ExpiresAt: now.Add(time.Hour)}
			switch id {
			case "later":
				letter.DueAt = now.Add(time.Hour)
			case "over":
				letter.ExpiresAt = now.Add(-time.Second)
			}
			inTx(t, s, func(tx *store.Tx) error { return tx.InsertLetter(ctx, letter) })
		}
		var lock sync.Mutex
		claims := map[string]int{}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				letters, err := s.ClaimLetters(ctx, now, now.Add(time.Minute), 10)
				if err != nil {
					t.Error(err)
				}
				lock.Lock()
				defer lock.Unlock()
				for _, letter := range letters {
					claims[letter.ID]++
				}
			})
		}
		all.Wait()
		if len(claims) != 2 || claims["a"] != 1 || claims["b"] != 1 {
			t.Errorf("claimed: %v", claims)
		}
		again, err := s.ClaimLetters(ctx, now.Add(2*time.Minute), now.Add(3*time.Minute), 10)
		if err != nil || len(again) != 2 || again[0].Attempts != 2 {
			t.Errorf("after the claim ended: %v, %v", again, err)
		}
	})
}
