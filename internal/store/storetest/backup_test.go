package storetest_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestABackupOfEitherDatabaseRestoresOnEither(t *testing.T) {
	storetest.Each(t, func(t *testing.T, from storetest.Database) {
		e := sample()
		source := from.Open(t)
		e.insert(t, source)
		chain(t, source)
		file := filepath.Join(t.TempDir(), "backup")
		if err := source.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		events, err := source.ChainedEvents(t.Context(), 0, 10)
		if err != nil || len(events) != 1 {
			t.Fatal(events, err)
		}
		e.event = events[0] // now it has its place in the chain
		storetest.Each(t, func(t *testing.T, to storetest.Database) {
			target := to.Open(t)
			before := time.Now().UnixMilli()
			if err := target.Restore(t.Context(), file, store.Restore{}); err != nil {
				t.Fatal(err)
			}
			answer(t, target.Reader, e.questions())
			for _, q := range e.live() {
				if got, err := q.ask(t.Context(), target.Reader); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s came back: %v, %v", q.name, got, err)
				}
			}
			if since, err := strconv.ParseInt(get(t, target, store.MetaNotBefore), 10, 64); err != nil || since < before {
				t.Errorf("access tokens count from %d on (%v), the restore began at %d", since, err, before)
			}
			head, err := target.ChainHead(t.Context())
			if err != nil || head.Position != 1 || !slices.Equal(head.Hash, e.event.Chain.Hash) {
				t.Errorf("the chain ends at %+v, %v", head, err)
			}
			second := filepath.Join(t.TempDir(), "second")
			if err := target.Backup(t.Context(), second); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestARestoreDoesNotOverwriteUnlessTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		source := storetest.SQLite(t).Open(t)
		e := sample()
		e.insert(t, source)
		file := filepath.Join(t.TempDir(), "backup")
		if err := source.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		target := database.Open(t)
		told := watch(t, target)
		set(t, target, "a", "mine")
		if err := target.Restore(t.Context(), file, store.Restore{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("it ended with %v", err)
		}
		if got := get(t, target, "a"); got != "mine" {
			t.Errorf("afterwards it reads %q", got)
		}
		refusal := errors.New("another master key")
		if err := target.Restore(t.Context(), file, store.Restore{
			Force: true, Check: func(func(string) ([]byte, error)) error { return refusal },
		}); !errors.Is(err, refusal) {
			t.Errorf("the check said no and it ended with %v", err)
		}
		if err := target.Restore(t.Context(), file, store.Restore{Force: true}); err != nil {
			t.Fatal(err)
		}
		if got := get(t, target, "a"); got != "" {
			t.Errorf("what was there before still reads %q", got)
		}
		if told.count(store.Everything, "") < 2 {
			t.Error("nobody was told that everything changed")
		}
	})
}

func TestARestoreSuspendsOnlyWhenAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		source := storetest.SQLite(t).Open(t)
		e := sample()
		e.secret.Suspended, e.app.Suspended, e.token.Suspended, e.application.Suspended = false, false, false, false
		e.insert(t, source)
		file := filepath.Join(t.TempDir(), "backup")
		if err := source.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		target := database.Open(t)
		if err := target.Restore(t.Context(), file, store.Restore{}); err != nil {
			t.Fatal(err)
		}
		answer(t, target.Reader, e.questions())
		if err := target.Restore(t.Context(), file, store.Restore{Force: true, Suspend: true}); err != nil {
			t.Fatal(err)
		}
		e.secret.Suspended, e.clientSecret.Suspended, e.app.Suspended, e.token.Suspended, e.application.Suspended = true, true, true, true, true
		answer(t, target.Reader, e.questions())
	})
}

func TestABackupIsOneStateWhileOthersWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		set(t, s, "a", "0")
		set(t, s, "b", "0")
		stop := make(chan struct{})
		var writers sync.WaitGroup
		writers.Go(func() {
			for i := 1; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := s.Tx(t.Context(), func(tx *store.Tx) error {
					return errors.Join(tx.SetMeta(t.Context(), "a", strconv.AppendInt(nil, int64(i), 10)),
						tx.SetMeta(t.Context(), "b", strconv.AppendInt(nil, int64(i), 10)))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
		for i := range 3 {
			file := filepath.Join(t.TempDir(), strconv.Itoa(i))
			if err := s.Backup(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			copied := storetest.SQLite(t).Open(t)
			if err := copied.Restore(t.Context(), file, store.Restore{}); err != nil {
				t.Fatal(err)
			}
			if a, b := get(t, copied, "a"), get(t, copied, "b"); a != b {
				t.Errorf("the backup has %s and %s", a, b)
			}
		}
		close(stop)
		writers.Wait()
	})
}

func TestWhatIsNoBackupIsRefusedAndNothingChanges(t *testing.T) {
	database := storetest.SQLite(t)
	target := database.Open(t)
	set(t, target, "a", "mine")
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := filepath.Join(folder, "good")
	if err := target.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	newer := write("newer", content)
	alter(t, "sqlite3", "file:"+newer, `INSERT INTO migrations (version, name, checksum, applied_at) VALUES (900, '0900_future', 'x', 0)`)
	foreign := filepath.Join(folder, "foreign")
	alter(t, "sqlite3", "file:"+foreign, `CREATE TABLE theirs (id INTEGER)`)
	for name, file := range map[string]string{
		"missing": filepath.Join(folder, "none"), "a folder": folder,
		"empty": write("empty", nil), "text": write("text", []byte("a backup, honestly")),
		"cut off": write("cut", content[:len(content)/2]), "newer": newer, "foreign": foreign,
	} {
		err := target.Restore(t.Context(), file, store.Restore{Force: true})
		if kind := fault.KindOf(err); err == nil || (kind != fault.Invalid && kind != fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := get(t, target, "a"); got != "mine" {
		t.Errorf("afterwards it reads %q", got)
	}
	if err := target.Backup(t.Context(), good); !fault.Is(err, fault.Conflict) {
		t.Errorf("a backup over another: %v", err)
	}
}

func TestEveryTableHasItsPlaceInBackups(t *testing.T) {
	database := storetest.SQLite(t)
	database.Open(t)
	known := store.Tables()
	for _, name := range tableNames(t, filepath.Join(database.Options.Dir, "hub.db")) {
		if !slices.Contains(known, name) {
			t.Errorf("table %s is not in the list in backup.go", name)
		}
	}
}
