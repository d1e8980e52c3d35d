package secret

import (
	"encoding/json"
	"log/slog"
)

const mask = "[secret]"

// Value is a secret in the clear, on its way to the one answer that shows it. Printing, logging or marshalling it gives a
// mask; only Reveal gives the text.
type Value string

// String gives a mask.
func (Value) String() string { return mask }

// GoString gives a mask, for %#v.
func (Value) GoString() string { return mask }

// LogValue gives a mask.
func (Value) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalJSON gives a mask.
func (Value) MarshalJSON() ([]byte, error) { return json.Marshal(mask) }

// Reveal gives the text.
func (v Value) Reveal() string { return string(v) }

// Hint gives the last four characters, which may be kept and shown so that people can tell secrets apart. A secret
// shorter than 16 characters gives none: four would be too much of it.
func (v Value) Hint() string {
	if len(v) < 16 {
		return ""
	}
	return string(v[len(v)-4:])
}
