package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// TypeAccessToken is the "typ" of access tokens (RFC 9068 section 2.1).
const TypeAccessToken = "at+jwt"

// maxToken bounds what is looked at; ours have less than 2 kB unless their scope is enormous.
const maxToken = 16 << 10

// nodeLeeway is how far the clock of another node of this issuer may run ahead: a token it has just made is good here too.
// Its signature is ours, so this guards against clocks and against nobody else.
const nodeLeeway = 2 * time.Minute

// Live is an access token found good, and whom it stands for.
type Live struct {
	*AccessToken
	Client *Client // nil for a permanent token
	Owner  *Subject
}

// liveChecks are what a token with a good signature must still pass, each time it is used. None of them costs a database
// read while the caches behind the ports are warm.
var liveChecks = []struct {
	rule  string
	check func(*Server, context.Context, *Live, netip.Addr) error
}{
	{"the token has not ended", notEnded},
	{"the token was not revoked", notRevoked},
	{"its client is known and switched on", clientIsLive},
	{"its user is known and not banned", ownerIsLive},
	{"it is used from an address it may be used from", addressAdmitted},
}

// Verify tells whether a text is a live token of this issuer, used from this address (invalid address: unknown). A
// verdict is an *Error with code invalid_token; any other error is a fault of ours.
func (s *Server) Verify(ctx context.Context, text string, from netip.Addr) (*Live, error) {
	token, err := s.proven(ctx, text)
	if err != nil {
		return nil, err
	}
	live := &Live{AccessToken: token}
	for _, step := range liveChecks {
		if err := step.check(s, ctx, live, from); err != nil {
			return nil, aboutClient(err, token.ClientID)
		}
	}
	return live, nil
}

// proven finds the token behind a text, or remembers it: its signature, type and issuer were good.
func (s *Server) proven(ctx context.Context, text string) (*AccessToken, error) {
	if text == "" || len(text) > maxToken {
		return nil, unknownToken("no token has this length")
	}
	if !HasFormOfSigned(text) {
		token, err := s.Tokens.Find(ctx, text)
		if errors.Is(err, ErrNotFound) {
			return nil, unknownToken("no token of this environment has this text")
		}
		return token, err
	}
	keys, err := s.Keys.Published(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(text))
	if known, found := s.verified.get(sum); found {
		if _, published := keys.Find(known.keyID); published {
			return known.token, nil
		}
	}
	payload, keyID, err := keys.Verify(text, TypeAccessToken)
	if err != nil {
		return nil, unknownToken(err.Error())
	}
	token, err := s.ownClaims(payload)
	if err != nil {
		return nil, err
	}
	s.verified.put(sum, proven{token, keyID})
	return token, nil
}

// aboutClient notes in a verdict on a token whose it was, so that its owner can have it explained.
func aboutClient(err error, clientID string) error {
	var wrong *Error
	if errors.As(err, &wrong) {
		wrong.Explanation.Client = clientID
	}
	return err
}

// refusedToken is the one answer for every token that is not good; only the explanation tells why.
func refusedToken(x Explanation) *Error {
	return refusal(InvalidToken, "the token is not valid: it has ended, was revoked, or was never one of this server").because(x)
}

func badToken(reason string) *Error { return refusedToken(Explanation{Reason: reason}) }

// unknownToken refuses a text that was never a token of ours: it may be a guess.
func unknownToken(reason string) *Error {
	e := badToken(reason)
	e.unknown = true
	return e
}

// ownClaims reads the claims of a JWT whose signature is ours and holds them against this issuer.
func (s *Server) ownClaims(payload []byte) (*AccessToken, error) {
	token, err := ParseClaims(payload)
	if err == nil && (token.Issuer != s.Issuer || token.Environment != s.Environment) {
		err = badToken("the token is of another issuer")
	}
	return token, err
}

func notEnded(s *Server, _ context.Context, live *Live, _ netip.Addr) error {
	now := s.now()
	if !live.ExpiresAt.IsZero() && !now.Before(live.ExpiresAt) {
		return refusedToken(Explanation{
			Reason:   "the token has ended; a client gets a new one when a token ends, or before",
			Expected: "a token that ends after " + now.UTC().Format(time.RFC3339),
			Received: "one that ended at " + live.ExpiresAt.UTC().Format(time.RFC3339), Setting: SettingRequest,
		})
	}
	if !live.Permanent && live.IssuedAt.After(now.Add(nodeLeeway)) { // a permanent token is vouched for by its row
		return badToken("the token is from the future: a clock is wrong")
	}
	return nil
}

func notRevoked(s *Server, ctx context.Context, live *Live, _ netip.Addr) error {
	revoked, err := s.Tokens.Revoked(ctx, live.AccessToken)
	if err == nil && revoked {
		return badToken("the token was revoked")
	}
	return err
}

func clientIsLive(s *Server, ctx context.Context, live *Live, _ netip.Addr) (err error) {
	if live.Permanent {
		return nil
	}
	live.Client, err = s.Clients.Client(ctx, live.ClientID)
	if errors.Is(err, ErrNotFound) || err == nil && live.Client.Disabled {
		return refusedToken(Explanation{Reason: "the client the token was issued to was deleted or switched off", Setting: SettingSwitch})
	}
	if err == nil && live.IssuedAt.Before(live.Client.Since) && !live.Client.Since.After(s.now()) { // else it was made by a clock that was ahead
		return badToken("the client the token was issued to was deleted; there is another one of its id now")
	}
	return err
}

func ownerIsLive(s *Server, ctx context.Context, live *Live, _ netip.Addr) (err error) {
	if live.OwnBehalf() {
		live.Owner = &Subject{ID: live.Client.ID, Username: live.Client.Name, Active: true, Service: true, Detail: live.Client.Detail}
		return nil
	}
	live.Owner, err = s.Subjects.Subject(ctx, live.Subject)
	if errors.Is(err, ErrNotFound) || err == nil && !live.Owner.Active {
		return refusedToken(Explanation{Reason: "the user the token stands for is banned or gone", Setting: SettingBan})
	}
	return err
}

func addressAdmitted(_ *Server, _ context.Context, live *Live, from netip.Addr) error {
	switch {
	case !live.Restricted:
		return nil
	case live.Permanent && contains(live.Addresses, from), !live.Permanent && live.Client.Admits(from):
		return nil
	}
	return refusedToken(Explanation{
		Reason:   "the token was used from an address that is not on the allowlist",
		Received: from.String(), Setting: SettingAllowlist,
	})
}

// HasFormOfSigned reports whether a text could be a signed token (RFC 7515 section 3.1), whosever it is.
func HasFormOfSigned(text string) bool {
	return strings.HasPrefix(text, "ey") && strings.Count(text, ".") == 2
}
