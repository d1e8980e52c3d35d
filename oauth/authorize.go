package oauth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// AuthorizeRequest is a request at the authorization endpoint (RFC 6749 section 3.1).
type AuthorizeRequest struct {
	Origin     Origin
	Parameters Parameters
	// Session is the browser's session, for the port Interaction; the library does not look at it.
	Session any
}

// AuthorizeAnswer is one of three: a problem to show on a page of our own, since nothing is proven about client and redirect
// URI; a step that the person must take on a page; or an answer to the client.
type AuthorizeAnswer struct {
	Problem  *Error
	Step     *Step
	Redirect *Redirect

	// Asked is what was asked, as far as it was understood; never nil, but its Client is until the client is known.
	Asked *Asked
}

// Redirect is an answer that travels to the client through the browser.
type Redirect struct {
	URI        string
	Mode       ResponseMode
	Parameters []Parameter
	Refusal    *Error // nil for success
}

// Parameter is one parameter of an answer.
type Parameter struct{ Name, Value string }

// Asked is an authorization request: what a client wants of a person.
type Asked struct {
	Client       *Client
	RedirectURI  string
	ResponseType ResponseType
	Mode         ResponseMode
	State        string
	Nonce        string
	Scope        Scope  // as far as it exists; what this person may use of it is decided when it is issued
	Challenge    string // PKCE, S256
	Offline      bool   // wants a refresh token, and may have one

	Prompt        []string       // known values only
	MaxAge        *time.Duration // nil: any age will do
	LoginHint     string
	HintedSubject string // user id of id_token_hint, proven; empty: none
	ACRValues     []string
	Claims        ClaimsRequest
	UILocales     []string
	Display       string

	RequestCredentials string // "default", "skip", "silent", "required"
	BypassToLogin      bool   // auth_mode=bypass_to_login

	// Return is what brings the person back to the authorization endpoint after a step.
	Return Parameters
	// Fetched says that the request was found at an address of the client. Return holds it as it was found, since the client may
	// put another one there, which is not what the person was shown.
	Fetched bool
}

// Prompts reports whether a value of prompt was sent.
func (a *Asked) Prompts(value string) bool { return slices.Contains(a.Prompt, value) }

// silent reports whether no page may be shown.
func (a *Asked) silent() bool { return a.Prompts("none") || a.RequestCredentials == "silent" }

// authorization is one authorization request on its way through authorizeChecks.
type authorization struct {
	request    *AuthorizeRequest
	parameters Parameters // those that count: pushed, signed, or as sent
	asked      *Asked
	handle     string // of a pushed request
	pushed     bool   // by the client itself, at the endpoint for it
	badObject  error  // what is wrong with a request object, told once it is known where
	proven     bool   // client and redirect URI are; from here on the client is told what is wrong
}

// check is one rule of the authorization endpoint.
type check struct {
	rule string
	hold func(*Server, context.Context, *authorization) error
}

// authorizeChecks is the authorization endpoint, in order. What fails before the redirect URI is proven is shown on a page of
// our own and goes nowhere else (RFC 6749 section 4.1.2.1); what fails after it is told to the client.
var authorizeChecks = []check{
	{"client_id is sent, once", oneClientID},
	{"the client is known and switched on", askingClient},
	{"a pushed request is live and of this client", openPushed},
	{"a request object is genuine", readObject},
	{"the redirect URI is registered", provenRedirect},
	{"the request object was understood", understoodObject},
	{"no parameter is repeated", noRepeats},
	{"state and nonce have a sensible length", sensibleTexts},
	{"response_type is one of ours", knownResponseType},
	{"response_mode goes with it", fittingMode},
	{"the client may use the flow", mayUseFlow},
	{"a client that must push its requests has done so", pushedIfRequired},
	{"PKCE is used as it should be", soundChallenge},
	{"scope names something", askedScope},
	{"resource names services", askedResources},
	{"an ID token is asked for by OpenID Connect requests only, and with a nonce", soundIDToken},
	{"prompt makes sense", soundPrompt},
	{"max_age is a number of seconds", soundMaxAge},
	{"claims can be read", readClaims},
	{"nothing is asked that is not offered", offered},
	{"id_token_hint is one of ours", readHint},
	{"the rest is read", readRest},
}

// Authorize answers a request at the authorization endpoint.
func (s *Server) Authorize(ctx context.Context, request *AuthorizeRequest) *AuthorizeAnswer {
	ctx, done := hurry(ctx)
	defer done()
	a := &authorization{request: request, parameters: request.Parameters, asked: &Asked{Return: request.Parameters}}
	answer, err := s.authorize(ctx, a)
	switch {
	case err != nil && s.mustSignInFirst(a, err):
		answer = &AuthorizeAnswer{Step: &Step{Kind: StepLogin}}
	case err != nil:
		answer = s.refuseAuthorization(ctx, a, err)
	}
	answer.Asked = a.asked
	return answer
}

func (s *Server) authorize(ctx context.Context, a *authorization) (*AuthorizeAnswer, error) {
	if err := s.checkAuthorization(ctx, a); err != nil {
		return nil, err
	}
	step, err := s.nextStep(ctx, a)
	if err != nil {
		return nil, err
	}
	if step.Kind != StepIssue {
		return &AuthorizeAnswer{Step: step}, nil
	}
	return s.answerClient(ctx, a, step)
}

// checkAuthorization runs the checks, here and for what is pushed.
func (s *Server) checkAuthorization(ctx context.Context, a *authorization) error {
	for _, step := range authorizeChecks {
		if err := step.hold(s, ctx, a); err != nil {
			var wrong *Error
			if errors.As(err, &wrong) && wrong.Explanation.Reason == "" {
				explained := *wrong
				explained.Explanation.Reason = "it is not so that " + step.rule
				return &explained
			}
			return err
		}
	}
	return nil
}

// mustSignInFirst reports whether a refusal waits until somebody has signed in (RFC 9700 section 4.11.2). Who registered
// itself could otherwise make links that begin here and lead, by way of an error, straight to a page of its own. Where no page
// may be shown there is nothing to wait for.
func (s *Server) mustSignInFirst(a *authorization, err error) bool {
	var verdict *Error
	silent := a.parameters.Get("request_credentials") == "silent" || slices.Contains(strings.Fields(a.parameters.Get("prompt")), "none")
	return a.proven && a.asked.Client.Unvouched && errors.As(err, &verdict) && !verdict.ofOurs() &&
		!silent && !s.Interaction.SignedIn(a.request.Session)
}

// refuseAuthorization tells the client what is wrong, or the person if the client is not proven.
func (s *Server) refuseAuthorization(ctx context.Context, a *authorization, err error) *AuthorizeAnswer {
	refused := s.Refuse(ctx, a.request.Origin, a.parameters.Get("client_id"), err)
	if !a.proven {
		return &AuthorizeAnswer{Problem: refused}
	}
	answer := []Parameter{{"error", string(refused.Code)}}
	if refused.Description != "" {
		answer = append(answer, Parameter{"error_description", refused.Description})
	}
	if refused.URI != "" {
		answer = append(answer, Parameter{"error_uri", refused.URI})
	}
	return &AuthorizeAnswer{Redirect: s.redirect(a.asked, answer, refused)}
}

// redirect addresses an answer, with state and issuer (RFC 9207 section 2).
func (s *Server) redirect(asked *Asked, answer []Parameter, refused *Error) *Redirect {
	if asked.State != "" {
		answer = append(answer, Parameter{"state", asked.State})
	}
	answer = append(answer, Parameter{"iss", s.Issuer})
	return &Redirect{URI: asked.RedirectURI, Mode: asked.Mode, Parameters: answer, Refusal: refused}
}
