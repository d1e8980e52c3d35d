package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"example.org/hub/oauth/jose"
)

// handlePrefix begins the request_uri of a pushed request (RFC 9126 section 2.2).
const handlePrefix = "urn:ietf:params:oauth:request_uri:"

// openPushed takes the parameters of a pushed request in place of those sent (RFC 9126 section 4). One that a browser posted
// may name one that the client pushed, and then that is the request.
func openPushed(s *Server, ctx context.Context, a *authorization) error {
	for range 2 {
		handle, pushed := strings.CutPrefix(a.parameters.Get("request_uri"), handlePrefix)
		if !pushed || s.Requests == nil {
			return nil
		}
		request, err := s.Requests.Open(ctx, handle, s.now(), pendingLife)
		if errors.Is(err, ErrNotFound) || err == nil && request.ClientID != a.asked.Client.ID {
			return refusal(InvalidRequestURI, "the request has ended or was answered: go back to the service and begin again")
		}
		if err != nil {
			return err
		}
		a.handle, a.pushed, a.parameters = handle, !request.Stashed, request.Parameters
	}
	return nil
}

// readObject takes the parameters of a request object in place of those sent (RFC 9101 section 6.3). What is wrong with it
// is kept until it is known where to tell it.
func readObject(s *Server, ctx context.Context, a *authorization) error {
	text, uri := a.parameters.Get("request"), a.parameters.Get("request_uri")
	switch {
	case text != "" && uri != "":
		a.badObject = refusal(InvalidRequest, "request and request_uri were both sent: send one of them")
		return nil
	case uri != "":
		fetched, err := s.fetchObject(ctx, a.asked.Client, uri)
		if err != nil {
			return a.keep(err)
		}
		text = fetched
		a.asked.Return, a.asked.Fetched = a.parameters.without("request_uri"), true
		a.asked.Return["request"] = []string{text}
	case text == "":
		return nil
	}
	claims, err := s.provenObject(ctx, a.asked.Client, text)
	if err != nil {
		return a.keep(err)
	}
	inside, err := s.objectParameters(a.asked.Client, claims)
	if err != nil {
		return a.keep(err)
	}
	if isOpenID(a.parameters) { // OpenID Connect Core 1.0 section 6.1: what the object leaves out counts as it was sent
		outside := a.parameters.without("request", "request_uri")
		for name, values := range outside {
			if _, there := inside[name]; !there {
				inside[name] = values
			}
		}
	}
	a.parameters = inside
	return nil
}

// keep remembers a verdict on the request object and lets faults through.
func (a *authorization) keep(err error) error {
	var wrong *Error
	if errors.As(err, &wrong) && !wrong.ofOurs() {
		a.badObject = wrong
		return nil
	}
	return err
}

func understoodObject(_ *Server, _ context.Context, a *authorization) error { return a.badObject }

// fetchObject gets a request object that the client keeps at an address it has registered.
func (s *Server) fetchObject(ctx context.Context, client *Client, uri string) (string, error) {
	bare, _, _ := strings.Cut(uri, "#") // the fragment is a hash of what is there (OpenID Connect Core 1.0 section 6.2)
	registered := slices.ContainsFunc(client.RequestURIs, func(have string) bool {
		have, _, _ = strings.Cut(have, "#")
		return have == bare
	})
	if !registered || s.Requests == nil || !strings.HasPrefix(uri, "https://") {
		return "", refusal(RequestURINotSupported, "request_uri is neither that of a pushed request nor one that the service has registered")
	}
	object, err := s.Requests.Fetch(ctx, client, uri)
	if err == nil && len(object) > maxFetched {
		err = refusal(InvalidRequestURI, "what stands at request_uri has more than %d bytes", maxFetched)
	}
	return object, err
}

// maxFetched is the most bytes a request object may have that is fetched: it travels through the browser's address from then on.
const maxFetched = 5 << 10

// provenObject gives the claims of a request object: signed with a key of the client, or not signed at all where the client
// has not registered an algorithm (OpenID Connect Core 1.0 section 6.1).
func (s *Server) provenObject(ctx context.Context, client *Client, text string) (jose.Object, error) {
	bad := func(why string) error {
		return refusal(InvalidRequestObject, "the request object is not valid").because(Explanation{Reason: why})
	}
	if payload, unsigned := unsignedPayload(text); unsigned {
		if client.RequestObjectAlg != "" && client.RequestObjectAlg != "none" {
			return nil, bad("it is not signed, and the client has registered to sign with " + client.RequestObjectAlg)
		}
		claims, err := jose.ParseObject(payload)
		if err != nil {
			return nil, bad(err.Error())
		}
		return claims, nil
	}
	if client.JWKS == "" && client.JWKSURI == "" {
		return nil, bad("the client has no keys registered")
	}
	proven, err := s.verifyObject(ctx, client, text, false)
	if (errors.Is(err, jose.ErrUnknownKey) || errors.Is(err, jose.ErrSignature)) && client.JWKSURI != "" {
		proven, err = s.verifyObject(ctx, client, text, true)
	}
	var wrong *Error
	switch {
	case errors.As(err, &wrong) && wrong.Code == InvalidClient: // its keys cannot be had, which is no code of this endpoint
		return nil, refusal(InvalidRequestObject, "the request object is not valid").because(wrong.Explanation)
	case wrong != nil:
		return nil, err
	case err != nil:
		return nil, bad(err.Error())
	case client.RequestObjectAlg != "" && string(proven.Algorithm) != client.RequestObjectAlg:
		return nil, bad("it is signed with " + string(proven.Algorithm) + ", and the client has registered " + client.RequestObjectAlg)
	case proven.Type != "" && !strings.EqualFold(proven.Type, "JWT") && !strings.EqualFold(proven.Type, "oauth-authz-req+jwt"):
		return nil, bad("its typ is that of another kind of token")
	}
	claims, err := jose.ParseObject(proven.Claims)
	if err != nil {
		return nil, bad(err.Error())
	}
	return claims, nil
}

// verifyObject holds a request object against the client's keys. *Error is about the keys.
func (s *Server) verifyObject(ctx context.Context, client *Client, text string, fresh bool) (*jose.Foreign, error) {
	keys, err := s.Clients.ClientKeys(ctx, client, fresh)
	if err != nil {
		return nil, asError(err)
	}
	return keys.VerifyForeign(text, assertionAlgorithms()...)
}

// unsignedPayload gives the payload of a JWT whose header says alg none and whose signature is empty.
func unsignedPayload(text string) ([]byte, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[2] != "" || len(text) > jose.MaxToken {
		return nil, false
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, false
	}
	header, err := jose.ParseObject(head)
	if err != nil {
		return nil, false
	}
	if algorithm, err := header.String("alg"); err != nil || algorithm != "none" || header.Has("crit") {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	return payload, err == nil
}

// objectParameters turns the claims of a request object into parameters.
func (s *Server) objectParameters(client *Client, claims jose.Object) (Parameters, error) {
	bad := func(why string) error {
		return refusal(InvalidRequestObject, "the request object is not valid").because(Explanation{Reason: why})
	}
	issuer, errIssuer := claims.String("iss")
	audience, errAudience := claims.Strings("aud")
	ends, errEnds := claims.Time("exp")
	id, errID := claims.String("client_id")
	switch {
	case errors.Join(errIssuer, errAudience, errEnds, errID) != nil:
		return nil, bad("iss, aud, exp or client_id is of the wrong kind")
	case issuer != "" && issuer != client.ID:
		return nil, bad("its iss is not the client")
	case len(audience) > 0 && !slices.Contains(audience, s.Issuer):
		return nil, bad("its aud is not this issuer")
	case claims.Has("exp") && !s.now().Before(ends.Add(Leeway)):
		return nil, bad("it has ended")
	case !notAhead(s, claims, "nbf") || !notAhead(s, claims, "iat"):
		return nil, bad("it is from the future")
	case id != "" && id != client.ID:
		return nil, bad("its client_id is another one than that of the request")
	case claims.Has("request") || claims.Has("request_uri"):
		return nil, bad("it holds request or request_uri itself")
	}
	parameters := Parameters{"client_id": {client.ID}}
	for name, raw := range claims {
		if slices.Contains([]string{"iss", "aud", "exp", "nbf", "iat", "jti", "sub", "client_id"}, name) || string(raw) == "null" {
			continue
		}
		values, err := parameterValues(name, claims, raw)
		if err != nil {
			return nil, bad(err.Error())
		}
		parameters[name] = values
	}
	return parameters, nil
}

// parameterValues turns one claim into the text of a parameter: strings as they are, resource as a list, everything else in
// its JSON form, as max_age and claims are.
func parameterValues(name string, claims jose.Object, raw json.RawMessage) ([]string, error) {
	if name == "resource" {
		return claims.Strings(name)
	}
	if raw[0] == '"' {
		text, err := claims.String(name)
		return []string{text}, err
	}
	return []string{string(raw)}, nil
}
