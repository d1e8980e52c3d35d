package oauthhttp

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"example.org/hub/oauth"
)

// readAuthenticated reads what every request of a client begins with: the form, and who the client says it is.
func readAuthenticated(r *http.Request) (form *Form, auth oauth.ClientAuth, err error) {
	if form, err = ReadForm(r); err != nil {
		return nil, auth, err
	}
	auth, err = ReadClient(r, form)
	return form, auth, err
}

// ReadClient reads how the client says who it is, from the Authorization header and the form.
func ReadClient(r *http.Request, form *Form) (oauth.ClientAuth, error) {
	auth := oauth.ClientAuth{
		ID: form.Get("client_id"), Secret: form.Get("client_secret"),
		AssertionType: form.Get("client_assertion_type"), Assertion: form.Get("client_assertion"),
	}
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return auth, nil
	}
	scheme, _, _ := strings.Cut(headers[0], " ")
	if len(headers) > 1 {
		return auth, invalid("more than one Authorization header was sent")
	}
	if !strings.EqualFold(scheme, "Basic") {
		return auth, &oauth.Error{Code: oauth.InvalidClient, Description: "a client authenticates with Authorization: Basic, or in the form",
			Explanation: oauth.Explanation{Reason: "the Authorization header has another scheme", Expected: "Basic", Received: printable(scheme)}}
	}
	id, secret, ok := r.BasicAuth()
	if !ok || strings.IndexByte(id, 0) >= 0 || !utf8.ValidString(id) || !utf8.ValidString(secret) {
		return auth, &oauth.Error{
			Code:        oauth.InvalidClient,
			Description: "the Authorization: Basic header is malformed: expected base64 of client_id:client_secret",
		}
	}
	auth.Basic, auth.BasicID, auth.BasicSecret = true, id, secret
	return auth, nil
}
