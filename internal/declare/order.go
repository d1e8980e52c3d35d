package declare

import (
	"encoding/binary"
	"sort"
	"time"

	"example.org/hub/internal/hub"
)

// inOrder sorts by a text that each has, keeping those with the same text as they were. What is sorted are places: the states
// themselves are large.
func inOrder[T any](all []T, key func(*T) string) {
	places := make([]place, len(all))
	for i := range all {
		places[i] = place{key(&all[i]), i}
	}
	sort.Slice(places, func(i, j int) bool {
		if places[i].key != places[j].key {
			return places[i].key < places[j].key
		}
		return places[i].at < places[j].at
	})
	sorted := make([]T, len(all))
	for i, one := range places {
		sorted[i] = all[one.at]
	}
	copy(all, sorted)
}

type place struct {
	key string
	at  int
}

// byName is what orders things with names.
func byName(name, id string) string { return hub.Fold(name) + "\x00" + id }

// in puts production before test.
func in(environment hub.Environment, key string) string { return string(environment) + "\x00" + key }

// byAge is what orders credentials as a database lists them: oldest first.
func byAge(created time.Time, id string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(created.UnixMilli())^1<<63)) + id
}
