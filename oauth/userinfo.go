package oauth

import (
	"context"
	"errors"
	"strings"
)

// UserInfo tells a client about the person its access token stands for (OpenID Connect Core 1.0 section 5.3): "sub", and what
// the scope and the claims parameter of the authorization request asked for. Errors are *Error and have their error id.
func (s *Server) UserInfo(ctx context.Context, origin Origin, token string) (map[string]any, error) {
	ctx, done := hurry(ctx)
	defer done()
	claims, live, err := s.userInfo(ctx, origin, token)
	if err != nil {
		clientID := ""
		if live != nil {
			clientID = live.ClientID
		}
		return nil, s.Refuse(ctx, origin, clientID, err)
	}
	origin.Service = s.HubServiceID
	s.Observer.Used(ctx, origin, live.AccessToken)
	return claims, nil
}

func (s *Server) userInfo(ctx context.Context, origin Origin, token string) (map[string]any, *Live, error) {
	live, err := s.VerifyFor(ctx, origin, token, s.Issuer, func(*AccessToken) bool { return true }) // whatever else it is for
	if err != nil {
		return nil, nil, err
	}
	items := strings.Fields(live.Scope)
	if live.OwnBehalf() || !isOpenID(Parameters{"scope": {live.Scope}}) {
		return nil, live, refusal(InsufficientScope, "the token was not asked for with the scope openid").because(Explanation{
			Reason: "the scope of the token lacks openid", Expected: ScopeOpenID, Received: live.Scope,
		})
	}
	wishes, err := s.wishesOf(ctx, live)
	if err != nil {
		return nil, live, err
	}
	claims, err := s.told(ctx, live.Owner, items, wishes.UserInfo)
	if err != nil {
		return nil, live, err
	}
	claims["sub"] = live.Owner.ID
	return claims, live, nil
}

// wishesOf finds what the claims parameter of the authorization request wished for.
func (s *Server) wishesOf(ctx context.Context, live *Live) (ClaimsRequest, error) {
	if live.Family() == "" {
		return ClaimsRequest{}, nil
	}
	family, err := s.Families.Family(ctx, live.Family())
	if errors.Is(err, ErrNotFound) {
		return ClaimsRequest{}, nil // one that came through the browser alone, and wished for nothing
	}
	if err != nil {
		return ClaimsRequest{}, err
	}
	wishes, _ := parseClaimsRequest(family.Claims) // it was read before it was kept
	return wishes, nil
}
