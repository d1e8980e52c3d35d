package storetest_test

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/test/postgres"
)

// These tests mostly wait, each for a server of its own: they do it together.
func TestAStoppedServerIsTroubleAndHealsByItself(t *testing.T) {
	t.Parallel()
	server := postgres.New(t)
	s := storetest.Database{Options: store.Options{DSN: server.Database(t), Server: true}}.Open(t)
	told := watch(t, s)
	set(t, s, "a", "before")
	// Several connections that will all be dead.
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { get(t, s, "a") })
	}
	all.Wait()

	server.Stop(t)
	if _, err := s.Meta(t.Context(), "a"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a read: %v", err)
	}
	if err := s.Ready(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ready: %v", err)
	}
	write := func() error {
		return s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "b", []byte("after")) })
	}
	if err := write(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a write: %v", err)
	}
	storetest.Eventually(t, "an age of more than 300 ms", func() bool { return s.FeedAge() > 300*time.Millisecond })

	server.Start(t)
	if got := get(t, s, "a"); got != "before" {
		t.Errorf("the first read afterwards gave %q", got)
	}
	if err := write(); err != nil {
		t.Errorf("the first write afterwards: %v", err)
	}
	storetest.Eventually(t, "word that everything may have changed", func() bool { return told.count(store.Everything, "") >= 2 })
	storetest.Eventually(t, "a young feed", func() bool { return s.FeedAge() < 300*time.Millisecond })
}

func TestARestartedServerIsNotNoticedByTheNextRequest(t *testing.T) {
	t.Parallel()
	server := postgres.New(t)
	s := storetest.Database{Options: store.Options{DSN: server.Database(t), Server: true}}.Open(t)
	set(t, s, "a", "before")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { get(t, s, "a") })
	}
	all.Wait()
	server.Kill(t)
	server.Start(t)
	if got := get(t, s, "a"); got != "before" {
		t.Errorf("a read gave %q", got)
	}
	server.Stop(t)
	server.Start(t)
	set(t, s, "a", "after")
}

func TestAFrozenServerIsTroubleWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	server := postgres.New(t)
	s := storetest.Database{Options: store.Options{DSN: server.Database(t), Server: true}}.Open(t)
	set(t, s, "a", "before")
	server.Pause(t)
	defer server.Resume(t)
	var late atomic.Int64
	var all sync.WaitGroup
	ask := func(what string, question func() error) {
		all.Go(func() {
			started := time.Now()
			if err := question(); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%s: %v", what, err)
			}
			if time.Since(started) > 10*time.Second { // twice what is promised, for a busy machine
				late.Add(1)
			}
		})
	}
	for range 20 {
		ask("a read", func() error { _, err := s.Meta(t.Context(), "a"); return err })
		ask("a write", func() error {
			return s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "a", []byte("lost")) })
		})
	}
	all.Wait()
	if late.Load() > 0 {
		t.Errorf("%d answers came late", late.Load())
	}
	server.Resume(t)
	storetest.Eventually(t, "an answer", func() bool { return s.Ready(t.Context()) == nil })
	set(t, s, "a", "after")
}

func TestAHubStartedBeforeItsServerWaits(t *testing.T) {
	t.Parallel()
	server := postgres.New(t)
	options := store.Options{DSN: server.Database(t)}
	server.Stop(t)
	if _, err := store.Open(t.Context(), options); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a verb: %v", err)
	}
	options.Server = true
	s := storetest.Database{Options: options}.Open(t)
	told := &watched{}
	defer s.Watch(func(changes []store.Change) {
		told.mu.Lock()
		defer told.mu.Unlock()
		told.all = append(told.all, changes...)
	})()
	if err := s.Ready(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ready: %v", err)
	}
	if _, err := s.Meta(t.Context(), "a"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a read: %v", err)
	}
	server.Start(t)
	storetest.Eventually(t, "ready", func() bool { return s.Ready(t.Context()) == nil })
	set(t, s, "a", "there")
	storetest.Eventually(t, "the first word of the feed", func() bool { return told.count(store.Everything, "") > 0 })
}

// A server that gave up being the one that takes writes keeps its connections, and the address may lead to its successor by now.
func TestConnectionsToAServerThatTakesNoWritesAreNotKept(t *testing.T) {
	database := storetest.PostgreSQL(t)
	readOnly := func(how string) { alter(t, "pgx", database.Options.DSN, `ALTER DATABASE `+nameOf(t, database)+` `+how) }
	setUp := database.Open(t)
	set(t, setUp, "a", "before")
	readOnly(`SET default_transaction_read_only = on`)
	database.Options.Server = true
	s := database.Open(t)
	if got := get(t, s, "a"); got != "before" { // nothing has to be written for a hub to start
		t.Errorf("it reads %q", got)
	}
	write := func() error {
		return s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "a", []byte("after")) })
	}
	if err := write(); !fault.Is(err, fault.Unavailable) || !s.ReadOnly() {
		t.Errorf("a write: %v, read-only %v", err, s.ReadOnly())
	}
	alter(t, "pgx", database.Options.DSN+"&default_transaction_read_only=off",
		`ALTER DATABASE `+nameOf(t, database)+` RESET default_transaction_read_only`)
	storetest.Eventually(t, "the end of being read-only", func() bool { return !s.ReadOnly() })
	if err := write(); err != nil {
		t.Errorf("a write afterwards: %v", err)
	}
}

func nameOf(t *testing.T, database storetest.Database) string {
	t.Helper()
	where, err := url.Parse(database.Options.DSN)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(where.Path, "/")
}
