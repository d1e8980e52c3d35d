package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// set writes one fact, the smallest thing a transaction can do.
func set(t testing.TB, s *store.Store, key, fact string) {
	t.Helper()
	if err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), key, []byte(fact)) }); err != nil {
		t.Fatalf("set %s: %v", key, err)
	}
}

// get reads a fact; "" if it is not there.
func get(t testing.TB, s *store.Store, key string) string {
	t.Helper()
	fact, err := s.Meta(t.Context(), key)
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatalf("get %s: %v", key, err)
	}
	return string(fact)
}

func TestManyWritersAllBecomeDurable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		const writers, each = 40, 10
		var all sync.WaitGroup
		for writer := range writers {
			all.Go(func() {
				for i := range each {
					key := fmt.Sprintf("%d-%d", writer, i)
					err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), key, []byte("there")) })
					if err != nil {
						t.Errorf("%s: %v", key, err)
					} else if got := get(t, s, key); got != "there" {
						t.Errorf("%s was acknowledged and reads %q", key, got)
					}
				}
			})
		}
		all.Wait()
	})
}

func TestTransactionsThatWaitTogetherShareOneCommitOnSQLite(t *testing.T) {
	s := storetest.SQLite(t).Open(t)
	before := s.Counts()
	const others = 30
	var all, coming sync.WaitGroup
	coming.Add(others)
	all.Go(func() {
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			coming.Wait()
			return tx.SetMeta(t.Context(), "first", nil)
		})
		if err != nil {
			t.Error(err)
		}
	})
	for i := range others {
		all.Go(func() {
			coming.Done()
			set(t, s, strconv.Itoa(i), "there")
		})
	}
	all.Wait()
	after := s.Counts()
	if transactions, commits := after.Transactions-before.Transactions, after.Commits-before.Commits; transactions != others+1 ||
		commits >= transactions {
		t.Errorf("%d transactions took %d commits", transactions, commits)
	}
}

func TestAFailingTransactionTakesBackOnlyItsOwnWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		refused := errors.New("refused")
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				err := s.Tx(t.Context(), func(tx *store.Tx) error {
					if err := tx.SetMeta(t.Context(), strconv.Itoa(i), []byte("there")); err != nil {
						return err
					}
					if i%3 == 0 {
						return refused
					}
					return nil
				})
				if want := i%3 == 0; errors.Is(err, refused) != want || (!want && err != nil) {
					t.Errorf("transaction %d ended with %v", i, err)
				}
			})
		}
		all.Wait()
		for i := range 60 {
			want := "there"
			if i%3 == 0 {
				want = ""
			}
			if got := get(t, s, strconv.Itoa(i)); got != want {
				t.Errorf("%d reads %q, want %q", i, got, want)
			}
		}
	})
}

func TestAPanicInATransactionReachesItsCallerAndHarmsNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		func() {
			defer func() {
				if got := recover(); got != "ouch" {
					t.Errorf("recovered %v", got)
				}
			}()
			_ = s.Tx(t.Context(), func(tx *store.Tx) error {
				if err := tx.SetMeta(t.Context(), "a", nil); err != nil {
					t.Error(err)
				}
				panic("ouch")
			})
		}()
		set(t, s, "b", "there")
		if _, err := s.Meta(t.Context(), "a"); !fault.Is(err, fault.NotFound) {
			t.Errorf("the work of the transaction that panicked: %v", err)
		}
	})
}

func TestAStatementThatFailedSpoilsItsTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		event := hub.Event{ID: hub.NewID(), At: hub.Now(), Action: "test"}
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			if err := tx.SetMeta(t.Context(), "a", nil); err != nil {
				return err
			}
			if err := tx.Record(t.Context(), event); err != nil {
				return err
			}
			if err := tx.Record(t.Context(), event); !fault.Is(err, fault.Conflict) {
				t.Errorf("the same event again: %v", err)
			}
			return nil // as one who does not look
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the transaction ended with %v", err)
		}
		if _, err := s.Meta(t.Context(), "a"); !fault.Is(err, fault.NotFound) {
			t.Errorf("its other work: %v", err)
		}
	})
}

func TestContendedTransactionsAreRunAgainUntilAllSucceed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		set(t, s, "count", "0")
		const workers, each = 8, 5
		var runs atomic.Int64
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for range each {
					err := s.Tx(t.Context(), func(tx *store.Tx) error {
						runs.Add(1)
						text, err := tx.Meta(t.Context(), "count")
						if err != nil {
							return err
						}
						count, _ := strconv.Atoi(string(text))
						return tx.SetMeta(t.Context(), "count", []byte(strconv.Itoa(count+1)))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := get(t, s, "count"); got != strconv.Itoa(workers*each) {
			t.Errorf("counted to %s in %d runs, want %d", got, runs.Load(), workers*each)
		}
	})
}

func TestATransactionNobodyWaitsForIsNotRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Tx(gone, func(tx *store.Tx) error { return tx.SetMeta(gone, "a", nil) })
		if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		if _, err := s.Meta(t.Context(), "a"); !fault.Is(err, fault.NotFound) {
			t.Errorf("its work: %v", err)
		}
	})
}

func TestATransactionWhoseTimeIsOverBeforeItIsCommittedIsTrouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		gone, cancel := context.WithCancel(t.Context())
		err := s.Tx(gone, func(tx *store.Tx) error {
			_, err := tx.CountUsers(t.Context())
			cancel()
			time.Sleep(100 * time.Millisecond) // database/sql takes it back meanwhile
			return err
		})
		if err != nil && !fault.Is(err, fault.Unavailable) { // SQLite, which is on this machine, is done in time
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestAPoolOfOneServesEverything(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		database.Options.Pool = 1
		s := database.Open(t)
		defer s.Watch(func([]store.Change) {})()
		var all sync.WaitGroup
		for worker := range 16 {
			all.Go(func() {
				for i := range 5 {
					key := fmt.Sprintf("%d-%d", worker, i)
					set(t, s, key, "there")
					err := s.View(t.Context(), func(r store.Reader) error {
						_, err := r.Meta(t.Context(), key)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	})
}

func TestAViewSeesOneState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		set(t, s, "a", "before")
		err := s.View(t.Context(), func(r store.Reader) error {
			first, err := r.Meta(t.Context(), "a")
			if err != nil {
				return err
			}
			set(t, s, "a", "after")
			second, err := r.Meta(t.Context(), "a")
			if string(first) != "before" || string(second) != "before" {
				t.Errorf("the view read %q and then %q", first, second)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if got := get(t, s, "a"); got != "after" {
			t.Errorf("afterwards it reads %q", got)
		}
	})
}
