package oauth

import "example.org/hub/oauth/jose"

// Paths of the endpoints of signing in, below the issuer.
const (
	AuthorizePath = "/api/rest/oauth2/auth"
	PushPath      = "/api/rest/oauth2/par"
	UserInfoPath  = "/api/rest/oauth2/userinfo"
	LogoutPath    = "/api/rest/oauth2/logout"
	DevicePath    = "/api/rest/oauth2/device"
	RegisterPath  = "/api/rest/oauth2/register"

	// LoginSettingsPath is where known clients learn what to write over a sign-in dialog.
	LoginSettingsPath = "/api/rest/oauth2/interactive/login/settings"
)

// SignInMetadata is what an issuer says of itself where people sign in (RFC 8414 section 2, OpenID Connect Discovery 1.0
// section 3, RFC 9126 section 5, RFC 9207 section 3).
type SignInMetadata struct {
	AuthorizationEndpoint       string   `json:"authorization_endpoint"`
	UserInfoEndpoint            string   `json:"userinfo_endpoint"`
	EndSessionEndpoint          string   `json:"end_session_endpoint"`
	RegistrationEndpoint        string   `json:"registration_endpoint,omitempty"`
	DeviceEndpoint              string   `json:"device_authorization_endpoint,omitempty"`
	PushEndpoint                string   `json:"pushed_authorization_request_endpoint,omitempty"`
	ResponseModes               []string `json:"response_modes_supported"`
	Scopes                      []string `json:"scopes_supported"`
	Claims                      []string `json:"claims_supported"`
	ClaimTypes                  []string `json:"claim_types_supported"`
	ACRValues                   []string `json:"acr_values_supported,omitempty"`
	ClaimsParameterSupported    bool     `json:"claims_parameter_supported"`
	ChallengeMethods            []string `json:"code_challenge_methods_supported"`
	Prompts                     []string `json:"prompt_values_supported"`
	RequestObjectAlgs           []string `json:"request_object_signing_alg_values_supported"`
	RequireRequestURIRegistered bool     `json:"require_request_uri_registration"`
	RequirePush                 bool     `json:"require_pushed_authorization_requests"`
}

// SignsIn reports whether people can sign in here: whether every port for it is there.
func (s *Server) SignsIn() bool {
	return s.Interaction != nil && s.Families != nil && s.People != nil && s.IDKeys != nil
}

func (s *Server) describeSignIn(m *Metadata) {
	m.ResponseTypes = responseTypes
	m.GrantTypes = append(m.GrantTypes, Implicit)
	m.IDTokenSigningAlgs = nil
	for _, algorithm := range []jose.Algorithm{jose.RS256, jose.ES256, jose.EdDSA} {
		m.IDTokenSigningAlgs = append(m.IDTokenSigningAlgs, string(algorithm))
	}
	m.AuthorizationResponseIssParam, m.RequestParameterSupported = true, true
	m.SignInMetadata = &SignInMetadata{
		AuthorizationEndpoint: s.Issuer + AuthorizePath, UserInfoEndpoint: s.Issuer + UserInfoPath, EndSessionEndpoint: s.Issuer + LogoutPath,
		ResponseModes: []string{string(ModeQuery), string(ModeFragment), string(ModeFormPost)},
		Scopes:        []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopeGroups, ScopeOffline},
		Claims:        append([]string{"sub"}, s.People.Claims()...), ClaimTypes: []string{"normal"}, ClaimsParameterSupported: true,
		ACRValues:        s.Levels,
		ChallengeMethods: []string{"S256"}, Prompts: prompts,
		RequestObjectAlgs: append([]string{"none"}, m.TokenAuthSigningAlgs...), RequireRequestURIRegistered: true,
	}
	if s.Registrar != nil && s.Registration != RegistrationOff {
		m.RegistrationEndpoint = s.Issuer + RegisterPath
	}
	if s.Devices != nil {
		m.DeviceEndpoint = s.Issuer + DevicePath
	}
	if s.Requests != nil {
		m.RequestURIParameterSupported = true
		m.PushEndpoint = s.Issuer + PushPath
	}
}
