package rest

import (
	"slices"
	"sort"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// shelf is a list that is read whole and chosen from here, since what is on it is no table of its own.
type shelf struct {
	name string                           // of many, in messages
	keys []string                         // by which it can be searched and put in order; free text is sought in all of them
	size int                              // how many things there are
	of   func(i int, key string) []string // what one of them has under a key
	rank func(i int, key string) string   // by what one is put in order, where that is not what it has; empty, or nil: it is
}

// chosen gives those that ?query= asks for, in the order of ?orderBy=.
func (s shelf) chosen(asked query.List) ([]int, error) {
	if err := s.understands(asked); err != nil {
		return nil, err
	}
	var found []int
	for i := range s.size {
		if asked.Where.Matches(func(condition query.Node) bool { return s.holds(i, condition) }) {
			found = append(found, i)
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		for _, order := range asked.Order {
			a, b := s.first(found[i], order.Key), s.first(found[j], order.Key)
			if order.Descending {
				a, b = b, a
			}
			if a != b {
				return a < b
			}
		}
		return false
	})
	return found, nil
}

// understands refuses what this list cannot be asked.
func (s shelf) understands(asked query.List) error {
	var wrong []fault.Field
	unknown := func(parameter, key string) {
		wrong = append(wrong, fault.Field{
			Name:   parameter,
			Reason: "asks for " + key + ", which " + s.name + " do not have; expected one of: " + strings.Join(s.keys, ", "),
		})
	}
	asked.Where.Rewrite(func(condition query.Node) query.Node {
		if condition.Op == query.Tuple || condition.Op == query.Field && !slices.Contains(s.keys, condition.Name) {
			unknown("query", condition.Name)
		}
		return condition
	})
	for _, order := range asked.Order {
		if !slices.Contains(s.keys, order.Key) {
			unknown("orderBy", order.Key)
		}
	}
	return fault.Fields("the list cannot be given so:", wrong...)
}

func (s shelf) holds(i int, condition query.Node) bool {
	value := hub.Fold(condition.Value)
	if condition.Op == query.Text {
		return slices.ContainsFunc(s.keys, func(key string) bool {
			return slices.ContainsFunc(s.of(i, key), func(has string) bool { return strings.Contains(hub.Fold(has), value) })
		})
	}
	return slices.ContainsFunc(s.of(i, condition.Name), func(has string) bool {
		has = hub.Fold(has)
		return has == value || condition.Prefix && strings.HasPrefix(has, value)
	})
}

// first is by what something is put in order.
func (s shelf) first(i int, key string) string {
	if s.rank != nil {
		if rank := s.rank(i, key); rank != "" {
			return rank
		}
	}
	if has := s.of(i, key); len(has) > 0 {
		return hub.Fold(has[0])
	}
	return ""
}
