package oauthhttp

import (
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.org/hub/oauth"
)

// authorize is the authorization endpoint (RFC 6749 section 3.1) for a browser that comes by GET.
func (h *Handler) authorize(w http.ResponseWriter, r *http.Request) {
	parameters, err := parseParameters(r.URL.RawQuery)
	if err != nil {
		h.Page(w, r, h.problem(r, err))
		return
	}
	request := &oauth.AuthorizeRequest{Origin: Origin(r, "authorize"), Parameters: parameters, Session: h.Session(r)}
	answer := h.Server.Authorize(r.Context(), request)
	if answer.Redirect == nil {
		h.Page(w, r, answer)
		return
	}
	WriteRedirect(w, answer.Redirect)
}

// authorizePost takes a request that a page of another site posts (OpenID Connect Core 1.0 section 3.1.2.1). Cookies do not
// travel with it, so it is kept, and the browser sent to the endpoint by GET.
func (h *Handler) authorizePost(w http.ResponseWriter, r *http.Request) {
	parameters, err := readParameters(r)
	if err != nil {
		h.Page(w, r, h.problem(r, err))
		return
	}
	kept, err := h.Server.Stash(r.Context(), &oauth.AuthorizeRequest{Origin: Origin(r, "authorize"), Parameters: parameters})
	if err != nil {
		h.Page(w, r, h.problem(r, err))
		return
	}
	again := url.Values{"client_id": {parameters.Get("client_id")}, "request_uri": {kept.RequestURI}}
	see(w, h.Server.Issuer+oauth.AuthorizePath+"?"+again.Encode())
}

// problem is the answer for a request that cannot even be read.
func (h *Handler) problem(r *http.Request, err error) *oauth.AuthorizeAnswer {
	return &oauth.AuthorizeAnswer{Problem: h.Server.Refuse(r.Context(), Origin(r, "authorize"), "", err), Asked: &oauth.Asked{}}
}

// readParameters reads the form of a POST, in which names may stand more than once: the endpoint itself judges that.
func readParameters(r *http.Request) (oauth.Parameters, error) {
	if !isFormType(r.Header.Get("Content-Type")) {
		return nil, &StatusError{Status: http.StatusUnsupportedMediaType, Refusal: invalid("the content type must be %s", formType)}
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return parseParameters(body)
}

func parseParameters(text string) (oauth.Parameters, error) {
	pairs, err := parsePairs(text)
	if err != nil {
		return nil, err
	}
	return pairs.parameters(), nil
}

// parameters gives all of them by name, with those that stand more than once.
func (f *Form) parameters() oauth.Parameters {
	all := make(oauth.Parameters, len(f.names))
	for i, name := range f.names {
		all[name] = append(all[name], f.values[i])
	}
	return all
}

// WriteRedirect sends an authorization answer through the browser to the client.
func WriteRedirect(w http.ResponseWriter, redirect *oauth.Redirect) {
	if redirect.Refusal != nil {
		w.Header().Set(ErrorHeader, redirect.Refusal.ID)
	}
	if redirect.Mode == oauth.ModeFormPost {
		writeFormPost(w, redirect)
		return
	}
	var encoded strings.Builder
	for i, parameter := range redirect.Parameters {
		if i > 0 {
			encoded.WriteByte('&')
		}
		encoded.WriteString(url.QueryEscape(parameter.Name) + "=" + escapeValue(parameter.Value))
	}
	separator := "#"
	if redirect.Mode == oauth.ModeQuery {
		separator = "?"
		if strings.Contains(redirect.URI, "?") {
			separator = "&"
		}
	}
	see(w, redirect.URI+separator+encoded.String())
}

// escapeValue writes a blank as %20, which readers of fragments understand as well as those of forms.
func escapeValue(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// see sends the browser elsewhere with a GET, whatever it came with; 307 would carry a form along (RFC 9700 section 4.12).
func see(w http.ResponseWriter, location string) {
	header := w.Header()
	header.Set("Location", location)
	header["Cache-Control"], header["Pragma"] = noStore, noCache
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusSeeOther)
}

// The page of the form_post mode. Its script is the only one that may run on it; without scripts a button does the same.
const (
	formPostScript = `document.forms[0].submit()`
	formPostHash   = "sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE="
)

var formPost = template.Must(template.New("form_post").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head>
<body><form method="post" action="{{.Action}}">
{{range .Parameters}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}<noscript><button type="submit">Continue</button></noscript>
</form><script>` + formPostScript + `</script></body></html>
`))

func writeFormPost(w http.ResponseWriter, redirect *oauth.Redirect) {
	header := w.Header()
	header["Cache-Control"], header["Pragma"] = noStore, noCache
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src '"+formPostHash+"'; frame-ancestors "+ancestor(redirect.URI))
	page := struct {
		Action     template.URL // it is a registered redirect URI, whatever its scheme
		Parameters []oauth.Parameter
	}{template.URL(redirect.URI), redirect.Parameters}
	if err := formPost.Execute(w, page); err != nil {
		io.WriteString(w, "</form>") // the client is gone; there is nobody to tell
	}
}

// ancestor is the origin that may frame the answer: the client's own, as with every other answer of the endpoint.
func ancestor(uri string) string {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return "'none'"
	}
	return parsed.Scheme + "://" + parsed.Host
}
