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

// Each flow of docs/flows.md begins with a service that one request registers, and ends in a token that the hub says is live.
func TestEveryFlowOfTheTableRunsAsAScript(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "flows.md"))
	if err != nil {
		t.Fatal(err)
	}
	hub := fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	folder, environment := clone(t), []string{"HUB_LISTEN=" + hub, "HUB_METRICS_LISTEN=off"}
	session := open(t, folder, environment)
	flows := 0
	for _, block := range readme.Blocks(string(text)) {
		script := strings.ReplaceAll(block.Text, "localhost:8443", hub)
		if block.Info == "sh background" {
			beside := open(t, folder, environment)
			beside.enter(t, script)
			beside.until(t, func(line string) bool { return strings.Contains(line, "ready url=") })
			continue
		}
		printed := session.run(t, script)
		if !strings.Contains(script, "\nworth ") {
			continue
		}
		flows++
		if !strings.Contains(printed, `"active":true`) {
			t.Errorf("docs/flows.md:%d ends in\n%s", block.Line, printed)
		}
	}
	if rows := strings.Count(string(text), "](#a"); flows != 5 || rows != 5 {
		t.Errorf("%d scripts were run for %d rows", flows, rows)
	}
}
