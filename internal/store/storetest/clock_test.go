package storetest_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestNodesWhoseClocksDifferTellOneTime(t *testing.T) {
	database := storetest.PostgreSQL(t)
	for _, off := range []time.Duration{0, 90 * time.Second, -90 * time.Second, 48 * time.Hour} {
		database.Options.Clock = func() time.Time { return time.Now().Add(off) }
		if wrong := time.Until(database.Open(t).Now()); wrong.Abs() > 5*time.Second { // the server runs on this machine
			t.Errorf("a clock that is %v off makes the store %v off", off, wrong)
		}
	}
}

func TestAClockThatIsSetBackRevivesNothing(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, off := openSettable(t, folder)
		defer s.Close()
		began := s.Now()
		later := func(passed, set time.Duration, want time.Duration) {
			t.Helper()
			time.Sleep(passed)
			off.Add(int64(set))
			if got := s.Now().Sub(began); got != want {
				t.Errorf("%v later, set by %v: %v have passed, want %v", passed, set, got, want)
			}
		}
		later(time.Minute, 0, time.Minute)
		later(time.Minute, -time.Hour, 2*time.Minute) // it goes on as if nothing had been set
		later(time.Minute, 0, 3*time.Minute)
		later(time.Minute, 2*time.Hour, 64*time.Minute) // forward is followed at once
		later(time.Minute, -30*time.Second, 65*time.Minute)
		later(time.Hour, 0, 125*time.Minute-30*time.Second) // and backward in the end: the clock may have been wrong before
	})
}

func TestWhatSaysNoIsLetGoOnlyByAClockThatHasNotLeapt(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, off := openSettable(t, folder)
		defer s.Close()
		for _, set := range []time.Duration{0, 48 * time.Hour, -47 * time.Hour} {
			off.Add(int64(set))
			if got := s.Now(); set > 0 && !s.Surely().IsZero() {
				t.Errorf("just after the clock leapt by %v it is believed: %v", set, got)
			}
			time.Sleep(hub.RevokedFor)
			if got, want := s.Surely(), s.Now(); !got.Equal(want) {
				t.Errorf("long after the clock was set by %v: %v, want %v", set, got, want)
			}
		}
	})
}

// openSettable opens a store on SQLite whose machine's clock is off by what is put into off.
func openSettable(t *testing.T, folder string) (s *store.Store, off *atomic.Int64) {
	t.Helper()
	off = new(atomic.Int64)
	s, err := store.Open(t.Context(), store.Options{Dir: folder, Clock: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	return s, off
}
