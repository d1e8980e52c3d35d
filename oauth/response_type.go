package oauth

import (
	"slices"
	"strings"
)

// ResponseType says what an authorization request asks for (OAuth 2.0 Multiple Response Type Encoding Practices).
type ResponseType struct {
	Code, Token, IDToken bool
}

// responseTypes are those there are, in the spelling that metadata uses.
var responseTypes = []string{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"}

// parseResponseType reads a response_type; the order of its words means nothing, and each stands once.
func parseResponseType(text string) (t ResponseType, known bool) {
	words := strings.Fields(text)
	for i, word := range words {
		if slices.Contains(words[:i], word) {
			return ResponseType{}, false
		}
		switch word {
		case "code":
			t.Code = true
		case "token":
			t.Token = true
		case "id_token":
			t.IDToken = true
		default:
			return ResponseType{}, false
		}
	}
	return t, len(words) > 0
}

// front reports whether tokens travel through the browser.
func (t ResponseType) front() bool { return t.Token || t.IDToken }

// ResponseMode is how an authorization answer travels (OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form
// Post Response Mode).
type ResponseMode string

// The modes.
const (
	ModeQuery    ResponseMode = "query"
	ModeFragment ResponseMode = "fragment"
	ModeFormPost ResponseMode = "form_post"
)

// mode gives the mode of the answer: the one asked for, or the one that goes with the type. Tokens never travel in a query,
// where logs and histories keep them.
func (t ResponseType) mode(asked string) (mode ResponseMode, allowed bool) {
	usual := ModeQuery
	if t.front() {
		usual = ModeFragment
	}
	switch ResponseMode(asked) {
	case "":
		return usual, true
	case ModeFragment, ModeFormPost:
		return ResponseMode(asked), true
	case ModeQuery:
		return usual, !t.front()
	}
	return usual, false
}
