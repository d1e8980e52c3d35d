package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clauseSections are what docs/rfc.md has a table for.
var clauseSections = []string{
	"RFC 6749", "RFC 6750", "RFC 7636", "RFC 7009", "RFC 7662", "RFC 8414", "RFC 8628", "RFC 8707", "RFC 9068", "RFC 9101", "RFC 9126", "RFC 9207",
	"RFC 9700", "RFC 7523", "RFC 7591", "RFC 7592", "RFC 9728", "OpenID Connect Core 1.0", "OpenID Connect Discovery 1.0",
	"OpenID Connect Dynamic Client Registration 1.0", "OpenID Connect RP-Initiated Logout 1.0",
}

// clauseReasons are the words that stand for a missing check or test; what follows says why.
var clauseReasons = []string{"untested", "by choice", "not offered", "elsewhere", "not met"}

// quoted is a name in docs/rfc.md.
var quoted = regexp.MustCompile("`([^`]+)`")

func TestEveryClauseHasItsCheckAndItsTestOrAReason(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "rfc.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := readNames(listPackages(t))
	rows, used := map[string]int{}, map[string]bool{}
	section := ""
	for number, line := range strings.Split(string(text), "\n") {
		if title, isTitle := strings.CutPrefix(line, "## "); isTitle {
			section, _, _ = strings.Cut(title, ":")
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| § |") {
			continue
		}
		rows[section]++
		for _, problem := range told.judge(line, used) {
			t.Errorf("docs/rfc.md:%d: %s", number+1, problem)
		}
	}
	for _, wanted := range clauseSections {
		if rows[wanted] == 0 {
			t.Errorf("docs/rfc.md has no table for %s", wanted)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(told.rules)) {
		if !used[rule] && !strings.HasPrefix(rule, "suite: ") {
			t.Errorf("docs/rfc.md does not say which clause asks for `%s`; if none does, it belongs into the last table", rule)
		}
	}
}

func TestALineOfClausesIsHeldToItsNames(t *testing.T) {
	told := names{declared: map[string]bool{"oauth.Server.Token": true, "TestGood": true}, rules: map[string]bool{"liveChecks: it lives": true, "suite: it lives": true}}
	for line, sound := range map[string]bool{
		"| 1 | A duty. | `liveChecks: it lives` | `suite: it lives`, `TestGood` |":             true,
		"| 1 | A duty. | `oauth.Server.Token` | **untested** nobody can see it |":              true,
		"| 1 | A duty. | — | **not offered** nobody needs it |":                                true,
		"| 1 | A duty. | `oauth.Server.Token` | `TestGood`; **not met** for half of them |":    true,
		"| 1 | A duty. | `liveChecks: it died` | `TestGood` |":                                 false,
		"| 1 | A duty. | `oauth.Server.Tocken` | `TestGood` |":                                 false,
		"| 1 | A duty. | `oauth.Server.Token` | `TestGone` |":                                  false,
		"| 1 | A duty. | `oauth.Server.Token` | `suite: it died` |":                            false,
		"| 1 | A duty. | `oauth.Server.Token` | |":                                             false,
		"| 1 | A duty. | — | `TestGood` |":                                                     false,
		"| 1 | A duty. | — | **untested** it is done somewhere |":                              false,
		"| 1 | A duty. | `oauth.Server.Token` | **not met** |":                                 false,
		"| 1 | A duty. | `oauth.Server.Token` | **who knows** it may well be done somewhere |": false,
		"| 1 | A duty. | `oauth.Server.Token` |":                                               false,
		"| 1 | | `oauth.Server.Token` | `TestGood` |":                                          false,
	} {
		if problems := told.judge(line, map[string]bool{}); (len(problems) == 0) != sound {
			t.Errorf("%s: %q", line, problems)
		}
	}
}

// names is what docs/rfc.md may name.
type names struct {
	declared map[string]bool // "oauth.Server.Token", "TestName"
	rules    map[string]bool // "liveChecks: the token has not ended", "suite: a code is good for a minute"
}

// readNames collects the declarations of all packages, the names of all tests, and the rules of the lists in package oauth and
// of its suite.
func readNames(packages []goPackage) names {
	told := names{map[string]bool{}, map[string]bool{}}
	for _, one := range packages {
		for _, f := range one.files {
			for _, declaration := range f.syntax.Decls {
				told.declare(one, f, declaration)
			}
		}
	}
	return told
}

func (n names) declare(one goPackage, f goFile, declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		switch {
		case f.test && d.Recv == nil && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")):
			n.declared[name] = true
		case !f.test && d.Recv == nil:
			n.declared[one.name+"."+name] = true
		case !f.test:
			n.declared[one.name+"."+receiver(d.Recv.List[0].Type)+"."+name] = true
		}
	case *ast.GenDecl:
		if f.test {
			return
		}
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				n.declared[one.name+"."+s.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range s.Names {
					n.declared[one.name+"."+name.Name] = true
				}
				for i, value := range s.Values {
					n.list(one.path, s.Names[i].Name, value)
				}
			}
		}
	}
}

func receiver(of ast.Expr) string {
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// list collects the rules of a list whose entries begin with a rule in words.
func (n names) list(path, name string, value ast.Expr) {
	if path == "oauth/oauthtest" {
		name = "suite"
	} else if path != "oauth" {
		return
	}
	list, ok := value.(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, element := range list.Elts {
		entry, ok := element.(*ast.CompositeLit)
		if !ok || len(entry.Elts) < 2 {
			continue
		}
		if first, ok := entry.Elts[0].(*ast.BasicLit); ok && first.Kind == token.STRING {
			if rule, err := strconv.Unquote(first.Value); err == nil {
				n.rules[name+": "+rule] = true
			}
		}
	}
}

// judge says what is wrong with one line of a table, and notes the rules it names.
func (n names) judge(line string, used map[string]bool) (problems []string) {
	cells := strings.Split(strings.Trim(line, "|"), "|")
	if len(cells) != 4 {
		return []string{fmt.Sprintf("%d columns, want 4: section, duty, check, test", len(cells))}
	}
	for i := range cells {
		if cells[i] = strings.TrimSpace(cells[i]); cells[i] == "" {
			problems = append(problems, "an empty column")
		}
	}
	checks, wrong := n.named(cells[2], used)
	problems = append(problems, wrong...)
	tests, wrong := n.named(cells[3], used)
	problems = append(problems, wrong...)
	reasons := 0
	for i, part := range strings.Split(cells[3], "**") {
		if i%2 == 0 {
			if i > 0 && len(strings.TrimSpace(part)) < 10 {
				problems = append(problems, "a reason that says nothing")
			}
			continue
		}
		if reasons++; !slices.Contains(clauseReasons, part) {
			problems = append(problems, fmt.Sprintf("%q is no reason; there are %s", part, strings.Join(clauseReasons, ", ")))
		}
	}
	switch {
	case tests == 0 && reasons == 0:
		problems = append(problems, "neither a test nor a reason")
	case checks == 0 && (reasons == 0 || strings.Contains(cells[3], "**untested**")):
		problems = append(problems, "no check, and no reason why there is none")
	}
	return problems
}

// named counts the names of a column that are checks or tests, and tells of those that do not exist.
func (n names) named(cell string, used map[string]bool) (count int, problems []string) {
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		name := match[1]
		_, _, isRule := strings.Cut(name, ": ")
		isTest := strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")
		switch {
		case isRule && n.rules[name]:
			used[name] = true
		case isRule || !n.declared[name] && (isTest || strings.Contains(name, ".")):
			problems = append(problems, fmt.Sprintf("there is no `%s`", name))
		case !n.declared[name]:
			continue // a word of the protocol
		}
		count++
	}
	return count, problems
}
