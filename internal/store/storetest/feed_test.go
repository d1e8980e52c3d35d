package storetest_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// watched collects what a watcher is told.
type watched struct {
	mu  sync.Mutex
	all []store.Change
}

func watch(t testing.TB, s *store.Store) *watched {
	w := &watched{}
	t.Cleanup(s.Watch(func(changes []store.Change) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, changes...)
	}))
	storetest.Eventually(t, "the first word of the feed", func() bool { return w.count(store.Everything, "") > 0 })
	return w
}

func (w *watched) count(kind store.Kind, id string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, change := range w.all {
		if change.Kind == kind && change.ID == id {
			count++
		}
	}
	return count
}

func TestAChangeIsToldInThisProcessBeforeItsTransactionReturns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		told := watch(t, s)
		set(t, s, "a", "1")
		if got := told.count(store.MetaChanged, "a"); got != 1 {
			t.Errorf("told %d times", got)
		}
	})
}

func TestAChangeIsToldToOtherProcessesOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t), database.Open(t)
		told, toldHere := watch(t, there), watch(t, here)
		for _, key := range []string{"a", "b", "c"} {
			set(t, here, key, "1")
			storetest.Eventually(t, "word of "+key, func() bool { return told.count(store.MetaChanged, key) > 0 })
		}
		set(t, there, "d", "1") // round trip, so that everything before it was polled too
		storetest.Eventually(t, "word of d", func() bool { return toldHere.count(store.MetaChanged, "d") > 0 })
		for _, key := range []string{"a", "b", "c"} {
			if here, there := toldHere.count(store.MetaChanged, key), told.count(store.MetaChanged, key); here != 1 || there != 1 {
				t.Errorf("%s was told %d times here and %d times there", key, here, there)
			}
		}
	})
}

var errTakenBack = errors.New("taken back")

func TestAChangeThatIsTakenBackIsNotTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t), database.Open(t)
		toldHere, toldThere := watch(t, here), watch(t, there)
		_ = here.Tx(t.Context(), func(tx *store.Tx) error {
			if err := tx.SetMeta(t.Context(), "a", nil); err != nil {
				t.Error(err)
			}
			return errTakenBack
		})
		set(t, here, "b", "1")
		storetest.Eventually(t, "word of b", func() bool { return toldThere.count(store.MetaChanged, "b") > 0 })
		if toldHere.count(store.MetaChanged, "a")+toldThere.count(store.MetaChanged, "a") > 0 {
			t.Error("it was told")
		}
	})
}

func TestATransactionOfVeryManyChangesSaysEverything(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t), database.Open(t)
		toldHere, toldThere := watch(t, here), watch(t, there)
		err := here.Tx(t.Context(), func(tx *store.Tx) error {
			for i := range 1000 {
				tx.Changed(store.UserChanged, "", string(rune('a'+i)))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := toldHere.count(store.Everything, ""); got != 2 {
			t.Errorf("told Everything %d times here, want once at the start and once now", got)
		}
		storetest.Eventually(t, "word from the other", func() bool { return toldThere.count(store.Everything, "") == 2 })
	})
}

func TestOthersSeeChangesInWhateverOrderTheyAreCommitted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there := database.Open(t), database.Open(t)
		told := watch(t, there)
		var all sync.WaitGroup
		keys := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"}
		for round := range 5 {
			for _, key := range keys {
				all.Go(func() { set(t, here, key, string(rune('0'+round))) })
			}
			all.Wait()
			for _, key := range keys {
				storetest.Eventually(t, "word of "+key, func() bool { return told.count(store.MetaChanged, key) >= round+1 })
			}
		}
	})
}

// Changes are kept for an hour, so whoever slept for longer may have missed some for good.
func TestANodeThatSleptIsToldThatAnythingMayHaveChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		var slept atomic.Int64
		database.Options.Clock = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
		told := watch(t, database.Open(t))
		for nth, by := range []time.Duration{45 * time.Minute, 45 * time.Minute, -time.Hour} { // the last: a clock that is set back
			slept.Add(int64(by))
			storetest.Eventually(t, "word that anything may have changed", func() bool { return told.count(store.Everything, "") >= nth+2 })
		}
	})
}

func TestTheFeedKnowsHowOldItsKnowledgeIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		if age := s.FeedAge(); age != 0 {
			t.Errorf("%v old though nobody watches", age)
		}
		watch(t, s)
		before := s.FeedAge()
		storetest.Eventually(t, "the next poll", func() bool { return s.FeedAge() < before })
	})
}
