package demo_test

import (
	"os/exec"
	"strings"
	"testing"

	"example.org/hub/internal/demo"
)

func TestTheTextFitsWhatThereIs(t *testing.T) {
	sample := &demo.Sample{AppKey: "hubkey_x", PermanentToken: "hubpat_x"}
	for name, tc := range map[string]struct {
		shown           demo.Shown
		holds, holdsNot []string
	}{
		"everything": {
			demo.Shown{
				URL: "https://localhost:1", TestURL: "https://localhost:1/test", API: "https://localhost:2", WebApp: "https://localhost:3",
				Data: "/tmp/x", Passing: true, CA: "/tmp/it's here/ca.pem", Sample: sample,
			},
			[]string{
				"takes its data away", "https://localhost:1/test\n", "https://localhost:3/ ",
				`curl -sS --cacert '/tmp/it'\''s here/ca.pem' https://localhost:1/login`, `"app_key":"hubkey_x"`, "-d token=hubpat_x",
			}, nil,
		},
		"no TLS, no test environment, data kept": {
			demo.Shown{URL: "http://localhost:1", API: "http://localhost:2", Data: "/data", Sample: sample},
			[]string{"curl -sS http://localhost:1/oauth/create_token"}, []string{"cacert", "certificate", "/test", "takes its data away"},
		},
	} {
		var out strings.Builder
		if err := tc.shown.Print(&out); err != nil {
			t.Fatal(err)
		}
		for _, part := range tc.holds {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%s: %q is missing in\n%s", name, part, out.String())
			}
		}
		for _, part := range append(tc.holdsNot, "[secret]", "<no value>", "\n\n\n") {
			if strings.Contains(out.String(), part) {
				t.Errorf("%s: %q should not be in\n%s", name, part, out.String())
			}
		}
		check := exec.Command("bash", "-n")
		check.Stdin = strings.NewReader(commands(out.String()))
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", name, err, said)
		}
	}
}

// commands gives what is indented by four spaces.
func commands(text string) string {
	var all strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") {
			all.WriteString(line)
		}
	}
	return all.String()
}
