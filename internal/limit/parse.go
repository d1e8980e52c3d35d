package limit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of what can be written. Beyond them a typing error is more likely than a wish.
const (
	maxCount = 1_000_000
	maxPer   = 366 * 24 * time.Hour
)

// Parse reads a rate: a count, a slash and a time (`10/15m`, `50/1m`, `100/s`, `5/1d`), or `off`. A unit alone means one
// of it; units are s, m, h and d, and any form of time.ParseDuration is taken too.
func Parse(text string) (Rate, error) {
	if text == "off" {
		return Rate{}, nil
	}
	wrong := func(why string) (Rate, error) {
		return Rate{}, fmt.Errorf("rate %q: %s; write a count and a time, such as 10/15m or 100/s, or off", text, why)
	}
	left, right, found := strings.Cut(text, "/")
	if !found {
		return wrong("there is no slash")
	}
	count, err := strconv.Atoi(left)
	if err != nil || left[0] == '+' {
		return wrong("the part before the slash is not a whole number")
	}
	if count < 1 || count > maxCount {
		return wrong(fmt.Sprintf("the count is not between 1 and %d", maxCount))
	}
	per, err := parsePer(right)
	if err != nil {
		return wrong("the part after the slash is not a time")
	}
	if per < time.Millisecond || per > maxPer {
		return wrong("the time is not between 1ms and 366d")
	}
	return Rate{Count: count, Per: per}, nil
}

// parsePer knows what time.ParseDuration does not: a bare unit, and days.
func parsePer(text string) (time.Duration, error) {
	if text != "" && !strings.ContainsAny(text[:1], "0123456789") {
		text = "1" + text
	}
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

// String writes the rate so that Parse reads it back.
func (r Rate) String() string {
	if r.Off() {
		return "off"
	}
	return strconv.Itoa(r.Count) + "/" + r.Per.String()
}

// ParseList reads rates by name, `account=10/15m,address=50/1m`, where names are the ones allowed. Every name must
// appear once; `off` alone switches all of them off.
func ParseList(text string, names ...string) (map[string]Rate, error) {
	rates := make(map[string]Rate, len(names))
	if text == "off" {
		for _, name := range names {
			rates[name] = Rate{}
		}
		return rates, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found || !slices.Contains(names, name) {
			return nil, fmt.Errorf("limit %q: expected NAME=RATE with NAME one of %s", part, strings.Join(names, ", "))
		}
		if _, twice := rates[name]; twice {
			return nil, fmt.Errorf("limit %q: %s is given twice", part, name)
		}
		rate, err := Parse(value)
		if err != nil {
			return nil, fmt.Errorf("limit %s: %w", name, err)
		}
		rates[name] = rate
	}
	for _, name := range names {
		if _, given := rates[name]; !given {
			return nil, fmt.Errorf("limits %q: %s is missing; write %s=off to switch it off", text, name, name)
		}
	}
	return rates, nil
}
