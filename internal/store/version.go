package store

import "github.com/ncruces/go-sqlite3"

// SQLiteVersion is the version of the SQLite inside this program, empty if it does not say.
func SQLiteVersion() string {
	db, err := sqlite3.Open(":memory:")
	if err != nil {
		return ""
	}
	defer db.Close()
	row, _, err := db.Prepare(`SELECT sqlite_version()`)
	if err != nil {
		return ""
	}
	defer row.Close()
	if !row.Step() {
		return ""
	}
	return row.ColumnText(0)
}
