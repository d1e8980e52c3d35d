package store

import (
	"context"
	"strconv"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func eventNoun() *noun {
	return &noun{
		grows: true,
		name:  "events", table: "events e", id: "e.id", columns: toldColumns,
		first: query.Order{Key: "timestamp", Descending: true},
		orders: []listOrder{
			{name: "timestamp", column: "at", number: true},
			{name: "id", column: "e.id", unique: true},
		},
		keys: []listKey{
			sorted(byUser("author", "login, id or e-mail address of who did it; id of a service", "e.author_id", many), "timestamp"),
			sorted(byUser("target", "id of what it was done to; of a user also login and e-mail address", "e.target_id", some), "timestamp"),
			sorted(byID(exactly("author", "", "e.author_id", many)), "timestamp"),
			sorted(byID(exactly("target", "", "e.target_id", some)), "timestamp"),
			sorted(byID(exactly("owner", "", "e.owner_id <> '' AND e.owner_id", some)), "timestamp"),
			{name: "action", hint: "what was done, as in user.create or token.*", rank: many, along: []string{"timestamp"},
				test: func(b *builder, m match) string {
					if m.prefix {
						return beginning(b, "e.action", m.value)
					}
					return "e.action = " + b.arg(m.value)
				}},
			sorted(exactly("kind", "what it was done to: user, service ...", "e.target_type", many), "timestamp"),
			sorted(exactly("door", "the way it came in by", "e.door", many), "timestamp"),
			{name: "result", hint: "success or refused", values: []string{hub.Success, hub.Refused}, rank: many, along: []string{"timestamp"},
				test: func(b *builder, m match) string { return "e.result = " + b.arg(m.value) }},
			sorted(exactly("credential", "id of the credential it was done with", "e.credential", many), "timestamp"),
			lookedInto(exactly("address", "where it came from", "e.address", unranked)),
			exactly("environment", "its environment", "e.environment", unranked),
			lookedInto(exactly("error", "id of the refusal", "e.error_id", unranked)),
			exactly("id", "id of the event", "e.id", single),
			bound("after", "earliest time, as in 2026-01-31 or 2026-01-31T08:00:00Z", "e.at >= "),
			bound("before", "time before which it was", "e.at < "),
		},
		text: lookedInto(containing("LOWER(e.target_name)", "LOWER(e.author_name)", "e.action")),
	}
}

// ListEvents lists events, newest first, without their places in the chain. Query: author, target, action, kind (of the target),
// door, result, credential, address, environment, error, id, after (from then on), before; text is in the names of target and
// author and in the action; by query.ByID author, target and owner: the user whose credential it is about. Order: timestamp, id.
func (r *Reader) ListEvents(ctx context.Context, l query.List) (query.Page[hub.Event], error) {
	return listed(ctx, r, eventNoun(), scanTold, l)
}

// lookedInto is a key for which rows have to be read.
func lookedInto(k listKey) listKey {
	k.looks = true
	return k
}

// bound is a key that bounds a time.
func bound(name, hint, comparison string) listKey {
	return listKey{
		name: name, hint: hint, whole: true, bounds: true,
		check: func(m match) string {
			if _, ok := timeOf(m.value); !ok {
				return "a day such as 2026-01-31, a time such as 2026-01-31T08:00:00Z, or milliseconds since 1970"
			}
			return ""
		},
		test: func(b *builder, m match) string {
			ms, _ := timeOf(m.value) // checked before
			return comparison + b.arg(ms)
		},
	}
}

// timeOf reads a time, in milliseconds since 1970.
func timeOf(text string) (int64, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, true
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
