package blackbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/hub/test/described"
)

// Asker sends requests to a base URL.
type Asker struct {
	Base   string
	Client *http.Client
}

// NewAsker trusts the authority in the hub's data folder, if it has one. Redirects are answers like any other.
func NewAsker(t testing.TB, base, data string) *Asker {
	t.Helper()
	transport := &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8}
	switch pem, err := os.ReadFile(filepath.Join(data, "tls", "ca.pem")); {
	case err == nil:
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &Asker{Base: base, Client: &http.Client{
		Transport: transport, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// At gives an asker for a path below the base, such as /test.
func (a *Asker) At(path string) *Asker { return &Asker{Base: a.Base + path, Client: a.Client} }

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any // the body, if it is a JSON object
}

// Text gives a member of the JSON object, "" if it is no text.
func (a *Answer) Text(name string) string {
	text, _ := a.JSON[name].(string)
	return text
}

// Option is something about a request.
type Option func(*http.Request)

// Header sets a header.
func Header(name, value string) Option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Bearer sends a token.
func Bearer(token string) Option { return Header("Authorization", "Bearer "+token) }

// Basic sends client credentials as RFC 6749 section 2.3.1 writes them.
func Basic(id, secret string) Option {
	return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
}

// Try sends a request; what goes wrong on the way comes back as the error.
func (a *Asker) Try(ctx context.Context, method, path, body string, options ...Option) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, a.Base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		option(request)
	}
	response, err := a.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Status: response.StatusCode, Header: response.Header, Body: string(text)}
	if json.Unmarshal(text, &answer.JSON) != nil {
		answer.JSON = nil
	}
	return answer, nil
}

// Do is Try in which nothing may go wrong on the way, and the answer must be one that api/openapi.yaml describes.
func (a *Asker) Do(t testing.TB, method, path, body string, options ...Option) *Answer {
	t.Helper()
	answer, err := a.Try(t.Context(), method, path, body, options...)
	if err != nil {
		t.Fatal(err)
	}
	if asked, err := url.Parse(path); err == nil {
		described.Answer(t, method, asked, answer.Status, answer.Header, []byte(answer.Body))
	}
	return answer
}

// Get asks for a path.
func (a *Asker) Get(t testing.TB, path string, options ...Option) *Answer {
	t.Helper()
	return a.Do(t, http.MethodGet, path, "", options...)
}

// Form posts a form, given as pairs.
func (a *Asker) Form(t testing.TB, path string, pairs []string, options ...Option) *Answer {
	t.Helper()
	form := make([]string, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		form = append(form, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return a.Do(t, http.MethodPost, path, strings.Join(form, "&"),
		append([]Option{Header("Content-Type", "application/x-www-form-urlencoded")}, options...)...)
}

// Post posts JSON.
func (a *Asker) Post(t testing.TB, path, body string, options ...Option) *Answer {
	t.Helper()
	return a.Do(t, http.MethodPost, path, body, append([]Option{Header("Content-Type", "application/json")}, options...)...)
}

// Soon repeats a question until it is answered with true. It gives up after a time that only a broken hub needs, and
// gives the time it took.
func Soon(t testing.TB, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > patience {
			t.Fatalf("%s: still not so after %v", what, time.Since(began).Round(time.Second))
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}
