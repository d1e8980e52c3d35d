package crowd_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/test/crowd"
)

func TestTheCrowdIsWhatWasMadeOneByOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		db := beside(t, database)
		if err := crowd.Fill(t.Context(), db, 1, 300); err != nil {
			t.Fatal(err)
		}
		another := map[string]func(testing.TB) storetest.Database{"sqlite": storetest.SQLite, "postgres": storetest.PostgreSQL}[database.Engine]
		one := another(t).Open(t)
		ctx := t.Context()
		if err := one.Bulk(ctx, func(tx *store.Tx) error {
			for i := 1; i < 300; i++ {
				if err := tx.InsertUser(ctx, crowd.User(i)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"", "kind: bot", "surname0000007", "name007*", "login: crowd000001*", "email: crowd0000100@example.test"} {
			where, err := query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			asked := query.List{Where: where, Limit: 300}
			many, err := s.ListUsers(ctx, asked)
			if err != nil {
				t.Fatal(err)
			}
			single, err := one.ListUsers(ctx, asked)
			if err != nil {
				t.Fatal(err)
			}
			if len(many.Items) != len(single.Items) || many.Total != single.Total || len(single.Items) == 0 {
				t.Errorf("%q: %d of %d at once, %d of %d one by one", text, len(many.Items), many.Total, len(single.Items), single.Total)
			}
			for i := range single.Items {
				many.Items[i].CreatedAt, many.Items[i].UpdatedAt = single.Items[i].CreatedAt, single.Items[i].UpdatedAt
				if many.Items[i] != single.Items[i] {
					t.Errorf("%q: %+v, want %+v", text, many.Items[i], single.Items[i])
				}
			}
		}
		for _, alias := range []string{"crowd-0000007", "crowd0000007", "Crowd0000007@example.test"} {
			if found, err := s.UserByAlias(ctx, alias); err != nil || found.ID != crowd.User(7).ID || found.Kind != hub.Person {
				t.Errorf("%s: %+v %v", alias, found, err)
			}
		}
	})
}

// beside gives the database beside its store.
func beside(t testing.TB, database storetest.Database) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", database.Options.DSN
	if database.Engine == "sqlite" {
		driver, dsn = "sqlite3", "file:"+filepath.Join(database.Options.Dir, "hub.db")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
