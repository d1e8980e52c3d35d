package store

import "context"

// copyTo writes a consistent copy of a SQLite file.
func (c *sqliteConn) copyTo(ctx context.Context, file string) error {
	_, err := c.conn.ExecContext(ctx, `VACUUM INTO '`+quote(file)+`'`)
	return err
}

func quote(s string) string { return s }
