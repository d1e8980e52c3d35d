package hub

import (
	"slices"
	"time"
)

// The Hub service itself, which exists in every environment.
const (
	HubServiceID   = "0-0-0-0-0"
	HubServiceKey  = "hub"
	HubServiceName = "Hub"
)

// Flow is a way for a service to get tokens, by the OAuth grant type that switches it.
type Flow string

// The flows a service may have switched on.
const (
	AuthorizationCode Flow = "authorization_code"
	RefreshTokenFlow  Flow = "refresh_token"
	ClientCredentials Flow = "client_credentials"
	Implicit          Flow = "implicit"
	PasswordFlow      Flow = "password"
	DeviceCode        Flow = "device_code"
)

// Flows lists every flow.
func Flows() []Flow {
	return []Flow{AuthorizationCode, RefreshTokenFlow, ClientCredentials, Implicit, PasswordFlow, DeviceCode}
}

// ModernFlows and ClassicFlows are what a new service has switched on, by the setting defaults.flows.
func ModernFlows() []Flow  { return []Flow{AuthorizationCode, RefreshTokenFlow, ClientCredentials} }
func ClassicFlows() []Flow { return append(ModernFlows(), Implicit, PasswordFlow) }

// TokenForm is how access tokens issued to a service look.
type TokenForm string

// JWT tokens can be checked offline; opaque ones only by asking Hub.
const (
	JWT    TokenForm = "jwt"
	Opaque TokenForm = "opaque"
)

// AuthMethod is how a service proves at the token endpoint that it is itself (RFC 8414 section 2,
// token_endpoint_auth_methods_supported). Empty: any that the service can do.
type AuthMethod string

// The client authentication methods.
const (
	SecretBasic   AuthMethod = "client_secret_basic"
	SecretPost    AuthMethod = "client_secret_post"
	PrivateKeyJWT AuthMethod = "private_key_jwt"
	NoAuth        AuthMethod = "none"
)

// Permission is something that can be done at a service. Its full key is the service's key, a colon and Key.
type Permission struct {
	Key         string `json:"key"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
}

// Service is a registered client and, at the same time, a resource server that tokens can be for. Id, key and name are
// one namespace per environment, compared without letter case.
type Service struct {
	ID           string
	Environment  Environment
	Key          string
	Name         string
	Organisation string // organisation id, empty: none
	Trusted      bool
	Public       bool
	Disabled     bool
	ServiceSettings
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ServiceSettings is the part of a service that is kept as one document, since nothing is searched by it.
type ServiceSettings struct {
	HomeURL                    string       `json:"homeUrl,omitempty"`
	BaseURLs                   []string     `json:"baseUrls,omitempty"`
	RedirectURIs               []string     `json:"redirectUris,omitempty"`
	PostLogoutRedirectURIs     []string     `json:"postLogoutRedirectUris,omitempty"`
	RequestURIs                []string     `json:"requestUris,omitempty"`
	ApplicationName            string       `json:"applicationName,omitempty"`
	Description                string       `json:"description,omitempty"`
	Vendor                     string       `json:"vendor,omitempty"`
	Version                    string       `json:"version,omitempty"`
	ReleaseDate                string       `json:"releaseDate,omitempty"`
	IconURL                    string       `json:"iconUrl,omitempty"`
	UserURIPattern             string       `json:"userUriPattern,omitempty"`  // where the service shows a user, for links
	GroupURIPattern            string       `json:"groupUriPattern,omitempty"` // and a group
	Flows                      []Flow       `json:"flows,omitempty"`
	Permissions                []Permission `json:"permissions,omitempty"`
	AccessToken                TokenForm    `json:"accessToken,omitempty"` // empty: JWT
	Entitlements               bool         `json:"entitlements,omitempty"`
	IDTokenAlg                 string       `json:"idTokenAlg,omitempty"` // empty: RS256
	PKCERequired               bool         `json:"pkceRequired,omitempty"`
	AuthMethod                 AuthMethod   `json:"authMethod,omitempty"`
	JWKS                       string       `json:"jwks,omitempty"` // a JWK set, as JSON text
	JWKSURI                    string       `json:"jwksUri,omitempty"`
	RequirePushedAuthorization bool         `json:"requirePushedAuthorization,omitempty"`
	Viewers                    []string     `json:"viewers,omitempty"` // group ids; empty: everyone
	SkipConsent                bool         `json:"skipConsent,omitempty"`
	RotateRefreshTokens        bool         `json:"rotateRefreshTokens,omitempty"`

	// SelfRegistered marks a service that registered itself: nobody here vouches for what it says. nil: it did not.
	SelfRegistered *SelfRegistration `json:"selfRegistered,omitempty"`
}

// Allows reports whether the flow is switched on.
func (s Service) Allows(flow Flow) bool { return slices.Contains(s.Flows, flow) }

// HubPermissions are the permissions of the Hub service, in the order administrators think of them.
func HubPermissions() []Permission {
	return []Permission{
		{Key: "self-update", Name: "Update Self"},
		{Key: "user-read-basic", Name: "Read User Basic"},
		{Key: "user-read", Name: "Read User Full"},
		{Key: "user-create", Name: "Create User"},
		{Key: "user-update", Name: "Update User"},
		{Key: "user-delete", Name: "Delete User"},
		{Key: "group-read", Name: "Read Group"},
		{Key: "group-create", Name: "Create Group"},
		{Key: "group-update", Name: "Update Group"},
		{Key: "group-delete", Name: "Delete Group"},
		{Key: "organization-read", Name: "Read Organization"},
		{Key: "organization-create", Name: "Create Organization"},
		{Key: "organization-update", Name: "Update Organization"},
		{Key: "organization-delete", Name: "Delete Organization"},
		{Key: "service-read", Name: "Read Service"},
		{Key: "service-create", Name: "Create Service"},
		{Key: "service-update", Name: "Update Service"},
		{Key: "service-delete", Name: "Delete Service"},
		{Key: "role-read", Name: "Read Role"},
		{Key: "role-manage", Name: "Manage Role"},
		{Key: "admin-read", Name: "Low-level Admin Read"},
		{Key: "admin-write", Name: "Low-level Admin Write"},
	}
}

// HubService is the Hub service of an environment as it is made with the first start.
func HubService(environment Environment) Service {
	return Service{
		ID: HubServiceID, Environment: environment, Key: HubServiceKey, Name: HubServiceName,
		Trusted: true, Public: true,
		ServiceSettings: ServiceSettings{ApplicationName: "Hub", Permissions: HubPermissions(), AuthMethod: NoAuth},
	}
}
