package storetest_test

import (
	"context"
	"errors"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestAnAnswerIsKeptUntilWhatItHangsOnChangesAnywhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		here, there, ctx := database.Open(t), database.Open(t), t.Context()
		watch(t, here) // the first word of the feed, that anything may have changed, has come
		sought := map[string]int{}
		memo := store.NewMemo(here, func(_ context.Context, key string) (int, error) {
			if key == "" {
				return 0, errors.New("nothing was asked for")
			}
			sought[key]++
			return sought[key], nil
		}, store.MetaChanged)
		asked := func(key string, want int, when string) {
			t.Helper()
			if answer, err := memo.Get(ctx, key); err != nil || answer != want {
				t.Errorf("%s: it was sought %d times, %v; want %d", when, answer, err, want)
			}
		}
		asked("a", 1, "first")
		asked("a", 1, "again")
		asked("b", 1, "another question")
		if err := here.Tx(ctx, func(tx *store.Tx) error { return tx.SetSettings(ctx, hub.Settings{}) }); err != nil {
			t.Fatal(err)
		}
		asked("a", 1, "after a change of something else")
		set(t, here, "fact", "1")
		asked("a", 2, "after a change here")
		set(t, there, "fact", "2")
		storetest.Eventually(t, "word of the change there", func() bool { answer, err := memo.Get(ctx, "a"); return err == nil && answer == 3 })
		asked("b", 2, "the other question after both changes")
		if _, err := memo.Get(ctx, ""); err == nil {
			t.Error("an error was no answer")
		}
	})
}
