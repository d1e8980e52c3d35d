package storetest_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// addApp adds a service that people allow things, and Ada.
func addApp(t *testing.T, s *store.Store) {
	t.Helper()
	addAda(t, s)
	inTx(t, s, func(tx *store.Tx) error {
		return tx.InsertService(t.Context(), hub.Service{
			ID: "app", Environment: hub.Test, Key: "app", Name: "App", CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
}

// family is what Ada allowed the app, redeemable by a code.
func family(id string, now time.Time) hub.Family {
	return hub.Family{
		ID: id, Environment: hub.Test, ClientID: "app", UserID: "ada", Document: []byte(`{"id":"` + id + `"}`), Offline: true,
		CodeDigest: []byte("code-" + id), CodeEndsAt: now.Add(time.Minute),
		CreatedAt: now, LastsUntil: now.Add(time.Hour), EndsAt: now.Add(10 * time.Minute),
	}
}

func generation(familyID string, number int64) []byte {
	return fmt.Appendf(nil, "%s/%d", familyID, number)
}

func codeUse(id string, now time.Time, replays *atomic.Int64) store.CodeUse {
	return store.CodeUse{Environment: hub.Test, ClientID: "app", Digest: []byte("code-" + id), Now: now,
		First:    func(f hub.Family) []byte { return generation(f.ID, 0) },
		Replayed: func(*store.Tx, hub.Family) error { replays.Add(1); return nil }}
}

func refreshUse(id string, number int64, now time.Time, rotate bool) store.RefreshUse {
	return store.RefreshUse{
		Environment: hub.Test, Digest: generation(id, number), Now: now, Rotate: rotate,
		Grace: 10 * time.Second, Idle: 30 * time.Minute,
		Next: generation, Replayed: func(*store.Tx, hub.Family) error { return nil },
	}
}

// begun opens a store in which Ada's code was redeemed.
func begun(t *testing.T, database storetest.Database, now time.Time) *store.Store {
	t.Helper()
	s := database.Open(t)
	addApp(t, s)
	if err := s.InsertFamily(t.Context(), family("f", now), nil); err != nil {
		t.Fatal(err)
	}
	if _, first, err := s.RedeemCode(t.Context(), codeUse("f", now, nil)); err != nil || !first {
		t.Fatal(first, err)
	}
	return s
}

func TestFamiliesWithoutCodesStandBesideEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, now := database.Open(t), hub.Now()
		addApp(t, s)
		for _, id := range []string{"a", "b", "c"} {
			f := family(id, now)
			f.CodeDigest, f.CodeEndsAt = nil, time.Time{}
			for range 2 { // the second time with a later end
				f.LastsUntil, f.EndsAt = f.LastsUntil.Add(time.Hour), f.LastsUntil.Add(time.Hour)
				if err := s.InsertFamily(t.Context(), f, generation(id, 0)); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.Family(t.Context(), hub.Test, id); err != nil || !cmp.Equal(got, f) {
				t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(f, got))
			}
		}
		if live, err := s.FamiliesOfUser(t.Context(), "ada", now); err != nil || len(live) != 3 {
			t.Errorf("live: %v, %v", live, err)
		}
	})
}

func TestAFamilyReadsAsItWasWrittenAndItsCodeIsGoodOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := database.Open(t), t.Context(), hub.Now()
		addApp(t, s)
		want := family("f", now)
		if err := s.InsertFamily(ctx, want, nil); err != nil {
			t.Fatal(err)
		}
		got, err := s.Family(ctx, hub.Test, "f")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		var replays, won atomic.Int64
		for name, spoil := range map[string]func(*store.CodeUse){
			"another client":      func(u *store.CodeUse) { u.ClientID = "other" },
			"another environment": func(u *store.CodeUse) { u.Environment = hub.Production },
			"another code":        func(u *store.CodeUse) { u.Digest = []byte("x") },
			"too late":            func(u *store.CodeUse) { u.Now = now.Add(time.Minute) },
		} {
			use := codeUse("f", now, &replays)
			spoil(&use)
			if _, _, err := s.RedeemCode(ctx, use); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				f, first, err := s.RedeemCode(ctx, codeUse("f", now, &replays))
				if err != nil || f.ID != "f" {
					t.Error(f, err)
				}
				if first {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || replays.Load() != 49 {
			t.Errorf("%d were first, %d replays", won.Load(), replays.Load())
		}
		want.CodeUsedAt, want.EndsAt = now, want.LastsUntil
		for name, ask := range map[string]func() (hub.Family, error){
			"by id":    func() (hub.Family, error) { return s.Family(ctx, hub.Test, "f") },
			"by token": func() (hub.Family, error) { return s.FamilyByRefreshToken(ctx, hub.Test, generation("f", 0)) },
			"of its user": func() (hub.Family, error) {
				all, err := s.FamiliesOfUser(ctx, "ada", now)
				return append(all, hub.Family{})[0], err
			},
		} {
			if got, err := ask(); err != nil || cmp.Diff(want, got) != "" {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, cmp.Diff(want, got))
			}
		}
		if _, err := s.FamilyByRefreshToken(ctx, hub.Production, generation("f", 0)); !fault.Is(err, fault.NotFound) {
			t.Errorf("in the other environment: %v", err)
		}
	})
}

func TestARefreshTokenRotatesOnceAndGivesTheSameSuccessorForAWhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := hub.Now()
		s, ctx := begun(t, database, now), t.Context()
		for range 4 {
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if good, replayed, err := s.UseRefreshToken(ctx, refreshUse("f", 0, now, true)); err != nil || replayed ||
						good.Generation != 1 || good.FamilyID != "f" {
						t.Errorf("%+v, replayed %v, %v", good, replayed, err)
					}
				})
			}
			all.Wait()
		}
		for _, step := range []struct {
			number   int64
			after    time.Duration
			rotate   bool
			want     int64
			replayed bool
			gone     bool
		}{
			{number: 1, after: time.Second, rotate: true, want: 2},
			{number: 0, after: 10 * time.Second, rotate: true, want: 1},
			{number: 0, after: 11 * time.Second, rotate: true, replayed: true},
			{number: 0, after: 11 * time.Second, replayed: true},
			{number: 2, after: 20 * time.Minute, want: 2},
			{number: 2, after: 49 * time.Minute, want: 2},
			{number: 2, after: 50 * time.Minute, rotate: true, want: 3},
			{number: 3, after: 60 * time.Minute, rotate: true, gone: true},
			{number: 9, rotate: true, gone: true},
		} {
			good, replayed, err := s.UseRefreshToken(ctx, refreshUse("f", step.number, now.Add(step.after), step.rotate))
			if fault.Is(err, fault.NotFound) != step.gone || err != nil && !step.gone ||
				replayed != step.replayed || err == nil && !replayed && good.Generation != step.want {
				t.Errorf("%+v: got %+v, replayed %v, %v", step, good, replayed, err)
			}
		}
	})
}

func TestARefreshTokenEndsUnusedAndWithItsFamily(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := hub.Now()
		s, ctx := begun(t, database, now), t.Context()
		use := func(after time.Duration) error {
			_, _, err := s.UseRefreshToken(ctx, refreshUse("f", 0, now.Add(after), false))
			return err
		}
		if err := use(31 * time.Minute); !fault.Is(err, fault.NotFound) {
			t.Errorf("unused for too long: %v", err)
		}
		if err := use(29 * time.Minute); err != nil {
			t.Errorf("in time: %v", err)
		}
		if err := use(59 * time.Minute); err != nil {
			t.Errorf("in time again: %v", err)
		}
		if err := use(time.Hour); !fault.Is(err, fault.NotFound) {
			t.Errorf("after the end of the family: %v", err)
		}
	})
}

func TestAnEndedFamilyTakesEverythingWithItAndTellsEveryone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := hub.Now()
		s, ctx := begun(t, database, now), t.Context()
		told := watch(t, s)
		var also int
		for range 2 {
			if err := s.EndFamilyAlone(ctx, hub.Test, "f", now, now.Add(time.Hour), func(*store.Tx) error { also++; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if also != 1 || told.count(store.TokenRevoked, "f") == 0 {
			t.Errorf("ended %d times, told %d times", also, told.count(store.TokenRevoked, "f"))
		}
		if _, _, err := s.UseRefreshToken(ctx, refreshUse("f", 0, now, true)); !fault.Is(err, fault.NotFound) {
			t.Errorf("its refresh token: %v", err)
		}
		again := family("f", now)
		again.CodeDigest = nil
		if err := s.InsertFamily(ctx, again, generation("f", 0)); err != nil {
			t.Error(err)
		}
		if _, _, err := s.UseRefreshToken(ctx, refreshUse("f", 0, now, true)); !fault.Is(err, fault.NotFound) {
			t.Errorf("it came to life again: %v", err)
		}
		revoked, err := s.RevokedTokens(ctx, now)
		if err != nil || len(revoked) != 1 || revoked[0].TokenID != "f" {
			t.Errorf("revoked: %v, %v", revoked, err)
		}
	})
}

func TestAllFamiliesOfAUserEndTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := hub.Now()
		s, ctx := begun(t, database, now), t.Context()
		for _, id := range []string{"pending", "elsewhere"} {
			f := family(id, now)
			if id == "elsewhere" {
				f.UserID = "bob"
				inTx(t, s, func(tx *store.Tx) error {
					return tx.InsertUser(ctx, hub.User{ID: "bob", Login: "bob", Kind: hub.Person, CreatedAt: now, UpdatedAt: now})
				})
			}
			if err := s.InsertFamily(ctx, f, nil); err != nil {
				t.Fatal(err)
			}
		}
		inTx(t, s, func(tx *store.Tx) error {
			if ended, err := tx.EndFamiliesOfClient(ctx, "ada", hub.Production, "app", now, now); ended != 0 || err != nil {
				t.Errorf("of a client of the other environment: %d, %v", ended, err)
			}
			ended, err := tx.EndFamiliesOfUser(ctx, "ada", now, now.Add(time.Hour))
			if ended != 2 {
				t.Errorf("%d ended", ended)
			}
			return err
		})
		if live, err := s.FamiliesOfUser(ctx, "ada", now); len(live) != 0 || err != nil {
			t.Errorf("left: %v, %v", live, err)
		}
		var replays atomic.Int64
		for id, want := range map[string]bool{"pending": false, "elsewhere": true} {
			if _, first, err := s.RedeemCode(ctx, codeUse(id, now, &replays)); first != want || (err == nil) != want {
				t.Errorf("the code of %s: first %v, %v", id, first, err)
			}
		}
		revoked, err := s.RevokedTokens(ctx, now)
		if err != nil || len(revoked) != 1 {
			t.Fatalf("revoked: %v, %v", revoked, err)
		}
		// Of when the user was held: what was allowed meanwhile ends too.
		if cut, is := hub.ParseCutOff(revoked[0].TokenID); !is || cut.UserID != "ada" || cut.ClientID != "" || cut.Before.Before(now) {
			t.Errorf("cut off: %+v", cut)
		}
	})
}

func TestFamiliesAndRefreshTokensThatHaveEndedAreSweptAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := hub.Now()
		s, ctx := begun(t, database, now), t.Context()
		sweep := func(after time.Duration) (gone int64) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				gone, err = tx.DeleteExpired(ctx, now.Add(after), now.Add(after), 100)
				return err
			})
			return gone
		}
		if gone := sweep(59 * time.Minute); gone != 0 {
			t.Errorf("%d rows went too early", gone)
		}
		if gone := sweep(61*time.Minute) + sweep(121*time.Minute); gone != 2 {
			t.Errorf("%d rows went", gone)
		}
		if _, err := s.Family(ctx, hub.Test, "f"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the family is still there: %v", err)
		}
	})
}

func TestAUserHasSoManyCodesWaitingAtAClientAndTheNewestStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := begun(t, database, hub.Now()), t.Context(), hub.Now()
		for i := range 502 {
			if err := s.InsertFamily(ctx, family(fmt.Sprint(i), now.Add(time.Duration(i)*time.Millisecond)), nil); err != nil {
				t.Fatal(err)
			}
		}
		for id, there := range map[string]bool{"f": true, "0": false, "1": false, "2": true, "501": true} { // f was redeemed
			if _, err := s.Family(ctx, hub.Test, id); fault.Is(err, fault.NotFound) == there || err != nil && there {
				t.Errorf("%s is there: %v, %v", id, !there, err)
			}
		}
	})
}
