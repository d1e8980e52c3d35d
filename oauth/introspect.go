package oauth

import (
	"context"
	"errors"
	"net/netip"
	"slices"
)

// IntrospectionRequest asks what a token is worth (RFC 7662 section 2.1).
type IntrospectionRequest struct {
	Origin Origin
	Auth   ClientAuth
	Token  string
	// ClientAddress is the address of the caller's caller, held against allowlists; invalid: not told.
	ClientAddress netip.Addr
}

// Introspection is the answer (RFC 7662 section 2.2). The zero value is that of every token which is not live or not the
// caller's business: {"active": false} and nothing else.
type Introspection struct {
	Active      bool
	Token       *AccessToken
	Username    string
	TokenType   string
	Permissions []string
	Issuer      string
	Environment string
}

// Introspect answers a resource server. A caller sees only tokens whose audience holds it or that were issued to it.
// Errors are *Error and have their error id; they are about the caller or about us, never about the token.
func (s *Server) Introspect(ctx context.Context, request *IntrospectionRequest) (*Introspection, error) {
	ctx, done := hurry(ctx)
	defer done()
	caller, _, err := s.AuthenticateClient(ctx, request.Origin, request.Auth)
	if err == nil && caller.Public {
		err = refusal(InvalidClient, "a public client cannot introspect tokens: it cannot prove who it is")
	}
	if err == nil {
		err = s.admit(caller)
	}
	if err == nil && request.Token == "" {
		err = refusal(InvalidRequest, "token is missing")
	}
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, claimedClient(request.Auth), err)
	}
	answer, err := s.introspect(ctx, caller, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, caller.ID, err)
	}
	if !answer.Active {
		s.Observer.Inactive(ctx, request.Origin)
	}
	return answer, nil
}

func (s *Server) introspect(ctx context.Context, caller *Client, request *IntrospectionRequest) (*Introspection, error) {
	live, err := s.Verify(ctx, request.Token, request.ClientAddress)
	if err != nil {
		var verdict *Error
		if errors.As(err, &verdict) && verdict.Code == InvalidToken {
			return &Introspection{}, nil
		}
		return nil, err
	}
	audience := live.Audience
	if live.ClientID != caller.ID {
		at := slices.Index(audience, caller.ID)
		if at < 0 {
			return &Introspection{}, nil
		}
		audience = audience[at : at+1] // a resource server learns nothing about others
	}
	permissions, err := s.Subjects.Permissions(ctx, live.AccessToken, audience)
	if err != nil {
		return nil, err
	}
	origin := request.Origin
	origin.Service = caller.ID
	if request.ClientAddress.IsValid() {
		origin.Address, origin.Agent = request.ClientAddress, "" // those of whoever sent the token, not of who asks about it
	}
	s.Observer.Used(ctx, origin, live.AccessToken)
	return &Introspection{
		Active: true, Token: live.AccessToken, Username: live.Owner.Username, TokenType: "Bearer", Permissions: permissions,
		Issuer: s.Issuer, Environment: s.Environment,
	}, nil
}
