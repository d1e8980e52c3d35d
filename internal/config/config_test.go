package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
)

// defaults are the settings as the command line fills them when nothing was said.
func defaults() config.Settings {
	return config.Settings{Data: "./hub-data", Listen: "localhost:8443", TLS: "auto", RateLimit: "off", FailureLimits: "account=10/15m,address=50/1m"}
}

func TestBaseURLsFollowFromWhatIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*config.Settings)
		url, test string
	}{
		"nothing":        {func(*config.Settings) {}, "https://localhost:8443", "https://localhost:8443/test"},
		"the usual port": {func(s *config.Settings) { s.Listen = "localhost:443" }, "https://localhost", "https://localhost/test"},
		"all addresses":  {func(s *config.Settings) { s.Listen = ":8443" }, "https://localhost:8443", "https://localhost:8443/test"},
		"IPv6":           {func(s *config.Settings) { s.Listen = "[::1]:8443" }, "https://[::1]:8443", "https://[::1]:8443/test"},
		"without TLS":    {func(s *config.Settings) { s.TLS = "off" }, "http://localhost:8443", "http://localhost:8443/test"},
		"behind a proxy": {
			func(s *config.Settings) { s.TLS, s.TrustedProxies = "off", "10.0.0.1" },
			"https://localhost:8443", "https://localhost:8443/test",
		},
		"a path": {
			func(s *config.Settings) { s.URL = "https://www.example.com/hub/" },
			"https://www.example.com/hub", "https://www.example.com/hub/test",
		},
		"capitals": {
			func(s *config.Settings) { s.URL = "HTTPS://Hub.Example.com" },
			"https://hub.example.com", "https://hub.example.com/test",
		},
		"a host for test": {
			func(s *config.Settings) { s.URL, s.TestURL = "https://hub.example.com", "https://test.example.com" },
			"https://hub.example.com", "https://test.example.com",
		},
		"test is switched": {func(s *config.Settings) { s.TestURL = "none" }, "https://localhost:8443", ""},
	} {
		settings := defaults()
		c.change(&settings)
		resolved, err := settings.Resolve()
		if err != nil || resolved.URL != c.url || resolved.TestURL != c.test {
			t.Errorf("%s: %+v, %v", name, resolved, err)
		}
	}
}

func TestASettingThatIsWrongIsNamedWithItsFlag(t *testing.T) {
	for flag, change := range map[string]func(*config.Settings){
		"--listen":          func(s *config.Settings) { s.Listen = "8443" },
		"--listen ":         func(s *config.Settings) { s.Listen = "localhost:99999" },
		"--url":             func(s *config.Settings) { s.URL = "hub.example.com" },
		"--url ":            func(s *config.Settings) { s.URL = "https://hub.example.com/?x=1" },
		"--test-url":        func(s *config.Settings) { s.URL, s.TestURL = "https://a.example", "https://a.example" },
		"--trusted-proxies": func(s *config.Settings) { s.TrustedProxies = "10.0.0.0/99" },
		"--fetch-allow":     func(s *config.Settings) { s.FetchAllow = "nonsense" },
		"--rate-limit":      func(s *config.Settings) { s.RateLimit = "fast" },
		"--failure-limits":  func(s *config.Settings) { s.FailureLimits = "account=1/m" },
		"--failure-limits ": func(s *config.Settings) { s.Listen, s.FailureLimits = "0.0.0.0:8443", "off" },
	} {
		settings := defaults()
		change(&settings)
		_, err := settings.Resolve()
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), strings.TrimSpace(flag)) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestAFileGivesTheTextsOfFlagsAndNamesTheLineThatIsWrong(t *testing.T) {
	flags := []string{"url", "trusted-proxies", "pprof", "rate-limit"}
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "hub.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	values, err := config.ReadFile(write("url = \"https://a\"\ntrusted-proxies = [\"10.0.0.1\", \"fd00::/8\"]\npprof = true\n"), flags)
	if err != nil || values["url"] != "https://a" || values["trusted-proxies"] != "10.0.0.1,fd00::/8" || values["pprof"] != "true" {
		t.Errorf("got %v, %v", values, err)
	}
	for text, want := range map[string]string{
		"url = \"a\"\n\nulr = \"b\"\n":        "hub.toml:3: unknown key \"ulr\"",
		"url = \"a\"\n[section]\nx = 1\n":     "hub.toml:2: unknown key \"section\"",
		"url = \"a\"\nurl = \"b\"\n":          "hub.toml:2:",
		"url = \n":                            "hub.toml:1:",
		"\nurl = {a = 1}\n":                   "hub.toml:2: url must be",
		"trusted-proxies = [1]\nurl = \"\"\n": "hub.toml:1: trusted-proxies must be",
	} {
		if _, err := config.ReadFile(write(text), flags); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := config.ReadFile(filepath.Join(t.TempDir(), "none.toml"), flags); !fault.Is(err, fault.Invalid) ||
		!strings.Contains(err.Error(), "none.toml") {
		t.Errorf("missing file: %v", err)
	}
}

func TestAVariableThatIsNoSettingIsRefused(t *testing.T) {
	flags := []string{"url", "test-url"}
	if err := config.CheckEnvironment([]string{"HUB_URL=x", "HUB_TEST_URL=y", "HUB_CONFIG=z", "PATH=/bin"}, flags); err != nil {
		t.Error(err)
	}
	if err := config.CheckEnvironment([]string{"HUB_TESTURL=x"}, flags); err == nil || !strings.Contains(err.Error(), "HUB_TESTURL") {
		t.Errorf("got %v", err)
	}
}
