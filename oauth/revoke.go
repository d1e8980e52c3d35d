package oauth

import (
	"context"
	"errors"
)

// RevocationRequest asks to end a token (RFC 7009 section 2.1).
type RevocationRequest struct {
	Origin Origin
	Auth   ClientAuth
	Token  string
}

// Revoke ends an access token of the calling client, or a refresh token and all that came of it. Unknown and ended tokens are no
// error, since what the client wants is already so (RFC 7009 section 2.2). Errors are *Error and have their error id.
func (s *Server) Revoke(ctx context.Context, request *RevocationRequest) error {
	ctx, done := hurry(ctx)
	defer done()
	client, _, err := s.AuthenticateClient(ctx, request.Origin, request.Auth)
	if err == nil && request.Token == "" {
		err = refusal(InvalidRequest, "token is missing")
	}
	if err == nil {
		err = s.revoke(ctx, client, request)
	}
	if err != nil {
		return s.Refuse(ctx, request.Origin, claimedClient(request.Auth), err)
	}
	return nil
}

func (s *Server) revoke(ctx context.Context, client *Client, request *RevocationRequest) error {
	if s.Families != nil {
		family, err := s.Families.FindRefresh(ctx, request.Token)
		if err == nil {
			return s.revokeFamily(ctx, request.Origin, client, family)
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	token, err := s.proven(ctx, request.Token)
	var verdict *Error
	if errors.As(err, &verdict) && verdict.Code == InvalidToken {
		return nil
	}
	if err != nil {
		return err
	}
	if !token.ExpiresAt.IsZero() && !s.now().Before(token.ExpiresAt) {
		return nil
	}
	if token.Permanent {
		return refusal(UnsupportedTokenType, "permanent tokens are deleted by their owner, under Account Security or over the REST API")
	}
	if token.ClientID != client.ID {
		return refusal(UnauthorizedClient, "the token was issued to another client; only that client can revoke it")
	}
	err = s.Tokens.Revoke(ctx, request.Origin, token)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// revokeFamily ends a refresh token and all that came of what it stands for (RFC 7009 section 2.1).
func (s *Server) revokeFamily(ctx context.Context, origin Origin, client *Client, family *Family) error {
	if family.ClientID != client.ID {
		return refusal(UnauthorizedClient, "the token was issued to another client; only that client can revoke it")
	}
	return s.Families.End(ctx, origin, family, "the client revoked its refresh token")
}
