package sample

import (
	"fmt"
	"net/http"

	"example.org/hub/test/blackbox"
)

// Verdict is what an answer says of the credential that was sent.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"    // accepted
	Bad     Verdict = "bad"     // refused
	Trouble Verdict = "trouble" // 503 in the form that says to come again: no verdict at all
	Lost    Verdict = "lost"    // no answer
)

// Judge sorts an answer. Whatever is in no form that an answer may have is a Verdict of its own, which says what it is.
func Judge(answer *blackbox.Answer, err error) Verdict {
	if err != nil {
		return Lost
	}
	switch answer.Status {
	case http.StatusOK:
		if active, introspected := answer.JSON["active"]; introspected && active != true {
			return Bad
		}
		return Good
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return Bad
	case http.StatusServiceUnavailable:
		if answer.Header.Get("Retry-After") == "" {
			return "a 503 without Retry-After"
		}
		if answer.Text("error") != "temporarily_unavailable" && answer.Text("error_type") != "unavailable" {
			return Verdict("a 503 that says " + answer.Body)
		}
		return Trouble
	}
	return Verdict(fmt.Sprintf("%d: %s", answer.Status, answer.Body))
}
