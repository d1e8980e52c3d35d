// Package declare holds what hub.yaml declares against a database: plan, apply, export.
//
// Reading: split.go and split_flow.go cut a text into entries, yaml.go parses each into a plain tree with lines, and
// document.go reads the tree by the tables of noun_people.go and noun_client.go (field.go says what a table is). The tables
// are the one place that knows the form; export writes by them too.
//
// Comparing: state.go has what a database holds, index.go finds who is meant by an id, key or name, the files want_*.go
// turn each declared noun into the one that is wanted (want_secret.go the secrets that nouns hold), the files describe*.go say
// in the words of the form what is there and what is wanted, and plan.go collects the differences. apply.go writes them, wholly
// or not at all, in one transaction; export.go writes the state as a document.
//
// What export leaves out is named in carried_test.go, table by table and column by column: a column that is neither carried
// nor named there fails the test.
//
// What does not live here: what a good name, address or key is (hub), how secrets are hashed and sealed (secret).
//
// Start reading at Parse, then Plan. docs/hub-yaml.md is the form for people.
package declare
