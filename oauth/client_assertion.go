package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

// assertedClient reads, without believing it yet, which client an assertion is from (RFC 7523 section 3: sub is the
// client_id). Only then can the keys be found that prove it.
func assertedClient(a *clientAttempt) error {
	if a.auth.AssertionType != AssertionType {
		return refusal(InvalidClient, "client_assertion_type must be %s", AssertionType)
	}
	claims, err := unprovenClaims(a.auth.Assertion)
	if err != nil {
		return badClient("the client assertion is not a JWT: " + err.Error())
	}
	subject, err := claims.String("sub")
	if err != nil || subject == "" {
		return badClient("the client assertion has no sub")
	}
	if a.id != "" && a.id != subject {
		return badClient("client_id and the sub of the client assertion differ")
	}
	a.id, a.method = subject, AuthJWT
	return nil
}

func unprovenClaims(token string) (jose.Object, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("expected three parts separated by dots")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	return jose.ParseObject(payload)
}

// maxAssertionLife is how far ahead the end of an assertion may lie, so that the memory of used ones stays small.
const maxAssertionLife = time.Hour

// assertionChecks are the rules of RFC 7523 section 3 for the claims of an assertion whose signature was found good.
var assertionChecks = []struct {
	rule    string
	holds   func(s *Server, client *Client, claims jose.Object) bool
	setting string   // empty: the request
	show    []string // the times or texts that the owner has to see
}{
	{"iss is the client_id", func(_ *Server, client *Client, claims jose.Object) bool {
		issuer, err := claims.String("iss")
		return err == nil && issuer == client.ID
	}, "", []string{"iss"}},
	{"sub is the client_id", func(_ *Server, client *Client, claims jose.Object) bool {
		subject, err := claims.String("sub")
		return err == nil && subject == client.ID
	}, "", []string{"sub"}},
	{"aud is this issuer or one of its endpoints", func(s *Server, _ *Client, claims jose.Object) bool {
		audience, err := claims.Strings("aud")
		return err == nil && slices.ContainsFunc(audience, s.isAssertionAudience)
	}, "", []string{"aud"}},
	{"exp is there, not over, and at most an hour ahead", func(s *Server, _ *Client, claims jose.Object) bool {
		ends, err := claims.Time("exp")
		now := s.now()
		return err == nil && now.Before(ends.Add(Leeway)) && ends.Before(now.Add(maxAssertionLife+Leeway))
	}, SettingClock, []string{"iat", "exp"}},
	{"nbf, if there, is not ahead", func(s *Server, _ *Client, claims jose.Object) bool { return notAhead(s, claims, "nbf") },
		SettingClock, []string{"nbf"}},
	{"iat, if there, is not ahead", func(s *Server, _ *Client, claims jose.Object) bool { return notAhead(s, claims, "iat") },
		SettingClock, []string{"iat"}},
	{"jti is there", func(_ *Server, _ *Client, claims jose.Object) bool {
		id, err := claims.String("jti")
		return err == nil && id != "" && len(id) <= 256 && strings.IndexByte(id, 0) < 0 // which no database keeps in a text
	}, "", nil},
}

// wrongAssertion explains a claim that is not as it has to be.
func (s *Server) wrongAssertion(rule, setting string, show []string, claims jose.Object) *Error {
	x := Explanation{Reason: "in the client assertion it is not so that " + rule, Expected: rule, Setting: setting}
	if setting == "" {
		x.Setting = SettingRequest
	}
	for _, name := range show {
		text := "no " + name
		if at, err := claims.Time(name); err == nil && !at.IsZero() {
			text = name + " " + at.UTC().Format(time.RFC3339)
		} else if words, err := claims.Strings(name); err == nil && len(words) > 0 {
			text = name + " " + strings.Join(words, " ")
		}
		x.Received = strings.TrimSpace(x.Received + " " + text)
	}
	if setting == SettingClock {
		x.Expected += "; the clock here says " + s.now().UTC().Format(time.RFC3339)
	}
	return refusedClient(x)
}

// isAssertionAudience accepts the issuer, the token endpoint (RFC 7523 section 3), and the endpoint that is called, since
// clients name any of the three (RFC 9126 section 2).
func (s *Server) isAssertionAudience(audience string) bool {
	path, ours := strings.CutPrefix(audience, s.Issuer)
	return ours && (path == "" || path == TokenPath || path == IntrospectPath || path == RevokePath || path == PushPath || path == DevicePath)
}

func notAhead(s *Server, claims jose.Object, name string) bool {
	if !claims.Has(name) {
		return true
	}
	at, err := claims.Time(name)
	return err == nil && at.Before(s.now().Add(Leeway))
}

// checkAssertion holds an assertion against the client's keys, its rules, and the memory of those already used. Keys kept
// elsewhere are fetched once more when none fits, since the client may have changed them.
func (s *Server) checkAssertion(ctx context.Context, a *clientAttempt) error {
	if a.client.JWKS == "" && a.client.JWKSURI == "" {
		return refusedClient(Explanation{Reason: "the client has no keys registered, so it cannot use private_key_jwt", Setting: SettingKeys})
	}
	proven, err := s.provenAssertion(ctx, a, false)
	if (errors.Is(err, jose.ErrUnknownKey) || errors.Is(err, jose.ErrSignature)) && a.client.JWKSURI != "" {
		proven, err = s.provenAssertion(ctx, a, true)
	}
	switch {
	case errors.Is(err, jose.ErrMalformed), errors.Is(err, jose.ErrAlgorithm), errors.Is(err, jose.ErrUnknownKey), errors.Is(err, jose.ErrSignature):
		return refusedClient(Explanation{Reason: "the client assertion is not signed with a key of the client: " + err.Error(), Setting: SettingKeys})
	case err != nil:
		return err
	}
	if want := a.client.AssertionAlg; want != "" && string(proven.Algorithm) != want {
		return badClient("the client assertion is signed with " + string(proven.Algorithm) + ", and the client has registered " + want)
	}
	if !isAssertionType(proven.Type) {
		return badClient("the typ of the client assertion is that of another kind of token")
	}
	claims, err := jose.ParseObject(proven.Claims)
	if err != nil {
		return badClient("the claims of the client assertion: " + err.Error())
	}
	for _, step := range assertionChecks {
		if !step.holds(s, a.client, claims) {
			return s.wrongAssertion(step.rule, step.setting, step.show, claims)
		}
	}
	id, _ := claims.String("jti")
	ends, _ := claims.Time("exp")
	first, err := s.Replay.UseAssertion(ctx, a.client.ID, id, ends.Add(Leeway+time.Second))
	if err == nil && !first {
		return refusedClient(Explanation{Reason: "the client assertion was used before; each needs a jti of its own", Setting: SettingRequest})
	}
	return err
}

// isAssertionType accepts the types an assertion can have, so that no other token which a client signs can stand for one
// (RFC 8725 section 3.11).
func isAssertionType(typ string) bool {
	return typ == "" || strings.EqualFold(typ, "JWT") || strings.EqualFold(typ, "client-authentication+jwt")
}

func (s *Server) provenAssertion(ctx context.Context, a *clientAttempt, fresh bool) (*jose.Foreign, error) {
	keys, err := s.Clients.ClientKeys(ctx, a.client, fresh)
	if err != nil {
		return nil, err
	}
	return keys.VerifyForeign(a.auth.Assertion, assertionAlgorithms()...)
}

// assertionAlgorithms are those a client may sign assertions with.
func assertionAlgorithms() []jose.Algorithm { return jose.ForeignAlgorithms() }
