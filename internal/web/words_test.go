package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	element     = regexp.MustCompile(`</?[^>]*>`)
	mentioned   = regexp.MustCompile(`"([a-z_-]+(?:[.][a-z_-]+)*)"`)
)

func readLocale(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(text, &texts); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return texts
}

func TestEveryLanguageSaysWhatEnglishSaysWithTheSamePlaceholders(t *testing.T) {
	english := readLocale(t, "locale/en.json")
	files, err := filepath.Glob("locale/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for key, text := range readLocale(t, file) {
			of, known := english[key]
			if !known {
				t.Errorf("%s: %s is said nowhere", file, key)
			}
			want, got := placeholder.FindAllString(of, -1), placeholder.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(slices.Compact(want), slices.Compact(got)) {
				t.Errorf("%s: %s has the placeholders %v, want %v", file, key, got, want)
			}
			for _, tag := range element.FindAllString(text, -1) {
				if !slices.Contains([]string{"<b>", "</b>", `<b class="nowrap">`, "<em>", "</em>", "<code>", "</code>", "<br>"}, tag) {
					t.Errorf("%s: %s holds %s", file, key, tag)
				}
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty: leave it out instead", file, key)
			}
		}
	}
}

func TestWhatTheRoomsSayKeepsItsPlaceholdersInEveryLanguage(t *testing.T) {
	files, err := filepath.Glob("locale/said/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		for sentence, said := range readLocale(t, file) {
			want, got := placeholder.FindAllString(sentence, -1), placeholder.FindAllString(said, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) || strings.TrimSpace(said) == "" || strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is said as %q", file, sentence, said)
			}
		}
	}
}

func TestGermanIsComplete(t *testing.T) {
	german := readLocale(t, "locale/de.json")
	for key := range readLocale(t, "locale/en.json") {
		if german[key] == "" {
			t.Errorf("locale/de.json lacks %s", key)
		}
	}
}

func TestEveryTextIsSaidSomewhere(t *testing.T) {
	said := map[string]bool{"direction": true, "or": true, "developers": true}
	for _, pattern := range []string{"*.go", "templates/*.html", "../signin/desk.go", "../once/once.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, match := range mentioned.FindAllStringSubmatch(string(text), -1) {
				said[match[1]], said[match[1]+".text"], said[match[1]+".one"], said[match[1]+".other"] = true, true, true, true
				said["error."+match[1]], said["error."+match[1]+".title"] = true, true
			}
		}
	}
	for _, part := range []string{
		"profile-email", "profile", "email", "groups", "administer", "permissions", "act", "offline", "sign-in",
	} { // consent.go puts "consent." before
		said["consent."+part], said["consent."+part+".means"] = true, true
	}
	for _, kind := range []string{"spa", "web", "native", "self", "user", "device", "machine", "agent"} { // flow.go names kinds
		said["flow."+kind+".develop"], said["flow."+kind+".about"], said["flow."+kind+".table"] = true, true, true
	}
	for _, flow := range []string{"code", "refresh", "client", "implicit", "password", "device"} { // and puts ".short" behind
		said["flow."+flow+".short"] = true
	}
	for _, item := range hub.ReservedScopes() { // holdings.go puts "scope." before
		said["scope."+item] = true
	}
	for key := range readLocale(t, "locale/en.json") { // activity.go puts "event." before
		if strings.HasPrefix(key, "event.") ||
			strings.HasPrefix(key, "cause.") || strings.HasPrefix(key, "door.") || // and admin_dashboard.go the next two
			strings.HasPrefix(key, "field.") || strings.HasPrefix(key, "permission.") || // error.go and needs.go the next,
			strings.HasPrefix(key, "subject.") { // and reference.go the last
			said[key] = true
		}
	}
	for key := range readLocale(t, "locale/en.json") {
		if !said[key] {
			t.Errorf("%s is said nowhere", key)
		}
	}
}

func TestEveryKindOfErrorHasAPage(t *testing.T) {
	texts := readLocale(t, "locale/en.json")
	for _, kind := range fault.Kinds() {
		if texts["error."+kind.String()] == "" || texts["error."+kind.String()+".text"] == "" {
			t.Errorf("there are no words for errors of kind %s", kind)
		}
	}
}
