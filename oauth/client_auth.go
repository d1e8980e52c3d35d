package oauth

import (
	"context"
	"errors"
	"net/url"
)

// ClientAuth is everything in a request by which a client says who it is. Several ways at once are accepted as long as
// they agree, since shipped clients do so.
type ClientAuth struct {
	Basic         bool   // an Authorization: Basic header was sent
	BasicID       string // as sent, before form-decoding (RFC 6749 section 2.3.1)
	BasicSecret   string
	ID            string // client_id of the form
	Secret        string // client_secret of the form
	AssertionType string // RFC 7521 section 4.2
	Assertion     string
}

// AssertionType is the only client_assertion_type there is (RFC 7523 section 2.2).
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// clientAttempt is one attempt of a client to authenticate, on its way through clientChecks.
type clientAttempt struct {
	auth     ClientAuth
	origin   Origin
	id       string     // the client_id all ways agree on
	method   AuthMethod // the way that was used
	also     AuthMethod // a second way that agreed with it: Basic and form at once
	secrets  []string   // spellings of the secret: as sent, and form-decoded if that differs
	client   *Client
	secretID string
}

// clientChecks is how a client authenticates, in order. From "the client is known" on, every refusal looks the same to
// the sender: nobody learns whether a client exists, is switched off or may not come from there.
var clientChecks = []struct {
	rule  string
	check func(*Server, context.Context, *clientAttempt) error
}{
	{"the ways to authenticate agree on one client", oneClient},
	{"the secret looks like one", plausibleSecret},
	{"the client is known", knownClient},
	{"the method is one the client may use", allowedMethod},
	{"the secret or assertion is right", rightCredential},
	{"the client is switched on", enabledClient},
	{"the client may be used from this address", admittedAddress},
}

// AuthenticateClient finds out which client sent a request. A wrong credential counts against its source: after too many
// the answer to further wrong ones is too_many_requests, while a right one still works, so that nobody is locked out by
// a stranger.
func (s *Server) AuthenticateClient(ctx context.Context, origin Origin, auth ClientAuth) (client *Client, secretID string, err error) {
	attempt := clientAttempt{auth: auth, origin: origin}
	for _, step := range clientChecks {
		if err := step.check(s, ctx, &attempt); err != nil {
			return nil, "", s.wrongClient(ctx, &attempt, step.rule, err)
		}
	}
	return attempt.client, attempt.secretID, nil
}

// wrongClient turns a failed check into the answer. Faults stay faults, and a request that contradicts itself is not a
// guess at a secret; everything else is counted and looks alike.
func (s *Server) wrongClient(ctx context.Context, attempt *clientAttempt, rule string, err error) error {
	var wrong *Error
	if !errors.As(err, &wrong) || wrong.Code != InvalidClient {
		return err
	}
	if wrong.Explanation.Reason == "" {
		wrong.Explanation.Reason = "it is not so that " + rule
	}
	if attempt.secretID != "" { // the secret was right: what is asked about a wrong one is asked all the same, since time would tell
		if _, err := s.Clients.Misplaced(ctx, attempt.client, attempt.secrets[0]+"."); err != nil {
			return err
		}
	}
	if wait := s.Throttle.Blocked(attempt.origin.Address, attempt.id); wait > 0 {
		return &Error{Code: TooManyRequests, RetryAfter: wait, Explanation: wrong.Explanation,
			Description: "too many wrong credentials from this address; wait before trying again"}
	}
	s.Throttle.Failed(attempt.origin.Address, attempt.id)
	for _, text := range append([]string{attempt.id}, attempt.secrets...) {
		advice, retired, lookup := s.Clients.Retired(ctx, text)
		if lookup != nil {
			return lookup
		}
		if retired {
			wrong.Description, wrong.Retired = advice, true
			wrong.Explanation.Reason = "a retired organisation-level API key was used"
			break
		}
	}
	return wrong
}

// refusedClient is the one answer to a client that cannot prove itself; only the explanation tells why.
func refusedClient(x Explanation) *Error {
	return refusal(InvalidClient, "client authentication failed").because(x)
}

func badClient(reason string) *Error { return refusedClient(Explanation{Reason: reason}) }

func oneClient(_ *Server, _ context.Context, a *clientAttempt) error {
	auth := &a.auth
	if auth.Basic {
		a.id, a.method, a.secrets = formDecoded(auth.BasicID), AuthBasic, secretSpellings(auth.BasicSecret)
		if auth.BasicSecret == "" { // only a name was sent, as libraries do for public clients (RFC 6749 section 2.3.1)
			a.method, a.secrets = AuthNone, nil
		}
		if auth.ID != "" && auth.ID != a.id && auth.ID != auth.BasicID {
			return refusal(InvalidRequest, "client_id differs between the Authorization header and the form: send it once, or the same").because(
				Explanation{Reason: "credentials were sent twice and name two clients", Expected: a.id, Received: auth.ID, Setting: SettingRequest})
		}
		if auth.ID == auth.BasicID && auth.ID != "" {
			a.id = auth.ID
		}
		if auth.Secret != "" && auth.Secret != auth.BasicSecret && auth.Secret != formDecoded(auth.BasicSecret) {
			return refusal(InvalidRequest, "client_secret differs between the Authorization header and the form: send it once, or the same").because(
				Explanation{
					Reason:   "credentials were sent twice, with two secrets",
					Expected: "one secret", Received: "two that differ", Setting: SettingRequest,
				})
		}
		if auth.Secret != "" {
			a.also = AuthPost
		}
	} else {
		a.id, a.method = auth.ID, AuthNone
		if auth.Secret != "" {
			a.method, a.secrets = AuthPost, []string{auth.Secret}
		}
	}
	if auth.AssertionType != "" || auth.Assertion != "" {
		if a.method != AuthNone {
			return refusal(InvalidRequest, "both a client secret and a client assertion were sent: use one of them").because(
				Explanation{
					Reason:   "credentials were sent twice, in two ways",
					Expected: "one way", Received: "a secret and an assertion", Setting: SettingAuthMethod,
				})
		}
		return assertedClient(a)
	}
	if a.id == "" {
		return refusedClient(Explanation{
			Reason: "no client_id was sent, neither in an Authorization: Basic header nor in the form", Setting: SettingRequest,
		})
	}
	return nil
}

func formDecoded(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

// secretSpellings gives a Basic secret as sent and form-decoded: the RFC wants it encoded, most clients do not encode it.
func secretSpellings(text string) []string {
	if decoded := formDecoded(text); decoded != text {
		return []string{decoded, text}
	}
	return []string{text}
}

func plausibleSecret(s *Server, _ context.Context, a *clientAttempt) error {
	for _, secret := range a.secrets {
		if s.Clients.Plausible(secret) {
			return nil
		}
	}
	if len(a.secrets) > 0 {
		return refusedClient(Explanation{Setting: SettingSecrets,
			Reason: "the secret was cut off, altered, or is of the other environment: its checksum or prefix does not fit"})
	}
	return nil
}

func knownClient(s *Server, ctx context.Context, a *clientAttempt) (err error) {
	a.client, err = s.Clients.Client(ctx, a.id)
	if errors.Is(err, ErrNotFound) {
		return refusedClient(Explanation{
			Reason: "no client of this environment has this id", Expected: "the id of a client of the environment " + s.Environment,
			Received: a.id, Setting: SettingClientID,
		})
	}
	return err
}

func allowedMethod(_ *Server, _ context.Context, a *clientAttempt) error {
	want := a.client.AuthMethod
	if a.client.Public {
		want = AuthNone
	}
	switch {
	case want == a.method, want != "" && want == a.also:
		return nil
	case want == "" && a.method != AuthNone:
		return nil
	case want == "":
		return refusedClient(Explanation{Reason: "the client is confidential and sent neither secret nor assertion", Expected: string(AuthBasic),
			Received: string(AuthNone), Setting: SettingAuthMethod})
	case a.client.Public && a.method != AuthNone:
		return refusedClient(Explanation{Reason: "the client is public and has no secret, yet one was sent", Expected: string(AuthNone),
			Received: string(a.method), Setting: SettingAuthMethod})
	}
	return refusedClient(Explanation{Reason: "the client authenticates in another way", Expected: string(want), Received: string(a.method),
		Setting: SettingAuthMethod})
}

func rightCredential(s *Server, ctx context.Context, a *clientAttempt) error {
	switch a.method {
	case AuthNone:
		return nil
	case AuthJWT:
		return s.checkAssertion(ctx, a)
	}
	now := s.now()
	for _, secret := range a.secrets {
		if id, match := s.Clients.MatchSecret(a.client, secret, now); match {
			a.secretID = id
			return nil
		}
	}
	for _, secret := range a.secrets {
		reason, err := s.Clients.Misplaced(ctx, a.client, secret)
		if err != nil {
			return err
		}
		if reason != "" {
			return refusedClient(Explanation{Reason: reason, Setting: SettingSecrets})
		}
	}
	return refusedClient(Explanation{Reason: "the secret is none of this client, and none that is known here", Setting: SettingSecrets})
}

func enabledClient(s *Server, ctx context.Context, a *clientAttempt) error {
	if a.client.Disabled {
		return refusedClient(Explanation{Reason: "the client is switched off", Setting: SettingSwitch})
	}
	if a.client.ActsAs == "" {
		return nil
	}
	owner, err := s.Subjects.Subject(ctx, a.client.ActsAs)
	if errors.Is(err, ErrNotFound) || err == nil && !owner.Active {
		return refusedClient(Explanation{Reason: "the user who owns the client is banned or gone", Setting: SettingBan})
	}
	return err
}

func admittedAddress(_ *Server, _ context.Context, a *clientAttempt) error {
	if a.client.Admits(a.origin.Address) {
		return nil
	}
	expected := "one of the addresses on the allowlist"
	if len(a.client.Addresses) == 0 {
		expected = "an allowlist with at least one address; it is empty, so every address is refused"
	}
	return refusedClient(Explanation{Reason: "the caller's address is not on the allowlist", Expected: expected, Received: a.origin.Address.String(),
		Setting: SettingAllowlist})
}
