package hub

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Bounds of a secret that is brought along: long enough to be one, short enough to hash and send.
const (
	minSecret = 8    // characters
	maxSecret = 1024 // bytes
)

// CheckSecret says what is wrong with a secret that is brought along, by its length alone; empty means nothing is.
func CheckSecret(text string) string {
	switch {
	case utf8.RuneCountInString(text) < minSecret:
		return fmt.Sprintf("must have at least %d characters", minSecret)
	case len(text) > maxSecret:
		return fmt.Sprintf("must have at most %d bytes", maxSecret)
	case strings.TrimSpace(text) != text:
		return "must not begin or end with a space"
	}
	return ""
}

// CheckClientID says what is wrong with the client_id of an API client; empty means nothing is.
func CheckClientID(id string) string {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return "must be a UUID in lower case, such as 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11"
	}
	return ""
}

// appIDDigits is the length of an app_id.
const appIDDigits = 8

// CheckAppID says what is wrong with an app_id; empty means nothing is.
func CheckAppID(id string) string {
	if len(id) != appIDDigits || strings.Trim(id, "0123456789") != "" {
		return "must have 8 digits"
	}
	return ""
}

// KeyFromName makes the key of a service or organisation whose maker gave only a name: the name in lower case, with
// hyphens for what a key cannot hold.
func KeyFromName(name string) string {
	var key strings.Builder
	for _, r := range Fold(name) {
		if CheckKey("x"+string(r)) == "" {
			key.WriteRune(r)
		} else if text := key.String(); text != "" && !strings.HasSuffix(text, "-") {
			key.WriteByte('-')
		}
	}
	return strings.TrimRight(key.String(), "-")
}

// AppKeyPurpose is what an app key is sealed for (secret.Master.Seal). What is sealed is the key's text.
func AppKeyPurpose(environment Environment, appID string) string {
	return "app-key/" + string(environment) + "/" + appID
}

// TOTPPurpose is what the seed of a second factor is sealed for. What is sealed is the seed's bytes, not its base32.
func TOTPPurpose(userID string) string { return "totp/" + userID }
