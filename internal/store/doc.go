// Package store is all the SQL of Hub: one file per noun, for SQLite and PostgreSQL with one text.
package store
