package readme_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/readme"
)

// desk is what a block of docs/token-desk.md must print, by what it calls.
var desk = []struct{ calls, prints string }{
	{`"name": "Ada Demo"`, `{"login":"ada","name":"Ada Demo"}`},
	{"author(name)", `"author":{"name":"Ada Demo"}`},
	{"/leave", `"banned":true`},
}

func TestTheTokenDeskWorksAsThePageSays(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "token-desk.md"))
	if err != nil {
		t.Fatal(err)
	}
	listen := fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	environment := []string{"HUB_LISTEN=" + listen, "HUB_METRICS_LISTEN=off", "HUB_LOG_LEVEL=warn",
		"PATH=" + filepath.Dir(blackbox.Binary(t)) + string(filepath.ListSeparator) + os.Getenv("PATH")}
	folder := t.TempDir()
	session, deploys := open(t, folder, environment), 0
	for _, block := range readme.Blocks(string(text)) {
		typed := strings.ReplaceAll(block.Text, "localhost:8443", listen)
		if block.Info == "sh background" {
			beside := open(t, folder, environment)
			beside.enter(t, typed)
			beside.until(t, func(line string) bool { return strings.Contains(line, "ready url=") })
			continue
		}
		printed := session.run(t, typed)
		for _, promise := range desk {
			if strings.Contains(typed, promise.calls) && !strings.Contains(printed, promise.prints) {
				t.Errorf("docs/token-desk.md:%d prints\n%s\nand not %s", block.Line, printed, promise.prints)
			}
		}
		if strings.Contains(typed, "$DEPLOY") {
			want := []string{`{"login":"deployer"}`, `"error":"invalid_token"`}[min(deploys, 1)]
			if deploys++; !strings.Contains(printed, want) {
				t.Errorf("docs/token-desk.md:%d prints\n%s\nand not %s", block.Line, printed, want)
			}
		}
	}
	if deploys != 2 {
		t.Errorf("the token was tried %d times", deploys)
	}
}
