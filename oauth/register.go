package oauth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

// Registration says who may register clients at the endpoint for it.
type Registration string

// The zero value is nobody; ByToken is who has a bearer with the scope item "register"; Open is everybody.
const (
	RegistrationOff     Registration = ""
	RegistrationByToken Registration = "token"
	RegistrationOpen    Registration = "open"
)

// ScopeRegister is the scope item that lets a bearer register clients, and do nothing else.
const ScopeRegister = "register"

// Registered is a client that registered itself.
type Registered struct {
	ClientID string
	Secret   string // shown when it was made, empty otherwise and for clients without one
	// AccessToken is what the client manages its registration with (RFC 7592 section 3).
	AccessToken string
	IssuedAt    time.Time
	Metadata    *ClientMetadata
}

// Registrar keeps clients that registered themselves. They are never trusted.
type Registrar interface {
	// Create registers a client, and makes its id, its secret if its method wants one, and its access token. by is whose
	// bearer was shown, nil for a stranger. It answers *Error with too_many_requests where a quota is reached.
	Create(ctx context.Context, origin Origin, metadata *ClientMetadata, by *Subject) (*Registered, error)
	// Find gives the client that registered itself under this id and has this access token; ErrNotFound otherwise.
	Find(ctx context.Context, clientID, accessToken string) (*Registered, error)
	// Replace changes what the client says of itself; a method that wants a secret where there was none makes one.
	Replace(ctx context.Context, origin Origin, clientID string, metadata *ClientMetadata) (*Registered, error)
	// Sector gives the redirect URIs that the JSON document at a sector_identifier_uri lists. *Error is a verdict on what is
	// there, or too_many_requests where whoever asks has had too much fetched.
	Sector(ctx context.Context, origin Origin, uri string) ([]string, error)
	// Delete ends the client and all that came of it.
	Delete(ctx context.Context, origin Origin, clientID string) error
}

// RegisterRequest is a request at the registration endpoint (RFC 7591 section 3.1) or at the one for managing a registration
// (RFC 7592 section 2).
type RegisterRequest struct {
	Origin   Origin
	Bearer   string // the initial access token, or that of the registration
	ClientID string // for managing
	Body     []byte // JSON
}

// Register registers a client. Errors are *Error and have their error id.
func (s *Server) Register(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	registered, err := s.register(ctx, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, "", err)
	}
	return registered, nil
}

func (s *Server) register(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	by, err := s.registrant(ctx, request)
	if err != nil {
		return nil, err
	}
	metadata, err := parseClientMetadata(request.Body)
	if err != nil {
		return nil, err
	}
	if err := s.checkMetadata(ctx, request.Origin, metadata); err != nil {
		return nil, err
	}
	return s.Registrar.Create(ctx, request.Origin, metadata, by)
}

// registrant finds who registers, where that is not everybody's right.
func (s *Server) registrant(ctx context.Context, request *RegisterRequest) (*Subject, error) {
	switch {
	case s.Registrar == nil || s.Registration == RegistrationOff:
		return nil, refusal(AccessDenied, "registration is switched off here").
			because(Explanation{Reason: "registration is off", Setting: SettingRegistration})
	case request.Bearer == "" && s.Registration == RegistrationOpen:
		return nil, nil
	case request.Bearer == "":
		return nil, badToken("an initial access token is needed to register")
	}
	live, err := s.VerifyFor(ctx, request.Origin, request.Bearer, s.Issuer, func(*AccessToken) bool { return true })
	if err != nil {
		return nil, err
	}
	if !slices.Contains(strings.Fields(live.Scope), ScopeRegister) {
		return nil, refusal(InsufficientScope, "the token was not made for registering").because(Explanation{
			Reason: "the scope of the token lacks the item register", Expected: ScopeRegister, Received: live.Scope,
		})
	}
	return live.Owner, nil
}

// Registered gives a client its registration. Errors are *Error and have their error id.
func (s *Server) Registered(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	registered, err := s.registered(ctx, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, request.ClientID, err)
	}
	return registered, nil
}

// registered finds the registration a client manages. Wrong tokens are counted, since whoever guesses one owns the client.
func (s *Server) registered(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	if s.Registrar == nil {
		return nil, refusal(AccessDenied, "registration is switched off here")
	}
	registered, err := s.Registrar.Find(ctx, request.ClientID, request.Bearer)
	if errors.Is(err, ErrNotFound) {
		return nil, s.guessed(ctx, request.Origin, request.Bearer, unknownToken("no registration has that id and access token"))
	}
	if err != nil {
		return nil, err
	}
	known := *registered
	known.AccessToken = request.Bearer
	return &known, nil
}

// Reregister replaces what a client says of itself (RFC 7592 section 2.2). Errors are *Error and have their error id.
func (s *Server) Reregister(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	registered, err := s.reregister(ctx, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, request.ClientID, err)
	}
	return registered, nil
}

func (s *Server) reregister(ctx context.Context, request *RegisterRequest) (*Registered, error) {
	if _, err := s.registered(ctx, request); err != nil {
		return nil, err
	}
	metadata, err := parseClientMetadata(request.Body)
	if err != nil {
		return nil, err
	}
	if err := s.checkIdentity(ctx, request); err != nil {
		return nil, err
	}
	if err := s.checkMetadata(ctx, request.Origin, metadata); err != nil {
		return nil, err
	}
	registered, err := s.Registrar.Replace(ctx, request.Origin, request.ClientID, metadata)
	if err != nil {
		return nil, err
	}
	changed := *registered
	changed.AccessToken = request.Bearer
	return &changed, nil
}

// checkIdentity holds client_id and client_secret of an update against the client's (RFC 7592 section 2.2): neither can be
// chosen.
func (s *Server) checkIdentity(ctx context.Context, request *RegisterRequest) error {
	object, err := jose.ParseObject(request.Body)
	if err != nil {
		return err // it was read before
	}
	id, errID := object.String("client_id")
	secret, errSecret := object.String("client_secret")
	if errors.Join(errID, errSecret) != nil || id != request.ClientID {
		return refusal(InvalidRequest, "client_id must be that of the registration")
	}
	if secret == "" {
		return nil
	}
	client, err := s.Clients.Client(ctx, id)
	if err != nil {
		return err
	}
	if _, match := s.Clients.MatchSecret(client, secret, s.now()); !match {
		return refusal(InvalidRequest, "client_secret is not the client's; it cannot be chosen")
	}
	return nil
}

// Unregister ends a client (RFC 7592 section 2.3). Errors are *Error and have their error id.
func (s *Server) Unregister(ctx context.Context, request *RegisterRequest) error {
	_, err := s.registered(ctx, request)
	if err == nil {
		err = s.Registrar.Delete(ctx, request.Origin, request.ClientID)
	}
	if err != nil {
		return s.Refuse(ctx, request.Origin, request.ClientID, err)
	}
	return nil
}
