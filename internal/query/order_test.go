package query_test

import (
	"reflect"
	"strings"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
)

func TestOrderIsAListOfKeysWithDirections(t *testing.T) {
	for text, want := range map[string][]query.Order{
		"":                        nil,
		"name":                    {{Key: "name"}},
		"Name:DESC, login :asc":   {{Key: "name", Descending: true}, {Key: "login"}},
		"name:desc,name:asc,Name": {{Key: "name", Descending: true}},
		"key:asc":                 {{Key: "key"}},
		"a,b,c,d:desc":            {{Key: "a"}, {Key: "b"}, {Key: "c"}, {Key: "d", Descending: true}},
	} {
		if got, err := query.ParseOrder(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"name:up", ",", "name,", ":asc", "a,b,c,d,e", strings.Repeat("a", 300), "name desc:asc:x"} {
		if _, err := query.ParseOrder(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAPageHasASizeThatFitsIntoMemory(t *testing.T) {
	for limit, want := range map[int]int{query.Everything: query.MaxAll, 0: 0, -7: 0, 20: 20, 1 << 40: query.MaxAll} {
		if got := (query.List{Limit: limit}).Size(); got != want {
			t.Errorf("%d: %d, want %d", limit, got, want)
		}
	}
}

func FuzzParseOrder(f *testing.F) {
	f.Add("name:desc,login")
	f.Fuzz(func(t *testing.T, text string) {
		orders, err := query.ParseOrder(text)
		if err != nil && !fault.Is(err, fault.Invalid) || len(orders) > 4 {
			t.Fatal(orders, err)
		}
	})
}
