package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// AuthorizationCode is the grant of RFC 6749 section 4.1, with PKCE (RFC 7636).
type AuthorizationCode struct{}

// Type is "authorization_code".
func (AuthorizationCode) Type() string { return "authorization_code" }

// codeChecks are what a code is bound to. The code has been redeemed when they run, so nobody tries twice.
var codeChecks = []struct {
	rule  string
	holds func(*Family, *TokenRequest) bool
	why   func(*Family, *TokenRequest) Explanation
}{
	{"redirect_uri is the one of the authorization request", func(family *Family, request *TokenRequest) bool {
		return request.RedirectURI == family.RedirectURI || request.RedirectURI == "" && !family.RedirectSent
	}, func(family *Family, request *TokenRequest) Explanation {
		return Explanation{
			Reason:   "redirect_uri is not the one of the authorization request",
			Expected: family.RedirectURI, Received: request.RedirectURI, Setting: SettingRequest,
		}
	}},
	{"code_verifier fits the code_challenge", func(family *Family, request *TokenRequest) bool {
		if family.Challenge == "" {
			return request.CodeVerifier == "" // RFC 9700 section 2.1.1: a verifier without a challenge is a downgrade
		}
		return isVerifier(request.CodeVerifier) && verifies(request.CodeVerifier, family.Challenge)
	}, wrongVerifier},
}

// wrongVerifier says what is wrong with a code_verifier, which is a credential and not shown.
func wrongVerifier(family *Family, request *TokenRequest) Explanation {
	x := Explanation{Expected: "the code_verifier whose SHA-256 was sent as code_challenge", Received: "another code_verifier", Setting: SettingPKCE}
	switch {
	case family.Challenge == "":
		x.Reason, x.Expected, x.Received = "code_verifier was sent, and the authorization request had no code_challenge",
			"no code_verifier", "a code_verifier"
	case request.CodeVerifier == "":
		x.Reason, x.Received = "code_verifier is missing, and the authorization request had a code_challenge", "none"
	case !isVerifier(request.CodeVerifier):
		x.Reason = "code_verifier has not the form of one"
		x.Expected = "43 to 128 letters, digits, hyphens, dots, underscores and tildes"
		x.Received = strconv.Itoa(len(request.CodeVerifier)) + " characters"
	default:
		x.Reason = "code_verifier does not fit the code_challenge: its SHA-256 in base64url is another one"
	}
	return x
}

// Prove redeems a code. A code that comes twice was stolen once: everything that came of it ends (RFC 6749 section 4.1.2).
func (AuthorizationCode) Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error) {
	if request.Code == "" {
		return nil, refusal(InvalidRequest, "code is missing")
	}
	family, refresh, err := s.Families.RedeemCode(ctx, request.Origin, request.Code, client.ID, s.now())
	switch {
	case errors.Is(err, ErrUsed):
		if err := s.Families.End(ctx, request.Origin, family, "a code was redeemed twice"); err != nil {
			return nil, err
		}
		return nil, refusedGrant(Explanation{Reason: "the code was redeemed before; everything that came of it has been ended",
			Expected: "a code that is redeemed once", Setting: SettingRequest})
	case errors.Is(err, ErrEnded):
		if family != nil { // a ban ended it, perhaps, which its owner can be told
			if _, err := s.revive(ctx, client, family, family.Scope); err != nil {
				return nil, err
			}
		}
		return nil, refusedGrant(Explanation{
			Reason:   "the code has ended before it was redeemed",
			Expected: "a code that is redeemed within " + CodeLife.String(), Setting: SettingRequest,
		})
	case errors.Is(err, ErrNotFound):
		return nil, refusedGrant(Explanation{
			Reason: "the code was never one of this client: it was cut off, altered, or issued to another", Setting: SettingRequest,
		})
	case err != nil:
		return nil, err
	}
	for _, step := range codeChecks {
		if !step.holds(family, request) {
			return nil, refusedGrant(step.why(family, request))
		}
	}
	a, err := s.revive(ctx, client, family, family.Scope)
	if err != nil {
		return nil, err
	}
	// Known clients ask for a refresh token here and not where the person sees it, which is let pass where somebody answers for
	// them.
	if a.Refresh = refresh; refresh == "" && request.AccessType == Offline && client.MayUse(RefreshToken{}.Type()) && !client.Unvouched {
		s.keepOffline(family)
		a.Refresh, err = s.Families.SaveRefresh(ctx, family)
	}
	a.First = true
	return a, err
}

// refusedGrant is the one answer for every grant that is not good; only the explanation tells why.
func refusedGrant(x Explanation) *Error {
	return refusal(InvalidGrant, "the grant is not valid: it has ended, was used, was revoked, or was never one of this client").because(x)
}

func badGrant(reason string) *Error { return refusedGrant(Explanation{Reason: reason}) }

// revive makes an authorization of what a person once allowed, as far as it still may be: the person must not be banned, and
// must have proven a second factor if one is asked for by now; and a service that is gone, or out of reach now, is left out.
func (s *Server) revive(ctx context.Context, client *Client, family *Family, items []string) (*Authorization, error) {
	subject, err := s.Subjects.Subject(ctx, family.Subject)
	if errors.Is(err, ErrNotFound) || err == nil && !subject.Active {
		return nil, refusedGrant(Explanation{Reason: "the user who allowed it is banned or gone", Setting: SettingBan})
	}
	if err != nil {
		return nil, err
	}
	if family.lacksFactor(subject, s.now()) {
		return nil, refusedGrant(Explanation{
			Reason:  "a second factor is asked of the user by now, and was not proven when this was allowed: the user must sign in anew",
			Setting: SettingTwoFactor,
		})
	}
	if len(items) == 0 {
		return nil, badGrant("nothing was granted") // and never "everything", which is what a missing scope can mean elsewhere
	}
	scope, err := s.resolveScope(ctx, client, subject, strings.Join(items, " "), s.reservedItems(client))
	if err != nil {
		return nil, err
	}
	return &Authorization{Client: client, Subject: subject, Scope: scope, AuthTime: family.AuthTime, Methods: family.Methods, Level: family.Level,
		Session: family.Session, Family: family}, nil
}

// isVerifier reports whether a text can be a code_verifier (RFC 7636 section 4.1).
func isVerifier(text string) bool {
	return len(text) >= 43 && len(text) <= 128 && isUnreserved(text)
}

// isChallenge reports whether a text can be an S256 code_challenge: 32 bytes in base64url (RFC 7636 section 4.2).
func isChallenge(text string) bool {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(decoded) == sha256.Size && len(text) == 43
}

func isUnreserved(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r))
	}) < 0
}

func verifies(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}
