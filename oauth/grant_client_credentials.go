package oauth

import (
	"context"
	"errors"
)

// ClientCredentials is the grant of RFC 6749 section 4.4: a client asks on its own behalf, or, where it is a credential of
// a user, as that user.
type ClientCredentials struct{}

// Type is "client_credentials".
func (ClientCredentials) Type() string { return "client_credentials" }

// Prove needs no more proof than that the client is who it says. Public clients cannot use it.
func (ClientCredentials) Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error) {
	if client.Public {
		return nil, refusal(UnauthorizedClient, "a public client has no credentials to ask with")
	}
	subject := &Subject{ID: client.ID, Username: client.Name, Active: true, Service: true, Detail: client.Detail}
	if client.ActsAs != "" {
		owner, err := s.Subjects.Subject(ctx, client.ActsAs)
		if errors.Is(err, ErrNotFound) {
			return nil, badClient("the user who owns the client is gone")
		}
		if err != nil {
			return nil, err
		}
		subject = owner
	}
	wanted := request.Scope
	if wanted == "" {
		for _, uri := range request.Resource { // they name the services instead
			resource, err := s.resourceAt(ctx, uri)
			if err != nil {
				return nil, err
			}
			wanted += " " + resource.ID
		}
	}
	scope, err := s.resolveScope(ctx, client, subject, wanted, nil)
	if err != nil {
		return nil, err
	}
	return &Authorization{Client: client, Subject: subject, Scope: scope}, nil
}
