package internal_test

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// smallHouse is a house of a few rooms on which every check can be shown to work.
var smallHouse = plan{
	module: "example.org/house",
	floors: [][]room{
		{{path: "stone"}, {path: "sand"}},
		{{path: "cellar", only: []string{"stone"}}, {path: "well"}},
		{{path: "hall", never: []string{"cellar"}}, {path: "fakes", forUse: forTests}},
		{{path: "roof"}, {path: "garden/..."}, {path: "mirrors", forUse: forTests}},
	},
	confined:    map[string][]string{"net/http": {"hall"}, "database/sql": {"cellar"}},
	owners:      map[string]string{"outside.example/pump/v2": "well"},
	testModules: []string{"outside.example/compare"},
	statements:  []string{"cellar"},
	state:       map[string]string{"cellar.bottles": "they are counted only while they are laid down"},
}

func TestEveryBreachOfTheHouseIsFound(t *testing.T) {
	tests := []struct {
		name  string
		room  string
		files map[string]string // laid over a doc.go in order
		want  string            // part of the one breach; empty: none
	}{
		{"a good room", "hall", code(`import "example.org/house/well"; var _ = well.Depth`), ""},
		{"an upward import", "well", code(`import _ "example.org/house/hall"`), "well/a.go:1:22: imports upward: hall is on floor 2, well on floor 1"},
		{"a sideways import", "stone", code(`import _ "example.org/house/sand"`), "imports sideways: sand and stone are both on floor 0"},
		{"a lower room that is not among the only ones", "cellar", code(`import _ "example.org/house/sand"`), "cellar imports only [stone]"},
		{"one of the only ones", "cellar", code(`import _ "example.org/house/stone"`), ""},
		{"a lower room that is forbidden", "hall", code(`import _ "example.org/house/cellar"`), "imports cellar, which hall never does"},
		{"a forbidden room in a test", "hall", test(`import _ "example.org/house/cellar"`), ""},
		{"a room next door in a test", "stone", test(`import _ "example.org/house/sand"`), ""},
		{"an upward import in a test", "well", test(`import _ "example.org/house/hall"`), "imports upward"},
		{"a test's import of its own package", "well", test(`import _ "example.org/house/well"`), ""},
		{"a room for tests in a test far below", "stone", test(`import _ "example.org/house/fakes"`), ""},
		{"a room for tests in code", "stone", code(`import _ "example.org/house/fakes"`), "imports fakes, which is for tests only"},
		{"a room for tests in another", "fakes", code(`import _ "example.org/house/mirrors"`), ""},
		{"a room for tests in a program", "roof", code(`import _ "example.org/house/fakes"`), ""},
		{"an import of no room", "hall", code(`import _ "example.org/house/attic"`), "imports attic, which is no room of the house"},
		{"a tree that imports itself", "garden/pond", code(`import _ "example.org/house/garden/path"`), ""},
		{"the outside imported by a room beside it", "roof", code(`import _ "example.org/house/garden/path"`), "imports sideways"},
		{"an unknown room", "attic", nil, "attic: no such room: add it to floors in internal/arch_test.go"},
		{"net/http where it may be", "hall", code(`import _ "net/http"`), ""},
		{"a second net/http", "well", code(`import _ "net/http"`), "imports net/http, which is confined to hall"},
		{"a second net/http by a package below it", "well", code(`import _ "net/http/httputil"`), "imports net/http/httputil, which is confined to hall"},
		{"net/http in a test", "well", test(`import _ "net/http/httptest"`), ""},
		{"net/netip is not net/http", "well", code(`import _ "net/netip"`), ""},
		{"a second database/sql", "hall", code(`import _ "database/sql/driver"`), "imports database/sql/driver, which is confined to cellar"},
		{"an outside library in its room", "well", code(`import _ "outside.example/pump/v2/valve"`), ""},
		{"an outside library in a second room", "hall", code(`import _ "outside.example/pump/v2"`), "belongs to well alone"},
		{"an outside library without an owner", "hall", code(`import _ "outside.example/pump"`), "has no owner: name one in internal/arch_test.go"},
		{"a test's library in code", "hall", code(`import _ "outside.example/compare/sub"`), "is for tests only"},
		{"a test's library in a test", "hall", test(`import _ "outside.example/compare"`), ""},
		{"golang.org/x", "hall", code(`import _ "golang.org/x/crypto/argon2"`), ""},
		{"no doc.go", "hall", map[string]string{"doc.go": "", "hall.go": "package hall\n"}, "hall: no doc.go"},
		{"a doc.go without a sentence", "hall", map[string]string{"doc.go": "package hall\n"}, `hall/doc.go: first sentence "" does not begin with "Package hall "`},
		{"a doc.go that begins otherwise", "hall", map[string]string{"doc.go": "// The hall is big.\npackage hall\n"}, `"The hall is big."`},
		{"a program's doc.go", "roof", map[string]string{"doc.go": "// Command roof keeps the rain out.\npackage main\n"}, ""},
		{"a program's doc.go that says package", "roof", map[string]string{"doc.go": "// Package main keeps the rain out.\npackage main\n"}, `"Command roof "`},
		{"a long file", "hall", map[string]string{"a.go": "package hall\n" + strings.Repeat("\n", maxLines)}, "hall/a.go: 601 lines, 600 is the end"},
		{"a test of that length", "hall", map[string]string{"a_test.go": "package hall_test\n" + strings.Repeat("\n", maxLines)}, ""},
		{"a long test", "hall", map[string]string{"a_test.go": "package hall_test\n" + strings.Repeat("\n", maxTestLines)}, "hall/a_test.go: 1001 lines"},
		{"a generic type", "hall", code(`type DoorManager struct{}`), "type DoorManager names nothing"},
		{"a generic type in a group", "hall", code("type (\n\tDoor int\n\tUtil int\n)"), "hall/a.go:3:2: type Util names nothing"},
		{"a base URL is a thing", "hall", code(`type BaseURL string`), ""},
		{"a generic file", "hall", map[string]string{"door_helpers.go": "package hall\n"}, `"helpers" names nothing`},
		{"a table", "hall", code("import \"errors\"\nvar doors = map[string]int{\"front\": 1}\nvar ErrShut = errors.New(\"shut\")"), ""},
		{"embedded files", "hall", code("import \"embed\"\n//go:embed *.txt\nvar files embed.FS"), ""},
		{"a variable without value", "hall", code("var cache map[string]int"), "package variable cache has no value"},
		{"a made variable", "hall", code("var cache = make(map[string]int)"), "package variable cache is state"},
		{"a lock", "hall", code("import \"sync\"\nvar mu sync.Mutex"), "package variable mu is state (sync.Mutex)"},
		{"a pool", "hall", code("import \"sync\"\nvar pool = sync.Pool{}"), "package variable pool is state"},
		{"a pool behind a pointer", "hall", code("import \"sync\"\nvar pool = &sync.Pool{}"), "package variable pool is state"},
		{"an atomic", "hall", code("import \"sync/atomic\"\nvar n atomic.Pointer[int]"), "package variable n is state (atomic.Pointer[int])"},
		{"an assignment", "hall", code("var open = true\nfunc Shut() { open = false }"), "a.go:2:15: changes package variable open"},
		{"an assignment to an element", "hall", code("var doors = map[string]int{}\nfunc Shut() { doors[\"front\"] = 1 }"), "changes package variable doors"},
		{"a deletion", "hall", code("var doors = map[string]int{}\nfunc Shut() { delete(doors, \"front\") }"), "changes package variable doors"},
		{"an assignment to a field", "hall", code("type door struct{ open bool }\nvar front = door{}\nfunc Shut() { front.open = false }"), "changes package variable front"},
		{"an increment", "hall", code("var n = 1\nfunc Count() { n++ }"), "changes package variable n"},
		{"an assignment from another file", "hall", map[string]string{"a.go": "package hall\nvar n = 1\n", "b.go": "package hall\nfunc Set() { n = 2 }\n"}, "hall/b.go:2:14: changes package variable n"},
		{"a local of the same name", "hall", code("var n = 1\nfunc Count() int { n := 2; n = 3; return n }"), ""},
		{"an allowed variable", "cellar", code("var bottles = make(map[string]int)\nfunc Lay() { bottles[\"red\"]++ }"), ""},
		{"a variable of that name elsewhere", "hall", code("var bottles = make(map[string]int)"), "package variable bottles is state"},
		{"an init function", "hall", code("func init() {}"), "func init"},
		{"state of a test", "hall", test("var n = 1\nfunc count() { n++ }"), ""},
		{"SQL in its room", "cellar", code("const q = `SELECT id FROM doors`"), ""},
		{"SQL elsewhere", "hall", code("const q = `\n\tINSERT INTO doors (id) VALUES ($1)`"), "hall/a.go:1:25: SQL outside internal/store"},
		{"a sentence with a verb", "hall", code(`const q = "Select a door, delete from memory, UPDATE it"`), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := smallHouse.check([]goPackage{build(t, test.room, test.files)})
			if test.want == "" && len(got) > 0 {
				t.Errorf("found a breach where there is none: %s", strings.Join(got, "\n"))
			}
			if test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
				t.Errorf("got %q, want one breach with %q", got, test.want)
			}
		})
	}
}

// code is a room whose a.go goes on so after its package clause, test one whose a_test.go does.
func code(text string) map[string]string { return map[string]string{"a.go": text} }
func test(text string) map[string]string { return map[string]string{"a_test.go": text} }

// build makes a package of files over a good doc.go; an empty text leaves a file out, one without a package clause gets it.
func build(t *testing.T, packagePath string, files map[string]string) goPackage {
	name := packagePath[strings.LastIndex(packagePath, "/")+1:]
	all := map[string]string{"doc.go": fmt.Sprintf("// Package %s is a room.\npackage %s\n", name, name)}
	maps.Copy(all, files)
	built := goPackage{path: packagePath, fset: token.NewFileSet()}
	for _, file := range slices.Sorted(maps.Keys(all)) {
		text := all[file]
		switch {
		case text == "":
			continue
		case strings.HasSuffix(file, "_test.go") && !strings.HasPrefix(text, "package "):
			text = "package " + name + "_test; " + text + "\n"
		case !strings.HasPrefix(text, "package ") && !strings.HasPrefix(text, "//"):
			text = "package " + name + "; " + text + "\n"
		}
		built.add(t, file, []byte(text))
	}
	return built
}
