package rest

import (
	"net/http"
	"slices"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/oauth"
)

// This test is inside the package: the tables are the wire's, and every kind and code must have its row.
func TestEveryKindOfRefusalHasItsFormAndNeverAWordThatMeansSignInAgain(t *testing.T) {
	forbidden := []string{"invalid_request", "invalid_grant", "invalid_token"}
	for _, kind := range fault.Kinds() {
		said, shape := facesOf(fault.New(kind, "what was wrong"))
		if shape.status < 400 || shape.word == "" || said.Code == "" {
			t.Errorf("%s: form %v, code %q", kind, shape, said.Code)
		}
		if slices.Contains(forbidden, shape.word) && kind != fault.Unauthenticated {
			t.Errorf("%s says %s", kind, shape.word)
		}
		if kind == fault.Internal && said.Description == "what was wrong" {
			t.Error("an internal error shows its text")
		}
	}
	for _, code := range oauth.Codes() {
		_, shape := facesOf(&oauth.Error{Code: code})
		if slices.Contains(forbidden, shape.word) && code != oauth.InvalidToken {
			t.Errorf("%s says %s", code, shape.word)
		}
		if code == oauth.InvalidToken && shape.status != http.StatusUnauthorized {
			t.Errorf("a bad bearer is %d", shape.status)
		}
	}
}
