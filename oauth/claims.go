package oauth

import (
	"errors"
	"time"

	"example.org/hub/oauth/jose"
)

// ParseClaims reads the claims of an access token that is known to be genuine: a JWT whose signature was found good, or
// what Tokens.Save was given. Errors are *Error with code invalid_token.
func ParseClaims(payload []byte) (*AccessToken, error) {
	claims, err := jose.ParseObject(payload)
	if err != nil {
		return nil, badToken(err.Error())
	}
	var failed error
	text := func(name string) string {
		value, err := claims.String(name)
		failed = errors.Join(failed, err)
		return value
	}
	at := func(name string) time.Time {
		if !claims.Has(name) {
			return time.Time{}
		}
		value, err := claims.Time(name)
		failed = errors.Join(failed, err)
		return value
	}
	token := &AccessToken{
		ID: text("jti"), Issuer: text("iss"), Environment: text("env"), Subject: text("sub"),
		ClientID: text("client_id"), Scope: text("scope"), Session: text("sid"),
		IssuedAt: at("iat"), ExpiresAt: at("exp"), AuthTime: at("auth_time"),
	}
	var problem error
	token.Audience, problem = claims.Strings("aud")
	failed = errors.Join(failed, problem)
	token.Restricted, problem = claims.Bool("ip_restricted")
	failed = errors.Join(failed, problem)
	switch {
	case failed != nil:
		return nil, badToken(failed.Error())
	case token.ExpiresAt.IsZero() || token.Subject == "" || token.ID == "":
		return nil, badToken("the token lacks exp, sub or jti")
	}
	return token, nil
}
