package internal_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// plan is the house as data: what arch_test.go says, or a small one made up by a test of the checks.
type plan struct {
	module      string
	floors      [][]room
	confined    map[string][]string
	owners      map[string]string
	testModules []string
	statements  []string
	state       map[string]string
}

// check holds the packages against the plan and gives the breaches, one line each, with file and line where there is one.
func (p plan) check(packages []goPackage) []string {
	var breaches []string
	for _, one := range packages {
		floor, in := p.find(one.path)
		if in == nil {
			breaches = append(breaches, fmt.Sprintf("%s: no such room: add it to floors in internal/arch_test.go, on the lowest floor above all it imports", one.path))
			continue
		}
		breaches = append(breaches, checkDoc(one)...)
		for _, f := range one.files {
			breaches = append(breaches, p.checkImports(f, floor, in, one.path)...)
			breaches = append(breaches, checkLength(f)...)
			breaches = append(breaches, checkNames(f)...)
			if !f.test && !isIn(p.statements, one.path) {
				breaches = append(breaches, checkStatements(f)...)
			}
		}
		breaches = append(breaches, checkState(one, p.state)...)
	}
	return breaches
}

// find gives the room of a package and its floor; nil if the plan has none.
func (p plan) find(packagePath string) (int, *room) {
	for floor, rooms := range p.floors {
		for i := range rooms {
			if matches(rooms[i].path, packagePath) {
				return floor, &rooms[i]
			}
		}
	}
	return 0, nil
}

// matches reports whether a pattern ("x" or "x/...") covers a package.
func matches(pattern, packagePath string) bool {
	if tree, isTree := strings.CutSuffix(pattern, "/..."); isTree {
		return packagePath == tree || strings.HasPrefix(packagePath, tree+"/")
	}
	return pattern == packagePath
}

func isIn(patterns []string, packagePath string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, packagePath) })
}

// checkImports holds every import of a file against floors, confined packages and owners.
func (p plan) checkImports(f goFile, floor int, in *room, packagePath string) []string {
	var breaches []string
	for _, spec := range f.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler's matter
		}
		var problem string
		if below, ours := strings.CutPrefix(imported, p.module+"/"); ours || imported == p.module {
			problem = p.checkRoom(below, f.test, floor, in, packagePath)
		} else if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
			problem = p.checkStandard(imported, f.test, packagePath)
		} else if first != "golang.org" {
			problem = p.checkOutside(imported, f.test, packagePath)
		}
		if problem != "" {
			breaches = append(breaches, f.at(spec.Pos())+": "+problem)
		}
	}
	return breaches
}

func (p plan) checkRoom(imported string, test bool, floor int, in *room, packagePath string) string {
	target, room := p.find(imported)
	switch {
	case imported == packagePath: // an external test of the package itself
		return ""
	case room == nil:
		return fmt.Sprintf("imports %s, which is no room of the house", imported)
	case room.path == in.path: // a tree of its own, like test/...
		return ""
	case room.forUse == forTests && (test || in.forUse == forTests):
		return ""
	case room.forUse == forTests && floor < len(p.floors)-1:
		return fmt.Sprintf("imports %s, which is for tests only", imported)
	case target > floor:
		return fmt.Sprintf("imports upward: %s is on floor %d, %s on floor %d", imported, target, packagePath, floor)
	case target == floor && test:
		return "" // to set a scene, as a directory with its people, a test may open the room next door
	case target == floor:
		return fmt.Sprintf("imports sideways: %s and %s are both on floor %d", imported, packagePath, floor)
	case test:
		return ""
	case in.only != nil && !slices.Contains(in.only, imported):
		return fmt.Sprintf("imports %s, but %s imports only [%s]", imported, packagePath, strings.Join(in.only, ", "))
	case isIn(in.never, imported):
		return fmt.Sprintf("imports %s, which %s never does", imported, packagePath)
	}
	return ""
}

func (p plan) checkStandard(imported string, test bool, packagePath string) string {
	for confined, rooms := range p.confined {
		if !test && matches(confined+"/...", imported) && !isIn(rooms, packagePath) {
			return fmt.Sprintf("imports %s, which is confined to %s", imported, strings.Join(rooms, ", "))
		}
	}
	return ""
}

func (p plan) checkOutside(imported string, test bool, packagePath string) string {
	for owned, owner := range p.owners {
		if matches(owned+"/...", imported) {
			if test || owner == packagePath || matches("test/...", packagePath) { // what measures a library may use it
				return ""
			}
			return fmt.Sprintf("imports %s, which belongs to %s alone: ask that room", imported, owner)
		}
	}
	if isIn(trees(p.testModules), imported) {
		if test || matches("test/...", packagePath) {
			return ""
		}
		return fmt.Sprintf("imports %s, which is for tests only", imported)
	}
	return fmt.Sprintf("imports %s, which has no owner: name one in internal/arch_test.go and say why in docs/dependencies.md", imported)
}

func trees(modules []string) []string {
	patterns := make([]string, len(modules))
	for i, one := range modules {
		patterns[i] = one + "/..."
	}
	return patterns
}

// checkDoc wants a doc.go whose first sentence begins "Package x" or, for a program, "Command x".
func checkDoc(one goPackage) []string {
	i := slices.IndexFunc(one.files, func(f goFile) bool { return f.name == "doc.go" })
	if i < 0 {
		return []string{one.path + ": no doc.go: say what lives here, what does not, and where to start reading"}
	}
	want := "Package " + one.files[i].syntax.Name.Name + " "
	if one.files[i].syntax.Name.Name == "main" {
		want = "Command " + path.Base(one.path) + " "
	}
	if got := firstSentence(one.files[i]); !strings.HasPrefix(got, want) {
		return []string{fmt.Sprintf("%s/doc.go: first sentence %q does not begin with %q", one.path, got, want)}
	}
	return nil
}

func firstSentence(f goFile) string { return new(doc.Package).Synopsis(f.syntax.Doc.Text()) }

// checkLength wants files that can be read in one sitting.
func checkLength(f goFile) []string {
	limit := maxLines
	if f.test {
		limit = maxTestLines
	}
	if f.lines > limit {
		return []string{fmt.Sprintf("%s: %d lines, %d is the end: which second noun lives here?", f.path, f.lines, limit)}
	}
	return nil
}

// generic are the words that name nothing.
var generic = []string{"manager", "helper", "helpers", "util", "utils", "impl", "base"}

// checkNames wants files and exported types named for what they are.
func checkNames(f goFile) []string {
	var breaches []string
	for part := range strings.SplitSeq(strings.TrimSuffix(f.name, ".go"), "_") {
		if slices.Contains(generic, strings.ToLower(part)) {
			breaches = append(breaches, fmt.Sprintf("%s: %q names nothing: which noun or endpoint is it?", f.path, part))
		}
	}
	for _, declaration := range f.syntax.Decls {
		types, ok := declaration.(*ast.GenDecl)
		if !ok || types.Tok != token.TYPE {
			continue
		}
		for _, spec := range types.Specs {
			name := spec.(*ast.TypeSpec).Name
			if name.IsExported() && slices.Contains(generic, lastWord(name.Name)) {
				breaches = append(breaches, fmt.Sprintf("%s: type %s names nothing: what does it do?", f.at(name.Pos()), name.Name))
			}
		}
	}
	return breaches
}

// lastWord gives the last word of a name in camel case, in lower case: "TokenManager" gives "manager".
func lastWord(name string) string {
	i := strings.LastIndexFunc(name, unicode.IsUpper)
	return strings.ToLower(name[max(i, 0):])
}

// statement is the beginning of an SQL statement as it is written in this house, in capitals.
var statement = regexp.MustCompile(`\b(SELECT\s|INSERT\s+INTO\s|DELETE\s+FROM\s|UPDATE\s+\w+\s+SET\s|CREATE\s+(TABLE|INDEX)\s)`)

// checkStatements wants all SQL in the store.
func checkStatements(f goFile) []string {
	var breaches []string
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if ok && literal.Kind == token.STRING && statement.MatchString(literal.Value) {
			breaches = append(breaches, f.at(literal.Pos())+": SQL outside internal/store: add a method there")
		}
		return true
	})
	return breaches
}
