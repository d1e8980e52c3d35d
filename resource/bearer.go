package resource

import (
	"net/http"
	"strings"

	"example.org/hub/oauth/jose"
)

// bearer finds the token of a request: in the Authorization header and nowhere else, since a token in a URL ends up in logs
// (RFC 6750 section 2.3). No header, or one of another scheme, is no token: an empty string without an error.
func bearer(r *http.Request) (string, error) {
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return "", nil
	}
	if len(headers) > 1 {
		refusal := NewError(http.StatusBadRequest)
		refusal.Code, refusal.Description = "invalid_request", "Authorization was sent more than once"
		refusal.InvalidParameters = []InvalidParameter{{"Authorization", "sent more than once; send it once"}}
		return "", refusal
	}
	return parseBearer(headers[0])
}

// parseBearer reads one header value: the scheme in any case, one or more blanks, the token. Beyond the characters of
// RFC 6750 section 2.1 a colon is taken, which permanent tokens of older hubs have.
func parseBearer(header string) (string, error) {
	const scheme = "bearer"
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return "", nil
	}
	rest := header[len(scheme):]
	if rest != "" && rest[0] != ' ' {
		return "", nil // another scheme that begins with the same letters
	}
	token := strings.Trim(rest, " ")
	if len(token) > jose.MaxToken {
		return "", badToken("no token has this length")
	}
	for i := range len(token) {
		c := token[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("-._~+/=:", c) < 0 {
			return "", badToken("it holds a character that no token has")
		}
	}
	return token, nil
}
