package readme_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/secret"
	"example.org/hub/test/readme"
)

// secretsPage gives docs/secrets.md with its blocks by their kind.
func secretsPage(t *testing.T) (string, map[string]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "secrets.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, block := range readme.Blocks(string(text)) {
		blocks[block.Info] = block.Text
	}
	return string(text), blocks
}

// samples are secrets of every kind and environment, and texts that nearly are.
func samples() (ours, none []string) {
	for _, kind := range secret.Kinds() {
		for _, test := range []bool{false, true} {
			one := secret.New(kind, test).Reveal()
			ours = append(ours, one)
			none = append(none, one[:len(one)-1], one+"x", "x"+one, strings.Replace(one, "_", "-", 1), strings.Replace(one, "hub", "Hub", 1))
		}
	}
	return ours, append(none, "perm:YWRh.NDktNQ==.notOurs", "hubpat_", "eyJhbGciOiJFUzI1NiJ9.e30.x")
}

func TestTheScannerRuleFindsEverySecretAndNothingElse(t *testing.T) {
	page, blocks := secretsPage(t)
	rule, err := regexp.Compile(strings.TrimSpace(blocks["regex"]))
	if err != nil {
		t.Fatal(err)
	}
	ours, none := samples()
	for _, around := range []string{"%", "TOKEN=%\n", `{"secret":"%"}`, "Bearer %, and so on", "https://h/?t=%&x", "-%-"} {
		for _, one := range ours {
			if got := rule.FindAllString(strings.ReplaceAll(around, "%", one), -1); !slices.Equal(got, []string{one}) {
				t.Errorf("%s in %s: %q", one, around, got)
			}
		}
		for _, one := range none {
			if got := rule.FindAllString(strings.ReplaceAll(around, "%", one), -1); len(got) > 0 {
				t.Errorf("%s in %s: %q", one, around, got)
			}
		}
	}
	for _, kind := range secret.Kinds() {
		if !strings.Contains(page, "| `"+string(kind)+"_` |") {
			t.Errorf("the page has no %s_", kind)
		}
	}
	example, _, _ := strings.Cut(blocks["text"], "\n")
	if form, _, _ := secret.Recognise(example); form != secret.Good {
		t.Errorf("the example %s is none", example)
	}
}

func TestTheScannerOfThePageKnowsTheChecksum(t *testing.T) {
	_, blocks := secretsPage(t)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(blocks["go"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(blocks["go"], strings.TrimSpace(blocks["regex"])) {
		t.Error("the program and the rule differ")
	}
	ours, none := samples()
	mistyped := []byte(ours[0])
	mistyped[10]++
	scan := exec.Command("go", "run", filepath.Join(folder, "main.go"))
	scan.Stdin = strings.NewReader(strings.Join(slices.Concat(ours, none, []string{string(mistyped)}), "\n"))
	scan.Stderr = t.Output()
	found, err := scan.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(found)); !slices.Equal(got, ours) {
		t.Errorf("found %q", got)
	}
}
