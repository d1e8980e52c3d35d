package oauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/netip"
	"slices"
	"time"
)

// AccessToken is an access token, minted or verified: the claims of RFC 9068 section 2.2 and Hub's own.
type AccessToken struct {
	ID          string // jti; for a permanent token its id
	Issuer      string // of a JWT
	Environment string // of a JWT
	Subject     string // user id, or service id for a service on its own behalf
	ClientID    string // empty for a permanent token
	Audience    []string
	Scope       string
	IssuedAt    time.Time
	ExpiresAt   time.Time // zero: none
	AuthTime    time.Time // when the person signed in; zero for machines
	Session     string
	Restricted  bool // good only from certain addresses (ip_restricted): those of its client, or its own

	Permanent bool           // a permanent token, not an access token
	Addresses []netip.Prefix // where a restricted permanent token may be used from
	Detail    any            // what the owner of the ports wants to find again
}

// HasAudience reports whether the token is for a resource server.
func (t *AccessToken) HasAudience(id string) bool {
	return slices.Contains(t.Audience, id)
}

// OwnBehalf reports whether the token stands for a service itself and not for a user.
func (t *AccessToken) OwnBehalf() bool { return !t.Permanent && t.Subject == t.ClientID }

// issue mints tokens from an authorization: one signature and, for a JWT, no write.
func (s *Server) issue(ctx context.Context, a *Authorization) (*TokenResponse, error) {
	now := s.now().Truncate(time.Second)
	life := s.Policy.accessTokenLife()
	token := AccessToken{
		ID: a.tokenID(), Subject: a.Subject.ID, ClientID: a.Client.ID,
		Audience: a.Scope.Audience(), Scope: a.Scope.String(),
		IssuedAt: now, ExpiresAt: now.Add(life), AuthTime: a.AuthTime, Session: a.Session,
		Restricted: a.Client.Addressed,
	}
	if len(token.Audience) == 0 { // good for userinfo only
		token.Audience = []string{s.Issuer}
	}
	var entitlements []string
	for _, resource := range a.Scope.Resources {
		if resource.Entitlements {
			var err error
			if entitlements, err = s.Subjects.Permissions(ctx, &token, token.Audience); err != nil {
				return nil, err
			}
			if entitlements == nil {
				entitlements = []string{}
			}
			break
		}
	}
	claims := s.appendClaims(make([]byte, 0, 640), &token, entitlements)
	text, err := s.mint(ctx, a.Client, &token, claims)
	if err != nil {
		return nil, err
	}
	if len(text) > maxToken {
		return nil, refusal(InvalidScope, "the scope makes a token of more than %d bytes: ask for fewer services at once", maxToken)
	}
	return &TokenResponse{AccessToken: text, TokenType: "Bearer", ExpiresIn: life, Scope: token.Scope, RefreshToken: a.Refresh}, nil
}

// tokenID makes the jti of an access token, behind the id of its family if it has one.
func (a *Authorization) tokenID() string {
	if a.Family == nil {
		return newTokenID()
	}
	return a.Family.ID + "." + newTokenID()
}

func (s *Server) mint(ctx context.Context, client *Client, token *AccessToken, claims []byte) (string, error) {
	if client.Opaque {
		return s.Tokens.Save(ctx, token, claims)
	}
	signer, err := s.Keys.AccessSigner(ctx)
	if err != nil {
		return "", err
	}
	return signer.Sign(claims)
}

func newTokenID() string {
	var id [16]byte
	rand.Read(id[:])
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// appendClaims writes the claims of an access token. It writes them by hand since this is the hot path of the whole
// program: one pass, no reflection, no garbage.
func (s *Server) appendClaims(b []byte, t *AccessToken, entitlements []string) []byte {
	b = AppendString(append(b, `{"iss":`...), s.Issuer)
	b = AppendString(append(b, `,"sub":`...), t.Subject)
	b = AppendString(append(b, `,"client_id":`...), t.ClientID)
	b = AppendStrings(append(b, `,"aud":`...), t.Audience)
	b = AppendString(append(b, `,"scope":`...), t.Scope)
	b = AppendTime(b, `,"iat":`, t.IssuedAt)
	b = AppendTime(b, `,"exp":`, t.ExpiresAt)
	b = AppendString(append(b, `,"jti":`...), t.ID)
	b = AppendString(append(b, `,"env":`...), s.Environment)
	b = AppendTime(b, `,"auth_time":`, t.AuthTime)
	if t.Session != "" {
		b = AppendString(append(b, `,"sid":`...), t.Session)
	}
	if t.Restricted {
		b = append(b, `,"ip_restricted":true`...)
	}
	if entitlements != nil {
		b = AppendStrings(append(b, `,"entitlements":`...), entitlements)
	}
	return append(b, '}')
}
