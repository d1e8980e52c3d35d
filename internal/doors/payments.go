package doors

import (
	"errors"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
	"example.org/hub/resource"
)

// payments turns a refusal into the payments body. The body of a 401 says the same whatever was wrong, but for a retired
// key, whose holder must learn what to do.
func payments(err error, refusal *oauth.Error) *resource.Error {
	status := oauthhttp.Status(refusal.Code)
	var own *oauthhttp.StatusError
	if errors.As(err, &own) {
		status = own.Status
	}
	answer := resource.NewError(status)
	answer.RetryAfter = refusal.RetryAfter
	var parameters *badParameters
	switch {
	case errors.As(err, &parameters):
		answer.InvalidParameters = parameters.parameters
		answer.Title = sentence(refusal.Description)
	case refusal.Retired:
		answer.Title = sentence(refusal.Description)
	case refusal.Code == oauth.InvalidScope:
		answer.InvalidParameters = []resource.InvalidParameter{{Parameter: "scope", Reason: refusal.Description}}
	case answer.Type == "bad_request":
		answer.Title = sentence(refusal.Description)
	}
	return answer
}

// sentence makes a title of a description: a capital at its beginning, a full stop at its end.
func sentence(text string) string {
	if text == "" {
		return text
	}
	if text[0] >= 'a' && text[0] <= 'z' {
		text = string(text[0]-'a'+'A') + text[1:]
	}
	if last := text[len(text)-1]; last != '.' && last != '!' && last != '?' {
		text += "."
	}
	return text
}
