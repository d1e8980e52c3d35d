package credential

import (
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/fault"
)

// maxSpan is the longest span: a hundred years.
const maxSpan = 36_500 * 24 * time.Hour

// parseSpan reads how long something lasts: days (90d) or what time.ParseDuration knows (24h, 30m). Errors: fault.Invalid
// with the field name.
func parseSpan(name, text string) (time.Duration, error) {
	span, err := time.ParseDuration(text)
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		n, err = strconv.Atoi(days)
		span = time.Duration(min(max(n, 0), 40_000)) * 24 * time.Hour
	}
	if err != nil || span <= 0 || span > maxSpan {
		return 0, fault.Fields("", fault.Field{Name: name, Reason: "must be a span of time such as 90d or 12h"})
	}
	return span, nil
}

// ParseExpiry reads when a credential ends: a span from now (90d), a day (2030-01-31) or a time (RFC 3339); empty is
// never. Errors: fault.Invalid with the field name.
func ParseExpiry(name, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil {
			if !at.After(now) {
				return time.Time{}, fault.Fields("", fault.Field{Name: name, Reason: "must be in the future"})
			}
			return at.UTC().Truncate(time.Millisecond), nil
		}
	}
	span, err := parseSpan(name, text)
	if err != nil {
		return time.Time{}, fault.Fields("", fault.Field{Name: name,
			Reason: "must be a span of time such as 90d, or a day such as 2030-01-31"})
	}
	return now.Add(span).UTC().Truncate(time.Millisecond), nil
}
