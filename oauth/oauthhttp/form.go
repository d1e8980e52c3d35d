package oauthhttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/hub/oauth"
)

// MaxForm is the most bytes a form may have; maxParameters the most parameters.
const (
	MaxForm       = 64 << 10
	maxParameters = 100
)

const formType = "application/x-www-form-urlencoded"

// Form is the parameters of one request, each at most once but for resource (RFC 6749 section 3.2, RFC 8707 section 2).
type Form struct {
	names, values []string
}

// Get gives a parameter; one without a value counts as absent (RFC 6749 section 3.2).
func (f *Form) Get(name string) string {
	for i, have := range f.names {
		if have == name {
			return f.values[i]
		}
	}
	return ""
}

// All gives every value of a parameter that may stand more than once.
func (f *Form) All(name string) []string {
	var all []string
	for i, have := range f.names {
		if have == name && f.values[i] != "" {
			all = append(all, f.values[i])
		}
	}
	return all
}

// secretNames are the parameters that must never stand in a URL, where logs and histories keep them.
var secretNames = []string{
	"client_secret", "client_assertion", "password", "code", "code_verifier",
	"refresh_token", "token", "access_token", "device_code", "username",
}

// ReadForm reads the form of a POST strictly: the content type is right, nothing secret stands in the URL, the size is
// bounded, no parameter is repeated, every text is UTF-8. Errors are *StatusError or *oauth.Error.
func ReadForm(r *http.Request) (*Form, error) {
	if !isFormType(r.Header.Get("Content-Type")) {
		return nil, &StatusError{Status: http.StatusUnsupportedMediaType,
			Refusal: wrongType(r.Header.Get("Content-Type"))}
	}
	if r.URL.RawQuery != "" {
		if err := checkQuery(r.URL.RawQuery); err != nil {
			return nil, err
		}
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return parseForm(body)
}

func wrongType(contentType string) *oauth.Error {
	refusal := invalid("the content type must be %s", formType)
	refusal.Explanation = oauth.Explanation{Reason: "the body is in another format than a form", Expected: formType, Received: printable(contentType),
		Setting: oauth.SettingRequest}
	return refusal
}

func isFormType(contentType string) bool {
	if contentType == formType {
		return true
	}
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), formType)
}

func checkQuery(query string) error {
	for part := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		for _, secret := range secretNames {
			if name == secret {
				return invalid("%s was sent in the URL, where logs keep it: send it in the body", secret)
			}
		}
	}
	return nil
}

func readBody(r *http.Request) (string, error) {
	if r.ContentLength > MaxForm {
		return "", tooLarge()
	}
	var body []byte
	var err error
	if r.ContentLength >= 0 {
		body = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, body)
	} else {
		body, err = io.ReadAll(io.LimitReader(r.Body, MaxForm+1))
	}
	if err != nil {
		var cut *http.MaxBytesError // the edge of the program has a limit of its own
		if errors.As(err, &cut) {
			return "", tooLarge()
		}
		return "", invalid("the body could not be read to its end")
	}
	if len(body) > MaxForm {
		return "", tooLarge()
	}
	return string(body), nil
}

func tooLarge() error {
	return &StatusError{Status: http.StatusRequestEntityTooLarge, Refusal: invalid("the form has more than %d bytes", MaxForm)}
}

func parseForm(body string) (*Form, error) {
	form, err := parsePairs(body)
	if err != nil {
		return nil, err
	}
	for i, name := range form.names {
		if name != repeatable && slices.Contains(form.names[:i], name) {
			return nil, invalid("parameter %s is repeated", printable(name))
		}
	}
	return form, nil
}

// repeatable is the one parameter that may stand more than once (RFC 8707 section 2).
const repeatable = "resource"

// parsePairs reads names and values as they come.
func parsePairs(text string) (*Form, error) {
	form := &Form{}
	if text == "" {
		return form, nil
	}
	count := strings.Count(text, "&") + 1
	if count > maxParameters {
		return nil, invalid("there are more than %d parameters", maxParameters)
	}
	form.names, form.values = make([]string, 0, count), make([]string, 0, count)
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, errName := unescape(name)
		value, errValue := unescape(value)
		if errors.Join(errName, errValue) != nil {
			return nil, invalid("the parameters are not valid: a percent sign must be followed by two hex digits, and the text must be UTF-8")
		}
		form.names, form.values = append(form.names, name), append(form.values, value)
	}
	return form, nil
}

func unescape(text string) (string, error) {
	if strings.ContainsAny(text, "%+") {
		decoded, err := url.QueryUnescape(text)
		if err != nil {
			return "", err
		}
		text = decoded
	}
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return "", errors.New("not text")
	}
	return text, nil
}

// printable makes what a stranger sent fit for an error_description (RFC 6749 section 5.2): short, ASCII, without quotes.
func printable(text string) string {
	if len(text) > 40 {
		text = text[:40]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, text)
}

func invalid(format string, args ...any) *oauth.Error {
	return &oauth.Error{Code: oauth.InvalidRequest, Description: fmt.Sprintf(format, args...)}
}
