package oauth

import (
	"net/url"
	"slices"
)

// Paths of the endpoints below the issuer.
const (
	TokenPath      = "/api/rest/oauth2/token"
	IntrospectPath = "/api/rest/oauth2/introspect"
	RevokePath     = "/api/rest/oauth2/revoke"
	KeysPath       = "/api/rest/oauth2/keys"
)

// Metadata is what the issuer says of itself (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3).
type Metadata struct {
	Issuer                        string   `json:"issuer"`
	TokenEndpoint                 string   `json:"token_endpoint"`
	IntrospectionEndpoint         string   `json:"introspection_endpoint"`
	RevocationEndpoint            string   `json:"revocation_endpoint"`
	JWKSURI                       string   `json:"jwks_uri"`
	ResponseTypes                 []string `json:"response_types_supported"`
	GrantTypes                    []string `json:"grant_types_supported"`
	SubjectTypes                  []string `json:"subject_types_supported"`
	IDTokenSigningAlgs            []string `json:"id_token_signing_alg_values_supported"`
	TokenAuthMethods              []string `json:"token_endpoint_auth_methods_supported"`
	TokenAuthSigningAlgs          []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IntrospectionAuthMethods      []string `json:"introspection_endpoint_auth_methods_supported"`
	IntrospectionAuthSigningAlgs  []string `json:"introspection_endpoint_auth_signing_alg_values_supported"`
	RevocationAuthMethods         []string `json:"revocation_endpoint_auth_methods_supported"`
	RevocationAuthSigningAlgs     []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	RequestParameterSupported     bool     `json:"request_parameter_supported"`
	RequestURIParameterSupported  bool     `json:"request_uri_parameter_supported"`
	AuthorizationResponseIssParam bool     `json:"authorization_response_iss_parameter_supported"`
	ServiceDocumentation          string   `json:"service_documentation,omitempty"`

	*SignInMetadata
}

// Metadata says what this server can do; it names only what is there.
func (s *Server) Metadata() Metadata { return s.metadata(s.SignsIn()) }

// MachineMetadata is that of a server whose pages are not there, whatever its ports could do: it names nothing that needs one.
func (s *Server) MachineMetadata() Metadata { return s.metadata(false) }

func (s *Server) metadata(signsIn bool) Metadata {
	secrets := []string{string(AuthBasic), string(AuthPost), string(AuthJWT)}
	var algorithms []string
	for _, algorithm := range assertionAlgorithms() {
		algorithms = append(algorithms, string(algorithm))
	}
	m := Metadata{
		Issuer:        s.Issuer,
		TokenEndpoint: s.Issuer + TokenPath, IntrospectionEndpoint: s.Issuer + IntrospectPath,
		RevocationEndpoint: s.Issuer + RevokePath, JWKSURI: s.Issuer + KeysPath,
		ResponseTypes: []string{}, SubjectTypes: []string{"public"}, IDTokenSigningAlgs: []string{"RS256"},
		TokenAuthMethods: slices.Clone(secrets), TokenAuthSigningAlgs: algorithms,
		IntrospectionAuthMethods: secrets, IntrospectionAuthSigningAlgs: algorithms,
		RevocationAuthMethods: secrets, RevocationAuthSigningAlgs: algorithms,
	}
	m.GrantTypes = make([]string, 0, len(s.Grants))
	for _, grant := range s.Grants {
		if signsIn || grant.Type() != (AuthorizationCode{}).Type() && grant.Type() != (DeviceCode{}).Type() {
			m.GrantTypes = append(m.GrantTypes, grant.Type())
		}
	}
	if s.Families != nil { // there is something for public clients
		m.TokenAuthMethods = append(m.TokenAuthMethods, string(AuthNone))
		m.RevocationAuthMethods = append(slices.Clone(secrets), string(AuthNone))
	}
	if signsIn {
		s.describeSignIn(&m)
	}
	return m
}

// ResourceMetadata is what a protected resource says of itself (RFC 9728 section 2).
type ResourceMetadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	ResourceName         string   `json:"resource_name,omitempty"`
	ServiceID            string   `json:"hub_service_id,omitempty"` // ours: what stands in "aud" for this resource
}

// ResourcePath is where a resource server's document is, below the issuer, followed by "/services/" and its id or key;
// alone it is that of Hub's own REST API.
const ResourcePath = "/.well-known/oauth-protected-resource"

// servicesPath stands between the issuer and a service's id in the resource URI of its API.
const servicesPath = "/services/"

// HubResource describes the hub's own API.
func (s *Server) HubResource() ResourceMetadata {
	return ResourceMetadata{Resource: s.Issuer, AuthorizationServers: []string{s.Issuer}, BearerMethods: []string{"header"}, ResourceName: "Hub",
		ServiceID: s.HubServiceID}
}

// ServiceResource describes the API of a registered service, under the name by which it was asked for (RFC 9728 section
// 3.3): its id is what tokens for it carry as audience.
func (s *Server) ServiceResource(name string, resource *Resource) ResourceMetadata {
	return ResourceMetadata{Resource: s.Issuer + servicesPath + url.PathEscape(name), AuthorizationServers: []string{s.Issuer},
		BearerMethods: []string{"header"}, ResourceName: resource.Name, ServiceID: resource.ID}
}
