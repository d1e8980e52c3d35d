// Package store is all the SQL of Hub: every noun's rows, the change feed, events, backups, on SQLite and PostgreSQL.
//
// Store is the database. Questions are methods of Reader, which Store and Tx both embed, so each is written once and can
// be asked on its own or inside a transaction; whatever writes is a method of Tx. One file per noun holds its statements
// and the functions that run them: user.go, service.go, permanenttoken.go and so on; column.go says how values stand in
// columns; migrations/ holds the schema.
//
// Lists are asked for by query and order (package query). list.go answers a page, list_stretch.go that of a list without end;
// list_condition.go, list_key.go and list_order.go make SQL of what was asked; list_user.go, list_people.go, list_client.go and
// list_event.go say what each noun can be searched and ordered by; what is kept for that alone is in list_words.go, list_traits.go
// and list_tally.go.
// docs/notes/0005 says why.
//
// Beneath the nouns:
//
//	store.go      Open, Ready, Close; what a store is allowed to be opened on
//	tx.go         Tx: all or nothing, run again where the database asks for it
//	reader.go     one and list, by which every question is asked
//	statement.go  one text for both databases, known before it runs, prepared once per connection
//	engine.go     what differs between the databases: sqlite.go with writer.go (group commit) and sqlite_inspect.go,
//	              and postgres.go
//	clock.go      the time that all nodes share
//	feed.go       who watches is told what changed: at once in this process, within a second in others
//	migrate.go    forward only, checksummed, refused by name when the database is newer; migrate_fill.go does what SQL cannot
//	expired.go    what ends by itself is swept away
//	backup.go     one file format for both databases; restore.go brings it back
//	translate.go  errors of databases become fault.Error; health.go knows when nothing can be written
//
// What does not live here: rules about who may what (hub), what an event's hash covers (audit), how a digest or a
// sealed value is made (secret), when things expire or are cleared away (upkeep).
//
// Add a column or table by a new file in migrations; a table also has its place in the list in backup.go.
//
// Start reading at reader.go, then user.go.
package store
