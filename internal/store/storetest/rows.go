package storetest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"example.org/hub/internal/store"
)

// Row is one row of a table: column to value as text, "" for no value.
type Row map[string]string

// Rows gives every row of every table, for tests that hold one database against another column by column. A table that is
// empty is there with one row of no values, so that its columns are known.
func Rows(t testing.TB, s *store.Store) map[string][]Row {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rows.db")
	if err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables := map[string][]Row{}
	for _, name := range store.Tables() {
		if tables[name], err = rowsOf(db, name); err != nil {
			t.Fatal(err)
		}
	}
	return tables
}

func rowsOf(db *sql.DB, table string) ([]Row, error) {
	found, err := db.Query(`SELECT * FROM ` + table)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	var rows []Row
	for found.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := found.Scan(values...); err != nil {
			return nil, err
		}
		row := Row{}
		for i, column := range columns {
			row[column] = text(*values[i].(*any))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		row := Row{}
		for _, column := range columns {
			row[column] = ""
		}
		rows = []Row{row}
	}
	return rows, found.Err()
}

func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	}
	return fmt.Sprint(value)
}
