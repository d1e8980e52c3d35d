package oauth

import (
	"context"
	"errors"
	"net/netip"
	"strings"
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
	if !live.HasAudience(caller.ID) && live.ClientID != caller.ID {
		return &Introspection{}, nil
	}
	permissions, err := s.Subjects.Permissions(ctx, live.AccessToken)
	if err != nil {
		return nil, err
	}
	if live.ClientID != caller.ID {
		key, err := s.keyOf(ctx, caller)
		if err != nil {
			return nil, err
		}
		permissions = ofService(permissions, key)
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

// keyOf is the key under which a client's permissions stand, when it is a resource server.
func (s *Server) keyOf(ctx context.Context, client *Client) (string, error) {
	resource, err := s.Resources.Resource(ctx, client.ID)
	if errors.Is(err, ErrNotFound) {
		return client.ID, nil
	}
	if err != nil {
		return "", err
	}
	return resource.Key, nil
}

// ofService keeps the permissions that are one service's business: a resource server learns nothing about others.
func ofService(permissions []string, key string) []string {
	kept := []string{}
	for _, permission := range permissions {
		if len(permission) > len(key) && permission[len(key)] == ':' && strings.HasPrefix(permission, key) {
			kept = append(kept, permission)
		}
	}
	return kept
}
