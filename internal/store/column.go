package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// How Go values stand in columns: times as milliseconds since 1970 (0: none), lists and settings as JSON. The functions write,
// the types read.

// millis writes a time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment reads a time.
type moment struct{ into *time.Time }

func (m moment) Scan(column any) error {
	ms, ok := column.(int64)
	if !ok {
		return fmt.Errorf("a time is a number of milliseconds, not %T", column)
	}
	*m.into = fromMillis(ms)
	return nil
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// span reads a length of time, which stands in milliseconds.
type span struct{ into *time.Duration }

func (s span) Scan(column any) error {
	ms, ok := column.(int64)
	if !ok {
		return fmt.Errorf("a length of time is a number of milliseconds, not %T", column)
	}
	*s.into = time.Duration(ms) * time.Millisecond
	return nil
}

// asJSON writes a list or settings. What is written so can always be written.
func asJSON(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// document reads what asJSON wrote.
type document struct{ into any }

func (d document) Scan(column any) error {
	switch text := column.(type) {
	case string:
		return json.Unmarshal([]byte(text), d.into)
	case []byte:
		return json.Unmarshal(text, d.into)
	}
	return fmt.Errorf("a document is text, not %T", column)
}

// orNull writes a reference that may be absent.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// blob writes what must not be NULL even when there is nothing.
func blob(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}
