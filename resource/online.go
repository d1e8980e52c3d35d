package resource

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.org/hub/oauth/jose"
)

const (
	// answerFresh is how long the hub's answer about a token is used: short enough for a revocation to bite within a second
	// even when the hub itself needs most of that second to hear of it.
	answerFresh = 250 * time.Millisecond
	maxAsked    = 4096
)

// online asks the hub about tokens (RFC 7662). Requests that bring the same token from the same address at the same time
// share one question.
type online struct {
	issuer     *issuer
	id, secret string
	mu         sync.Mutex // makes looking and asking one step
	questions  remembered[*question]
}

// question is one the hub was asked; token and err are set when done is closed.
type question struct {
	asked time.Time
	done  chan struct{}
	token *Token
	err   error
}

func newOnline(issuer *issuer, id, secret string) *online {
	return &online{issuer: issuer, id: id, secret: secret, questions: remembered[*question]{limit: maxAsked}}
}

// check is Check without what both ways have in common: the hub says whether the token is live and may be used from there.
func (o *online) check(ctx context.Context, text string, from netip.Addr) (*Token, error) {
	sum := sha256.Sum256([]byte(text + " " + from.String()))
	o.mu.Lock()
	q, found := o.questions.get(sum)
	if !found || time.Since(q.asked) >= answerFresh {
		q = &question{asked: time.Now(), done: make(chan struct{})}
		o.questions.put(sum, q)
		go func() {
			defer close(q.done)
			ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
			defer cancel()
			q.token, q.err = o.ask(ctx, text, from)
		}()
	}
	o.mu.Unlock()
	if err := landed(ctx, q.done); err != nil {
		return nil, err
	}
	return q.token, q.err
}

// ask puts the question. Every answer but 200 is trouble between this API and its hub, wrong credentials of the API
// included, and says nothing about the token.
func (o *online) ask(ctx context.Context, text string, from netip.Addr) (*Token, error) {
	found, err := o.issuer.endpoints.get(ctx)
	if err != nil {
		return nil, err
	}
	if found.introspection == "" {
		return nil, unavailable(fmt.Errorf("the metadata of %s has no introspection_endpoint", o.issuer.url))
	}
	form := url.Values{"token": {text}}
	if from.IsValid() {
		form.Set("client_address", from.String())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, found.introspection, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, unavailable(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.SetBasicAuth(url.QueryEscape(o.id), url.QueryEscape(o.secret)) // RFC 6749 section 2.3.1
	response, err := o.issuer.client.Do(request)
	if err != nil {
		return nil, unavailable(err)
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized:
		return nil, unavailable(errors.New("the hub refused ClientID and ClientSecret; set them to the service's own id and secret"))
	default:
		return nil, unavailable(fmt.Errorf("POST %s: answered %s", found.introspection, response.Status))
	}
	body, err := readAll(response.Body, found.introspection)
	if err != nil {
		return nil, unavailable(err)
	}
	return o.read(body)
}

// read takes the answer (RFC 7662 section 2.2). An answer that cannot be understood is trouble; one that can is a verdict.
func (o *online) read(body []byte) (*Token, error) {
	answer, err := jose.ParseObject(body)
	if err != nil {
		return nil, unavailable(err)
	}
	active, err := answer.Bool("active")
	if err != nil || !answer.Has("active") {
		return nil, unavailable(errors.New("the introspection answer does not say whether the token is active"))
	}
	if !active {
		return nil, badToken("the hub says it is not active")
	}
	token, err := readToken(answer)
	if err != nil {
		return nil, unavailable(err)
	}
	if token.Permissions, err = answer.Strings("permissions"); err != nil {
		return nil, unavailable(err)
	}
	if token.Permissions == nil {
		token.Permissions = []string{}
	}
	kind, err := answer.String("token_type")
	if err != nil || !strings.EqualFold(kind, "Bearer") {
		// Refresh tokens can be introspected too (RFC 7662 section 2.1); they are live, and no key to any API.
		return nil, badToken("the hub does not call it a bearer token")
	}
	if issuer, err := answer.String("iss"); err != nil || issuer != "" && issuer != o.issuer.url {
		return nil, badToken("it is of another issuer, " + issuer)
	}
	return token, nil
}
