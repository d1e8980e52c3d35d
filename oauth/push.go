package oauth

import (
	"context"
	"time"
)

// How long a pushed request waits for the browser, and how long the person has for the pages afterwards.
const (
	pushLife    = 90 * time.Second
	pendingLife = time.Hour
)

// PushRequest is a pushed authorization request (RFC 9126 section 2.1).
type PushRequest struct {
	Origin     Origin
	Auth       ClientAuth
	Parameters Parameters
}

// Pushed is the answer to it (RFC 9126 section 2.2).
type Pushed struct {
	RequestURI string
	ExpiresIn  time.Duration
}

// Push takes an authorization request ahead of the browser, after the same checks. Errors are *Error and have their error id.
func (s *Server) Push(ctx context.Context, request *PushRequest) (*Pushed, error) {
	ctx, done := hurry(ctx)
	defer done()
	client, _, err := s.AuthenticateClient(ctx, request.Origin, request.Auth)
	if err == nil {
		err = s.admit(client)
	}
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, claimedClient(request.Auth), err)
	}
	pushed, err := s.push(ctx, client, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, client.ID, err)
	}
	return pushed, nil
}

func (s *Server) push(ctx context.Context, client *Client, request *PushRequest) (*Pushed, error) {
	parameters := request.Parameters.without("client_secret", "client_assertion", "client_assertion_type")
	if parameters.Get("request_uri") != "" {
		return nil, refusal(InvalidRequest, "request_uri cannot be pushed")
	}
	if id := parameters.Get("client_id"); id != "" && id != client.ID {
		return nil, refusal(InvalidRequest, "client_id is that of another client than the one that pushes")
	}
	parameters["client_id"] = []string{client.ID}
	trial := &authorization{request: &AuthorizeRequest{Origin: request.Origin}, parameters: parameters, asked: &Asked{}, pushed: true}
	if err := s.checkAuthorization(ctx, trial); err != nil {
		return nil, err
	}
	// What is kept is what a request object said, so that its end does not cut the person short.
	return s.keepRequest(ctx, &PushedRequest{
		ClientID: client.ID, From: request.Origin.Address, Parameters: trial.parameters, Ends: s.now().Add(pushLife),
	}, pushLife)
}

// Stash keeps an authorization request that a browser posted from another site, where cookies do not travel, so that it can
// be sent to the endpoint again by GET. It is checked then.
func (s *Server) Stash(ctx context.Context, request *AuthorizeRequest) (*Pushed, error) {
	id := request.Parameters.Get("client_id")
	a := &authorization{request: request, parameters: request.Parameters, asked: &Asked{}}
	err := oneClientID(s, ctx, a)
	if err == nil {
		err = askingClient(s, ctx, a) // what strangers can store is at least for a client of ours
	}
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, id, err)
	}
	pushed, err := s.keepRequest(ctx, &PushedRequest{
		ClientID: id, From: request.Origin.Address, Parameters: request.Parameters, Ends: s.now().Add(pushLife), Stashed: true,
	}, pushLife)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, id, err)
	}
	return pushed, nil
}

func (s *Server) keepRequest(ctx context.Context, request *PushedRequest, life time.Duration) (*Pushed, error) {
	handle, err := s.Requests.Push(ctx, request)
	if err != nil {
		return nil, err
	}
	return &Pushed{RequestURI: handlePrefix + handle, ExpiresIn: life}, nil
}
