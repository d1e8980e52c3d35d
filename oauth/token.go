package oauth

import (
	"context"
	"slices"
	"strings"
	"time"
)

// TokenRequest is a request for tokens, whatever door it came through (RFC 6749 section 3.2).
type TokenRequest struct {
	Origin    Origin
	Auth      ClientAuth
	GrantType string
	Scope     string

	Code         string // authorization_code
	RedirectURI  string
	CodeVerifier string
	RefreshToken string // refresh_token
	Username     string // password
	Password     string
	DeviceCode   string // urn:ietf:params:oauth:grant-type:device_code
	AccessType   string // Offline asks for a refresh token here too, as known clients do

	Resource []string // RFC 8707 section 2.2
}

// Offline is the access_type that asks for a refresh token.
const Offline = "offline"

// TokenResponse is a successful answer (RFC 6749 section 5.1).
type TokenResponse struct {
	AccessToken string
	TokenType   string // exactly "Bearer"
	ExpiresIn   time.Duration
	Scope       string

	RefreshToken string // empty: none
	IDToken      string // empty: none
}

// Grant is a way to prove whom a token is for. Everything all grants share is in tokenSteps, so that none can forget it.
type Grant interface {
	// Type is the grant_type.
	Type() string
	// Prove finds the subject and what it allowed. The client has been authenticated and may use this grant.
	Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error)
}

// exchange is one token request on its way through tokenSteps.
type exchange struct {
	request       *TokenRequest
	grant         Grant
	client        *Client
	secretID      string
	authorization *Authorization
	response      *TokenResponse
}

// tokenSteps is the token endpoint, in order.
var tokenSteps = []struct {
	rule string
	do   func(*Server, context.Context, *exchange) error
}{
	{"the grant type is one of ours", findGrant},
	{"the client is who it says it is", authenticate},
	{"the client keeps its rate", admitRate},
	{"the client may use the grant", mayUseGrant},
	{"the grant proves whom the token is for", prove},
	{"the tokens are issued", issueTokens},
}

// Token answers a token request. Errors are *Error and have their error id.
func (s *Server) Token(ctx context.Context, request *TokenRequest) (*TokenResponse, error) {
	ctx, done := hurry(ctx)
	defer done()
	x := exchange{request: request}
	for _, step := range tokenSteps {
		if err := step.do(s, ctx, &x); err != nil {
			return nil, s.Refuse(ctx, request.Origin, claimedClient(request.Auth), err)
		}
	}
	s.Observer.Issued(ctx, request.Origin, x.client, x.secretID)
	return x.response, nil
}

// claimedClient is the client_id as it was sent, for explaining a refusal.
func claimedClient(auth ClientAuth) string {
	switch {
	case auth.Basic:
		return formDecoded(auth.BasicID)
	case auth.ID == "" && auth.Assertion != "":
		if claims, err := unprovenClaims(auth.Assertion); err == nil {
			subject, _ := claims.String("sub") // empty is as good as any for what cannot be read
			return subject
		}
	}
	return auth.ID
}

func findGrant(s *Server, _ context.Context, x *exchange) error {
	if x.request.GrantType == "" {
		return refusal(InvalidRequest, "grant_type is missing; this server knows %s", s.grantTypes())
	}
	for _, grant := range s.Grants {
		if grant.Type() == x.request.GrantType {
			x.grant = grant
			return nil
		}
	}
	return refusal(UnsupportedGrantType, "this server does not know that grant_type; it knows %s", s.grantTypes())
}

func (s *Server) grantTypes() string {
	types := make([]string, len(s.Grants))
	for i, grant := range s.Grants {
		types[i] = grant.Type()
	}
	return strings.Join(types, ", ")
}

func authenticate(s *Server, ctx context.Context, x *exchange) (err error) {
	x.client, x.secretID, err = s.AuthenticateClient(ctx, x.request.Origin, x.request.Auth)
	return err
}

func admitRate(s *Server, _ context.Context, x *exchange) error {
	return s.admit(x.client)
}

func (s *Server) admit(client *Client) error {
	if wait := s.Throttle.Admit(client.ID); wait > 0 {
		return &Error{
			Code: TooManyRequests, RetryAfter: wait,
			Description: "this client asks too often; wait as Retry-After says and keep tokens until they end",
			Explanation: Explanation{Reason: "the client is above its rate limit", Setting: SettingRateLimit},
		}
	}
	return nil
}

func mayUseGrant(_ *Server, _ context.Context, x *exchange) error {
	return mayUse(x.client, x.grant.Type())
}

func mayUse(client *Client, grantType string) error {
	if client.MayUse(grantType) {
		return nil
	}
	return refusal(UnauthorizedClient, "this client may not use grant_type %s", grantType).because(Explanation{
		Reason: "the flow is switched off for this service", Expected: strings.Join(client.GrantTypes, " "), Received: grantType,
		Setting: SettingFlows,
	})
}

func prove(s *Server, ctx context.Context, x *exchange) (err error) {
	x.authorization, err = x.grant.Prove(ctx, s, x.request, x.client)
	return err
}

func issueTokens(s *Server, ctx context.Context, x *exchange) (err error) {
	a := x.authorization
	signsIn := s.IDKeys != nil && slices.Contains(a.Scope.Items, ScopeOpenID) // whatever the access token is narrowed to
	if a.Scope, err = s.targeted(ctx, a.Scope, x.request.Resource); err != nil {
		return err
	}
	if x.response, err = s.issue(ctx, a); err != nil {
		return err
	}
	if signsIn {
		x.response.IDToken, err = s.idToken(ctx, a, idTokenBinding{accessToken: x.response.AccessToken})
	}
	return err
}
