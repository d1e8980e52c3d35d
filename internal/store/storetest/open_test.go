package storetest_test

import (
	"testing"

	"example.org/hub/internal/store/storetest"
)

func TestEveryStatementIsUnderstoodByBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		if err := database.Open(t).PrepareAll(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
