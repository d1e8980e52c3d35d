package readme_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/readme"
)

// The settings that docs/OPERATING.md shows are settings: a hub can be made with each set of them, but for its folder.
func TestEachSetOfSettingsOfThePageIsTaken(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "OPERATING.md"))
	if err != nil {
		t.Fatal(err)
	}
	sets := 0
	for _, block := range readme.Blocks(string(text)) {
		if block.Info != "toml" {
			continue
		}
		sets++
		file := filepath.Join(t.TempDir(), "hub.toml")
		if err := os.WriteFile(file, []byte(block.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		blackbox.MustRun(t, "", "admin", "create", "--login", "ada", "--config", file, "--data", t.TempDir())
	}
	if sets < 2 {
		t.Errorf("only %d sets of settings", sets)
	}
}

// The unit for systemd starts what there is, with the settings that the page puts there.
func TestTheUnitStartsAVerbThatThereIs(t *testing.T) {
	unit, err := os.ReadFile(filepath.Join("..", "..", "examples", "systemd", "hub.service"))
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(unit), "\nExecStart=/usr/local/bin/hub ")
	line, _, _ = strings.Cut(line, "\n")
	verb, settings, _ := strings.Cut(line, " ")
	if settings != "--config /etc/hub.toml" {
		t.Errorf("the unit starts %q", line)
	}
	blackbox.MustRun(t, "", verb, "--help")
}

// Where docs/finding.md sends somebody there is something: each path that it names answers.
func TestWhatThePageSendsPeopleToIsThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "finding.md"))
	if err != nil {
		t.Fatal(err)
	}
	hub := blackbox.Serve(t, "")
	paths := regexp.MustCompile("`(/[^`]+)`").FindAllStringSubmatch(string(text), -1)
	for _, path := range paths {
		if status := hub.Get(t, path[1]).Status; status == http.StatusNotFound {
			t.Errorf("there is no %s", path[1])
		}
	}
	if len(paths) < 15 {
		t.Errorf("only %d paths are named", len(paths))
	}
}
