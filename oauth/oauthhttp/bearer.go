package oauthhttp

import (
	"net/http"
	"strings"

	"example.org/hub/oauth"
)

// Bearer gives the token of the Authorization header (RFC 6750 section 2.1), found=false if the header is absent or of
// another scheme. Tokens in forms and URLs are not looked for.
func Bearer(r *http.Request) (token string, found bool, err error) {
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return "", false, nil
	}
	if len(headers) > 1 {
		return "", false, invalid("more than one Authorization header was sent")
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false, nil
	}
	token = strings.TrimSpace(token)
	if token == "" || strings.ContainsAny(token, " \t") {
		return "", true, &oauth.Error{Code: oauth.InvalidToken, Description: "the Authorization header must be: Bearer, a blank, the token"}
	}
	return token, true, nil
}

// Challenge is the value of WWW-Authenticate for a protected resource (RFC 6750 section 3, RFC 9728 section 5.1). code is
// empty when no token was sent.
func Challenge(metadata string, refusal *oauth.Error) string {
	challenge := `Bearer realm="hub"`
	if refusal != nil {
		challenge += `, error="` + string(refusal.Code) + `", error_description="` + refusal.Description + `"`
	}
	return challenge + `, resource_metadata="` + metadata + `"`
}
