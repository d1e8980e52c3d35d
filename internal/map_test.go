package internal_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is set by `make generate`: the generated parts of docs are written anew instead of compared.
var update = flag.Bool("update", false, "write the generated parts of docs anew")

// The map stands between these lines of docs/ARCHITECTURE.md.
const (
	mapBegin = "<!-- The map: written by `make generate` from the first sentences of all doc.go files. -->\n"
	mapEnd   = "<!-- The end of the map. -->\n"
)

func TestArchitectureMapIsWhatTheRoomsSayOfThemselves(t *testing.T) {
	file := filepath.Join(root, "docs", "ARCHITECTURE.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), mapBegin)
	got, after, closed := strings.Cut(rest, mapEnd)
	if !found || !closed {
		t.Fatalf("docs/ARCHITECTURE.md has no place for the map: it stands between the lines\n%sand\n%s", mapBegin, mapEnd)
	}
	want := drawMap(listPackages(t))
	if *update {
		if err := os.WriteFile(file, []byte(before+mapBegin+want+mapEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the map in docs/ARCHITECTURE.md is old, `make generate` draws it anew (-rooms +map):\n%s", diff)
	}
}

// drawMap lists the rooms from the top floor down, each with the first sentence of its doc.go.
func drawMap(packages []goPackage) string {
	var drawn strings.Builder
	for floor := range slices.Backward(floors) {
		var lines []string
		for _, one := range packages {
			at, in := house.find(one.path)
			doc := slices.IndexFunc(one.files, func(f goFile) bool { return f.name == "doc.go" })
			if in == nil || at != floor || doc < 0 {
				continue // the floors' test says what is wrong
			}
			lines = append(lines, fmt.Sprintf("- [`%s`](../%s/doc.go) %s\n", one.path, one.path, predicate(firstSentence(one.files[doc]))))
		}
		if len(lines) > 0 {
			slices.Sort(lines)
			fmt.Fprintf(&drawn, "\n**Floor %d**\n\n%s", floor, strings.Join(lines, ""))
		}
	}
	return drawn.String() + "\n"
}

// predicate takes "Package x" off a sentence, which the map says already.
func predicate(sentence string) string {
	words := strings.SplitN(sentence, " ", 3)
	if len(words) < 3 {
		return sentence
	}
	return words[2]
}
