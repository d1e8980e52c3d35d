package main

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/secret"
	"example.org/hub/internal/server"
	"example.org/hub/internal/store/storetest"
)

var _ server.Shelf = (*shelf)(nil)

func TestNodesShareTheShelfSealedAndTakeTurns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		db := database.Open(t)
		master, err := secret.NewMaster([]byte(strings.Repeat("k", 32)))
		if err != nil {
			t.Fatal(err)
		}
		one, two := &shelf{store: db, master: master}, &shelf{store: db, master: master}
		ctx := t.Context()
		if _, _, err := two.Load(ctx, "a/key"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("absent key: %v", err)
		}
		if err := one.Save(ctx, "a/key", []byte("private")); err != nil {
			t.Fatal(err)
		}
		if value, saved, err := two.Load(ctx, "a/key"); err != nil || string(value) != "private" || saved.IsZero() {
			t.Errorf("loaded %q, %v, %v", value, saved, err)
		}
		if item, _ := db.ShelfItem(ctx, "a/key"); strings.Contains(string(item.Value), "private") {
			t.Error("the value is not sealed")
		}
		if keys, err := two.Keys(ctx, "a/"); err != nil || len(keys) != 1 {
			t.Errorf("keys %v, %v", keys, err)
		}
		claim := func(node *shelf, holder string, lasts time.Duration, want bool) {
			t.Helper()
			if ours, err := node.Claim(ctx, "lease", holder, lasts); err != nil || ours != want {
				t.Errorf("%s claims: %v, %v, want %v", holder, ours, err, want)
			}
		}
		claim(one, "one", time.Hour, true)
		claim(one, "one", time.Hour, true)
		claim(two, "two", 0, false) // heard for the first time: it may be alive
		claim(one, "one", time.Hour, true)
		claim(two, "two", 0, false) // it beats
		claim(two, "two", 0, true)  // it stood still for as long as it lasts
		if err := one.Release(ctx, "lease", "one"); err != nil {
			t.Fatal(err)
		}
		claim(one, "one", time.Hour, false) // what was not its own any more was not released
		if err := two.Release(ctx, "lease", "two"); err != nil {
			t.Fatal(err)
		}
		claim(one, "one", time.Hour, true)
		if err := one.Delete(ctx, "a/key"); err != nil {
			t.Fatal(err)
		}
		if keys, _ := two.Keys(ctx, ""); len(keys) != 0 {
			t.Errorf("left: %v", keys)
		}
	})
}
