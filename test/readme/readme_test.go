package readme_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/readme"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// promised is what a block must print, by what its last command calls.
var promised = []struct{ calls, prints string }{
	{"/api/rest/oauth2/token", `"access_token":"`},
	{"/oauth/create_token", `"access_token":"`},
	{"/v1/payment-link", `"payment_link":"https://`},
	{"/api/forward-auth", "X-Hub-User: ben"},
	{"/api/rest/oauth2/introspect", `"active":true`},
	{"/api/rest/users/me", `"login":"ben"`},
	{"hub apply", "applied: "},
}

func TestEveryCommandBlockWorksAsItStands(t *testing.T) {
	began, folder := time.Now(), clone(t)
	hub, api := fmt.Sprintf("localhost:%d", blackbox.FreePort(t)), fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	environment := []string{"HUB_LISTEN=" + hub, "HUB_METRICS_LISTEN=off", "PAYMENTAPI_LISTEN=" + api}
	ports := strings.NewReplacer("localhost:8443", hub, "localhost:9000", api)
	session := open(t, folder, environment)
	var running *terminal // the hub: there is one port for it, so one at a time
	ran := 0
	for _, block := range readme.Blocks(page(t)) {
		text := ports.Replace(block.Text)
		switch block.Info {
		case "sh":
			ran++
			printed := session.run(t, text)
			last := text[max(0, strings.LastIndex(text, "curl"), strings.LastIndex(text, "go run")):]
			for _, promise := range promised {
				if strings.Contains(last, promise.calls) && !strings.Contains(strings.ToLower(printed), strings.ToLower(promise.prints)) {
					t.Errorf("README.md:%d prints\n%s\nand not %s", block.Line, printed, promise.prints)
				}
			}
		case "sh background":
			ran++
			isHub := strings.Contains(text, "./cmd/hub")
			if isHub && running != nil {
				running.close()
			}
			beside := open(t, folder, environment)
			beside.enter(t, text)
			beside.until(t, func(line string) bool { return strings.Contains(line, "ready url=") })
			if isHub {
				running = beside
				t.Logf("README.md:%d answers after %v", block.Line, time.Since(began).Round(100*time.Millisecond))
			}
		case "text":
			lines := strings.Split(strings.TrimRight(block.Text, "\n"), "\n")
			printed := lines[0] + "\n" + running.until(t, func(line string) bool { return line == lines[len(lines)-1] })
			if diff := cmp.Diff(general(block.Text), general(printed)); diff != "" {
				t.Errorf("README.md:%d is not what is printed (-page +printed):\n%s", block.Line, diff)
			}
		case "go":
			compile(t, folder, block.Text)
		default:
			t.Errorf("README.md:%d: a block %q is neither run nor compared", block.Line, block.Info)
		}
	}
	if ran < 10 {
		t.Errorf("only %d blocks were run", ran)
	}
}

// general takes out what differs from start to start.
func general(text string) string {
	for form, word := range map[string]string{
		`localhost:\d+`: "localhost:PORT", `\S*/hub-dev-\d+`: "FOLDER", `[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}`: "PASSWORD",
	} {
		text = regexp.MustCompile(form).ReplaceAllString(text, word)
	}
	return text
}

func compile(t *testing.T, folder, program string) {
	t.Helper()
	place := filepath.Join(folder, "examples", "page")
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "main.go"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", os.DevNull, "./examples/page")
	build.Dir = folder
	if said, err := build.CombinedOutput(); err != nil {
		t.Errorf("the program of the page: %v\n%s", err, said)
	}
}

func TestTheTableHasEveryVerb(t *testing.T) {
	text := page(t)
	help := blackbox.MustRun(t, "", "--help")
	verbs := regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)  +[A-Z]`).FindAllStringSubmatch(help, -1)
	if len(verbs) < 10 {
		t.Fatalf("only %d verbs in\n%s", len(verbs), help)
	}
	for _, verb := range verbs {
		if !strings.Contains(text, "`hub "+verb[1]) {
			t.Errorf("hub %s is not on the page", verb[1])
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	for _, file := range []string{
		"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/OPERATING.md", "docs/migrating.md", "docs/flows.md", "docs/finding.md",
	} {
		path := filepath.Join("..", "..", file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", file, link[1], err)
			}
		}
	}
}
