package oauth

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// RefreshToken is the grant of RFC 6749 section 6. Tokens of public clients are rotated and a stolen one is found out
// (RFC 9700 section 4.14.2); those of confidential clients stay as they are, since known clients never store a new one.
type RefreshToken struct{}

// Type is "refresh_token".
func (RefreshToken) Type() string { return "refresh_token" }

// Prove uses a refresh token. One that was rotated and comes again ends its whole family.
func (RefreshToken) Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error) {
	if request.RefreshToken == "" {
		return nil, refusal(InvalidRequest, "refresh_token is missing")
	}
	family, err := s.Families.FindRefresh(ctx, request.RefreshToken)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, badGrant("no refresh token of this environment has this text")
	case err != nil:
		return nil, err
	case family.ClientID != client.ID:
		return nil, badGrant("the refresh token was issued to another client")
	}
	items, err := narrowed(family.Scope, request.Scope)
	if err != nil {
		return nil, err
	}
	a, err := s.revive(ctx, client, family, items)
	if err != nil {
		return nil, err
	}
	a.Refresh, err = s.Families.RedeemRefresh(ctx, RefreshUse{
		Origin: request.Origin, Text: request.RefreshToken, Now: s.now(),
		Rotate: client.Public || client.RotateRefresh, Grace: refreshGrace, Idle: s.Policy.refreshIdle(),
	})
	switch {
	case errors.Is(err, ErrUsed):
		if err := s.Families.End(ctx, request.Origin, family, "a refresh token was used again after it had been rotated"); err != nil {
			return nil, err
		}
		return nil, badGrant("the refresh token was rotated and came again; everything that came of it has been ended")
	case errors.Is(err, ErrNotFound):
		return nil, badGrant("the refresh token has ended or was revoked")
	case err != nil:
		return nil, err
	}
	return a, nil
}

// narrowed gives the items a refresh is for: all that were granted, or some of them, or less of one, never more (RFC 6749
// section 6).
func narrowed(granted []string, requested string) ([]string, error) {
	items := strings.Fields(requested)
	if len(items) == 0 {
		return granted, nil
	}
	for _, item := range items {
		service, _, found := cutPermission(item)
		if !slices.Contains(granted, item) && !(found && slices.Contains(granted, service)) {
			return nil, refusal(InvalidScope, "scope goes beyond what was granted; leave it out to get what was granted").because(Explanation{
				Reason: "an item was not granted in the first place", Expected: strings.Join(granted, " "), Received: requested,
			})
		}
	}
	return items, nil
}
