package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"example.org/hub/oauth/jose"
)

// TypeIDToken is the "typ" of ID tokens.
const TypeIDToken = "JWT"

// idTokenBinding is what an ID token is bound to by a hash (OpenID Connect Core 1.0 section 3.3.2.11).
type idTokenBinding struct {
	code, accessToken string
	alone             bool // no access token is ever issued with it, so it tells the claims of the scope itself
}

// idToken makes the ID token of an authorization (OpenID Connect Core 1.0 section 2).
func (s *Server) idToken(ctx context.Context, a *Authorization, bound idTokenBinding) (string, error) {
	algorithm := a.Client.idTokenAlgorithm()
	signer, err := s.IDKeys.IDSigner(ctx, algorithm)
	if err != nil {
		return "", err
	}
	told, err := s.toldInIDToken(ctx, a, bound.alone)
	if err != nil {
		return "", err
	}
	now := s.now().Truncate(time.Second)
	b := AppendString(append(make([]byte, 0, 512), `{"iss":`...), s.Issuer)
	b = AppendString(append(b, `,"sub":`...), a.Subject.ID)
	b = AppendString(append(b, `,"aud":`...), a.Client.ID)
	b = AppendString(append(b, `,"azp":`...), a.Client.ID)
	b = AppendTime(b, `,"iat":`, now)
	b = AppendTime(b, `,"exp":`, now.Add(s.Policy.accessTokenLife()))
	b = AppendTime(b, `,"auth_time":`, a.AuthTime)
	for _, member := range []struct{ name, value string }{
		{`,"nonce":`, a.nonce()}, {`,"acr":`, a.Level}, {`,"sid":`, a.Session},
		{`,"at_hash":`, leftHash(algorithm, bound.accessToken)}, {`,"c_hash":`, leftHash(algorithm, bound.code)},
	} {
		if member.value != "" {
			b = AppendString(append(b, member.name...), member.value)
		}
	}
	if len(a.Methods) > 0 {
		b = AppendStrings(append(b, `,"amr":`...), a.Methods)
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		value, err := json.Marshal(told[name])
		if err != nil {
			return "", err
		}
		b = append(append(AppendString(append(b, ','), name), ':'), value...)
	}
	return signer.Sign(append(b, '}'))
}

// nonce is that of the authorization request, for the first ID token only (OpenID Connect Core 1.0 section 12.2).
func (a *Authorization) nonce() string {
	if a.Family == nil || !a.First {
		return ""
	}
	return a.Family.Nonce
}

// ownIDTokenClaims are written from what was proven, never from a profile.
var ownIDTokenClaims = []string{"iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "nonce", "acr", "sid", "at_hash", "c_hash", "amr"}

// toldInIDToken gives the claims about the person that belong into the ID token: those wished for there by name, and those of
// the scope if there is no other place for them (OpenID Connect Core 1.0 section 5.4).
func (s *Server) toldInIDToken(ctx context.Context, a *Authorization, alone bool) (map[string]any, error) {
	var wishes ClaimsRequest
	if a.Family != nil {
		wishes, _ = parseClaimsRequest(a.Family.Claims) // it was read before it was kept
	}
	var items []string
	if alone {
		items = a.Scope.Items
	}
	if len(items) == 0 && len(wishes.IDToken) == 0 {
		return nil, nil
	}
	return s.told(ctx, a.Subject, items, wishes.IDToken)
}

// told gives what may be told about a person.
func (s *Server) told(ctx context.Context, subject *Subject, items []string, wishes map[string]ClaimWish) (map[string]any, error) {
	profile, err := s.People.Profile(ctx, subject)
	if err != nil && !errors.Is(err, ErrNotFound) { // nothing can be told of somebody who has just gone
		return nil, err
	}
	claims := make(map[string]any, len(profile))
	for name, value := range profile {
		if mayTell(name, items, wishes) && !slices.Contains(ownIDTokenClaims, name) {
			claims[name] = value
		}
	}
	return claims, nil
}

// leftHash is the left half of the hash of a text, by the hash of the algorithm (OpenID Connect Core 1.0 section 3.1.3.6);
// EdDSA with Ed25519 hashes with SHA-512.
func leftHash(algorithm jose.Algorithm, text string) string {
	if text == "" {
		return ""
	}
	if algorithm == jose.EdDSA {
		sum := sha512.Sum512([]byte(text))
		return base64.RawURLEncoding.EncodeToString(sum[:32])
	}
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// errNoIDToken says that a text is no ID token of this issuer. It is a verdict.
var errNoIDToken = errors.New("not an ID token of this issuer")

// idTokenHint is what an ID token, sent back as a hint, tells. It may have ended.
type idTokenHint struct {
	subject, client, session string
}

// readIDToken reads an ID token of our own that a client sent back.
func (s *Server) readIDToken(ctx context.Context, text string) (idTokenHint, error) {
	keys, err := s.Keys.Published(ctx)
	if err != nil {
		return idTokenHint{}, err
	}
	payload, _, err := keys.Verify(text, TypeIDToken)
	if err != nil {
		return idTokenHint{}, errNoIDToken
	}
	claims, err := jose.ParseObject(payload)
	if err != nil {
		return idTokenHint{}, errNoIDToken
	}
	issuer, errIssuer := claims.String("iss")
	subject, errSubject := claims.String("sub")
	client, errClient := claims.String("aud")
	session, errSession := claims.String("sid")
	if errors.Join(errIssuer, errSubject, errClient, errSession) != nil || issuer != s.Issuer || subject == "" || client == "" {
		return idTokenHint{}, errNoIDToken
	}
	return idTokenHint{subject, client, session}, nil
}
