package directory

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
)

// Assist says what could stand at the caret of a query for a list, by the name of its REST collection. It tells nothing of
// what is in the list. Errors: fault.NotFound for a list that takes no query.
func (d *Directory) Assist(collection, text string, caret int) (query.Assistance, error) {
	list, known := store.Lists()[collection]
	if !known {
		return query.Assistance{}, fault.New(fault.NotFound, "%s takes no query", collection)
	}
	return query.Assist(text, caret, list.Keys), nil
}
