package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"example.org/hub/internal/fault"
)

// envPrefix stands before every setting in the environment: --test-url is HUB_TEST_URL.
const envPrefix = "HUB_"

// EnvName is the environment variable of a flag.
func EnvName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// notSettings are HUB_ variables that are no flag of their own.
var notSettings = []string{"HUB_CONFIG", "HUB_MASTER_KEY"}

// CheckEnvironment refuses HUB_ variables that are no setting: most are typing errors, and a setting that silently does
// nothing is worse than one that is refused.
func CheckEnvironment(environ, flags []string) error {
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(notSettings, name) {
			continue
		}
		if !slices.ContainsFunc(flags, func(flag string) bool { return EnvName(flag) == name }) {
			return fault.New(fault.Invalid,
				"environment variable %s is not a setting: expected HUB_ and the name of a flag, as hub serve --help lists them", name)
		}
	}
	return nil
}

// ReadFile reads hub.toml: the names of flags without dashes before them, lists as arrays or with commas. It gives the
// values as the texts a flag would have. Errors are fault.Invalid and name FILE:LINE.
func ReadFile(file string, flags []string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--config %s cannot be read: %v", file, errors.Unwrap(err))
	}
	var raw map[string]any
	if err := toml.Unmarshal(text, &raw); err != nil {
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			return nil, fault.New(fault.Invalid, "%s:%d: %s", file, syntax.Position.Line, syntax.Message)
		}
		return nil, fault.New(fault.Invalid, "%s: %v", file, err)
	}
	values := map[string]string{}
	for name, value := range raw {
		if !slices.Contains(flags, name) {
			return nil, fault.New(fault.Invalid, "%s:%d: unknown key %q: expected the name of a flag, as hub serve --help lists them",
				file, lineOf(string(text), name), name)
		}
		flat, ok := flatten(value)
		if !ok {
			return nil, fault.New(fault.Invalid, "%s:%d: %s must be a text, a number, true or false, or a list of texts",
				file, lineOf(string(text), name), name)
		}
		values[name] = flat
	}
	return values, nil
}

func flatten(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case int64, bool, float64:
		return fmt.Sprint(value), true
	case []any:
		var items []string
		for _, item := range value {
			text, ok := item.(string)
			if !ok {
				return "", false
			}
			items = append(items, text)
		}
		return strings.Join(items, ","), true
	}
	return "", false
}

// lineOf finds the line on which a key stands, 1 if it is written in some unusual way.
func lineOf(text, key string) int {
	pattern := regexp.MustCompile(`(?m)^\s*\[{0,2}\s*["']?` + regexp.QuoteMeta(key) + `["']?\s*[.=\]]`)
	at := pattern.FindStringIndex(text)
	if at == nil {
		return 1
	}
	// The match may begin with the line breaks before the key.
	begin := at[0] + len(text[at[0]:at[1]]) - len(strings.TrimLeft(text[at[0]:at[1]], " \t\r\n"))
	return strings.Count(text[:begin], "\n") + 1
}
