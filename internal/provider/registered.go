package provider

import (
	"context"
	"encoding/json"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// How what a client says of itself (RFC 7591 section 2) stands in a service. Its home and pictures are kept beside it and not
// made the service's own: a stranger shall not put links before other people.

// describe makes a service what its client says. A client that does not say its name is called by its id.
func describe(service *hub.Service, metadata *oauth.ClientMetadata) {
	service.Name = metadata.Name
	if service.Name == "" {
		service.Name = service.ID
	}
	service.Public, service.AuthMethod = metadata.AuthMethod == oauth.AuthNone, hub.AuthMethod(metadata.AuthMethod)
	service.RedirectURIs, service.PostLogoutRedirectURIs, service.RequestURIs =
		metadata.RedirectURIs, metadata.PostLogoutRedirectURIs, metadata.RequestURIs
	service.JWKS, service.JWKSURI = string(metadata.JWKS), metadata.JWKSURI
	service.IDTokenAlg = string(metadata.IDTokenAlg)
	service.SelfRegistered = &hub.SelfRegistration{RequestObjectAlg: metadata.RequestObjectAlg}
	service.RequirePushedAuthorization = metadata.RequirePAR
	service.Flows = make([]hub.Flow, len(metadata.GrantTypes))
	for i, grant := range metadata.GrantTypes {
		if service.Flows[i] = hub.Flow(grant); grant == (oauth.DeviceCode{}).Type() {
			service.Flows[i] = hub.DeviceCode
		}
	}
}

// told is what a client is told of itself: what it said, as far as that is still so, since administrators may have changed it.
func told(service hub.Service, said *oauth.ClientMetadata) *oauth.ClientMetadata {
	metadata := *said
	if metadata.Name = service.Name; service.Name == service.ID {
		metadata.Name = ""
	}
	metadata.RedirectURIs, metadata.PostLogoutRedirectURIs, metadata.RequestURIs =
		service.AnswerURIs(), service.PostLogoutRedirectURIs, service.RequestURIs
	metadata.GrantTypes, metadata.AuthMethod = grantTypes(service), oauth.AuthMethod(service.AuthMethod)
	metadata.JWKS, metadata.JWKSURI = json.RawMessage(service.JWKS), service.JWKSURI
	metadata.IDTokenAlg = jose.Algorithm(service.IDTokenAlg)
	metadata.RequirePAR = service.RequirePushedAuthorization
	return &metadata
}

// freeName gives a service whose name another one has a name of its own: RFC 7591 section 2 lets the server replace what was
// asked for.
func freeName(ctx context.Context, tx *store.Tx, service *hub.Service) error {
	other, err := tx.ServiceByName(ctx, service.Environment, service.Name)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && other.ID == service.ID:
		return nil
	case err != nil:
		return err
	}
	service.Name += " (" + service.ID[:8] + ")"
	return nil
}

// metadataNames are the fields of services as RFC 7591 names them.
var metadataNames = map[string]string{
	"name": "client_name", "redirectUris": "redirect_uris", "postLogoutRedirectUris": "post_logout_redirect_uris", "requestUris": "request_uris",
	"flows": "grant_types", "authMethod": "token_endpoint_auth_method",
	"jwks": "jwks", "jwksUri": "jwks_uri", "idTokenAlg": "id_token_signed_response_alg",
}

// unsound says what of a service breaks the rules for all services, in the words of the protocol.
func unsound(service hub.Service) error {
	wrong := service.Check()
	if len(wrong) == 0 {
		return nil
	}
	code := oauth.InvalidClientMetadata
	if wrong[0].Name == "redirectUris" {
		code = oauth.InvalidRedirectURI
	}
	return &oauth.Error{
		Code: code, Description: metadataNames[wrong[0].Name] + ": " + wrong[0].Reason,
		Explanation: oauth.Explanation{Reason: wrong[0].Reason},
	}
}
