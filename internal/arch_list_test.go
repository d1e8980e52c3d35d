package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is one package with its parsed files, tests included.
type goPackage struct {
	path  string // below the module
	name  string
	fset  *token.FileSet
	files []goFile
}

// goFile is one parsed file.
type goFile struct {
	path   string // below the module's root
	name   string
	test   bool
	lines  int
	syntax *ast.File
	fset   *token.FileSet
}

func (f goFile) at(pos token.Pos) string { return f.fset.Position(pos).String() }

// add parses a file into the package; text nil reads the file of that path below the module's root.
func (p *goPackage) add(t *testing.T, name string, text []byte) {
	t.Helper()
	shown := p.path + "/" + name
	syntax, err := parser.ParseFile(p.fset, shown, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	p.files = append(p.files, goFile{
		path: shown, name: name, test: strings.HasSuffix(name, "_test.go"),
		lines: bytes.Count(text, []byte("\n")), syntax: syntax, fset: p.fset,
	})
	if p.name == "" || name == "doc.go" {
		p.name = syntax.Name.Name
	}
}

// root is the folder of go.mod, seen from this package.
const root = ".."

// listPackages gives every package of the module as `go list` sees it.
func listPackages(t *testing.T) []goPackage {
	t.Helper()
	type listed struct {
		ImportPath, Dir                                              string
		GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
	}
	output := bytes.NewReader(goCommand(t, nil, "list", "-json=ImportPath,Dir,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", "./..."))
	var packages []goPackage
	for decoder := json.NewDecoder(output); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		next := goPackage{path: strings.TrimPrefix(one.ImportPath, module+"/"), fset: token.NewFileSet()}
		for _, name := range slices.Concat(one.GoFiles, one.CgoFiles, one.IgnoredGoFiles, one.TestGoFiles, one.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(one.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			next.add(t, name, text)
		}
		packages = append(packages, next)
	}
	if len(packages) == 0 {
		t.Fatal("go list ./... names no package")
	}
	return packages
}

// goCommand runs the go command in the module's root and gives what it wrote to stdout.
func goCommand(t *testing.T, environment []string, args ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = root
	command.Env = append(os.Environ(), environment...)
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return output
}
