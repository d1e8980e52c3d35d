package query

import (
	"strings"

	"example.org/hub/internal/fault"
)

// Order is one key to order by.
type Order struct {
	Key        string // in lower case
	Descending bool
}

// maxOrder bounds the list of keys.
const (
	maxOrder     = 4
	maxOrderText = 256
)

// ParseOrder reads `field[:asc|:desc]`, comma-separated, in any letter case; a key named twice counts where it stands
// first. Errors: fault.Invalid.
func ParseOrder(text string) ([]Order, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if len(text) > maxOrderText {
		return nil, invalidOrder("has more than %d characters", maxOrderText)
	}
	var all []Order
	known := map[string]bool{}
	for _, item := range strings.Split(text, ",") {
		key, direction, _ := strings.Cut(item, ":")
		order := Order{Key: strings.ToLower(strings.TrimSpace(key))}
		switch strings.ToLower(strings.TrimSpace(direction)) {
		case "", "asc":
		case "desc":
			order.Descending = true
		default:
			return nil, invalidOrder("has the direction %q: expected asc or desc, as in name:desc", strings.TrimSpace(direction))
		}
		if order.Key == "" {
			return nil, invalidOrder("lacks a name: expected keys with commas between them, such as name,login:desc")
		}
		if !known[order.Key] {
			known[order.Key] = true
			all = append(all, order)
		}
	}
	if len(all) > maxOrder {
		return nil, invalidOrder("has more than %d keys", maxOrder)
	}
	return all, nil
}

func invalidOrder(format string, args ...any) error {
	err := fault.New(fault.Invalid, "orderBy "+format, args...)
	err.Fields = []fault.Field{{Name: "orderBy", Reason: err.Message}}
	return err
}
