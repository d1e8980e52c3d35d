package query_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
)

// show writes a tree so that precedence is visible.
func show(n query.Node) string {
	star := ""
	if n.Prefix {
		star = "*"
	}
	var of []string
	for _, inner := range n.Of {
		of = append(of, show(inner))
	}
	switch n.Op {
	case query.Every:
		return "all"
	case query.Text:
		return "<" + n.Value + ">" + star
	case query.Field:
		return n.Name + "=<" + n.Value + ">" + star
	case query.Tuple:
		return n.Name + "(" + strings.Join(of, " ") + ")"
	}
	return []string{query.And: "and", query.Or: "or", query.Not: "not"}[n.Op] + "(" + strings.Join(of, " ") + ")"
}

func TestAQueryBecomesTheTreeItsWriterMeant(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "all",
		"   ":                                 "all",
		`""`:                                  "all",
		"ada":                                 "<ada>",
		"ada love*":                           "<ada love>*",
		"ada love or ada love*":               "or(<ada love> <ada love>*)",
		"lo* ve":                              "and(<lo>* <ve>)",
		"login: ada":                          "login=<ada>",
		"LOGIN:Ada":                           "login=<Ada>",
		"login:ad*":                           "login=<ad>*",
		"login: {ada love}":                   "login=<ada love>",
		`login: {a\}b}`:                       "login=<a}b>",
		`login: "ada love" is: banned`:        "and(login=<ada love> is=<banned>)",
		"{full name}: x":                      "full name=<x>",
		"login: {ada":                         "login=<ada>",
		"(a: 1":                               "a=<1>",
		"a: 1 or b: 2 and not c: 3":           "or(a=<1> and(b=<2> not(c=<3>)))",
		"(a: 1 or b: 2) c: 3":                 "and(or(a=<1> b=<2>) c=<3>)",
		"not not a":                           "not(not(<a>))",
		"a OR b And c NOT d":                  "or(<a> and(<b> <c> not(<d>)))",
		"john doe login: x smith":             "and(<john doe> login=<x> <smith>)",
		"key:AP or id:0-0":                    "or(key=<AP> id=<0-0>)",
		"homeUrl: https://a.example:8443/x,y": "homeurl=<https://a.example:8443/x,y>",
		"after: 2026-01-01T10:00:00Z x":       "and(after=<2026-01-01T10:00:00Z> <x>)",
		"access(project: {a b}, with: r*)":    "access(project=<a b> with=<r>*)",
		"access(project: x":                   "access(project=<x>)",
		"access (x)":                          "and(<access> <x>)",
		"in access(a: b) c":                   "and(<in> access(a=<b>) <c>)",
		`"or" x`:                              "and(<or> <x>)",
		"login: or":                           "login=<or>",
		"'; DROP TABLE users; --":             "<'; DROP TABLE users; -->",
		"a,b":                                 "<a,b>",
	} {
		node, err := query.Parse(text)
		if err != nil || show(node) != want {
			t.Errorf("%q: %s %v, want %s", text, show(node), err, want)
		}
	}
}

func TestAQueryThatCannotBeReadNamesThePosition(t *testing.T) {
	for text, position := range map[string]string{
		"login:":                               "character 7",
		"or a":                                 "character 1",
		"a and":                                "character 6",
		"a )":                                  "character 3",
		"a or or b":                            "character 6",
		"ключ: )":                              "character 7",
		"a(b)":                                 "character 4",
		"not":                                  "character 4",
		strings.Repeat("(", 40) + "a":          "levels deep",
		strings.Repeat("not ", 40) + "a":       "levels deep",
		strings.Repeat("a: b ", 300):           "conditions",
		strings.Repeat("x", query.MaxLength+1): "bytes",
		"\xff":                                 "UTF-8",
		"a\x00":                                "UTF-8",
	} {
		_, err := query.Parse(text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), position) {
			t.Errorf("%.40q: %v, want %s", text, err, position)
		}
	}
}

func TestConditionsOfRoomsJoinThoseOfTheAsker(t *testing.T) {
	asked, err := query.Parse("a: 1 or b: 2")
	if err != nil {
		t.Fatal(err)
	}
	for want, node := range map[string]query.Node{
		"and(or(a=<1> b=<2>) c=<3>)": query.All(query.Node{}, asked, query.Is("c", "3")),
		"or(a=<1> b=<2> c=<3>)":      query.Any(asked, query.Is("c", "3")),
		"all":                        query.Any(asked, query.Node{}),
		"not(all)":                   query.Nothing(),
	} {
		if show(node) != want {
			t.Errorf("%s, want %s", show(node), want)
		}
	}
}

func TestOfRowsThatFulfilAConditionOnlyTheRestIsAsked(t *testing.T) {
	a, b, c := query.ByID("a", "1"), query.Is("b", "2"), query.Is("c", "3")
	for want, node := range map[string]query.Node{
		"all":                  query.All(query.Any(a, b), query.Any(c, a)),
		"c=<3>":                query.All(query.Any(b, a), c, a),
		"or(b=<2> c=<3>)":      query.Any(b, c),
		"and(a=<1> b=<2>)":     query.All(query.Is("a", "1"), b),
		"not(or(a=<1> b=<2>))": {Op: query.Not, Of: []query.Node{query.Any(a, b)}},
	} {
		if got := show(node.Given(a)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a: {b} or not (c d* e(f: g, h: {i", `"a\"b" {x}: y)`, "or or", "a:b:c", "* {} \"\""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		node, err := query.Parse(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		bounded(t, node, 0)
	})
}

func bounded(t *testing.T, n query.Node, depth int) int {
	if depth > 100 {
		t.Fatal("too deep")
	}
	terms := 1
	for _, inner := range n.Of {
		terms += bounded(t, inner, depth+1)
	}
	if terms > 20_000 {
		t.Fatal("too large")
	}
	return terms
}
