package internal_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const linkedHead = "# The modules that the program links, written by `make generate`; docs/dependencies.md says why each is there.\n"

// A module that comes, goes or moves shows as a changed line in review.
func TestLinkedModulesAreTheListedOnes(t *testing.T) {
	file := filepath.Join(root, "docs", "linked.txt")
	want := linkedHead + strings.Join(linkedModules(t), "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("docs/linked.txt is not what cmd/hub links, `make generate` writes it anew (-linked +listed):\n%s", diff)
	}
}

// Every outside library that a room imports has to answer for itself.
func TestDependenciesDocumentNamesEveryOwnedModule(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	imported := importedModules(t)
	for _, one := range imported {
		if !strings.Contains(string(text), "`"+one+"`") {
			t.Errorf("docs/dependencies.md does not name `%s`: say why it is there, who keeps it, what it links, who imports it", one)
		}
	}
}

// linkedModules lists the modules of all packages that cmd/hub links on the machines it is built for, as "path version".
func linkedModules(t *testing.T) []string {
	t.Helper()
	pure := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS="}
	output := goCommand(t, pure, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/hub")
	modules := strings.Fields(strings.ReplaceAll(string(output), " ", "@"))
	for i := range modules {
		modules[i] = strings.Replace(modules[i], "@", " ", 1)
	}
	slices.Sort(modules)
	return slices.Compact(modules)
}

// importedModules lists the modules of the owners' table and of the tests' list that some package imports.
func importedModules(t *testing.T) []string {
	t.Helper()
	var imported []string
	for _, one := range listPackages(t) {
		for _, f := range one.files {
			for _, spec := range f.syntax.Imports {
				for _, owned := range slices.Concat(slices.Collect(maps.Keys(owners)), testModules) {
					if matches(owned+"/...", strings.Trim(spec.Path.Value, `"`)) {
						imported = append(imported, owned)
					}
				}
			}
		}
	}
	slices.Sort(imported)
	return slices.Compact(imported)
}
