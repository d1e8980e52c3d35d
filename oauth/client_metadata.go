package oauth

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"example.org/hub/oauth/jose"
)

// ClientMetadata is what a client says of itself when it registers (RFC 7591 section 2, OpenID Connect Dynamic Client
// Registration 1.0 section 2), as far as it means anything here. What else is sent is ignored.
type ClientMetadata struct {
	Name                   string          `json:"client_name,omitempty"`
	HomeURI                string          `json:"client_uri,omitempty"`
	LogoURI                string          `json:"logo_uri,omitempty"`
	PolicyURI              string          `json:"policy_uri,omitempty"`
	TermsURI               string          `json:"tos_uri,omitempty"`
	InitiateLoginURI       string          `json:"initiate_login_uri,omitempty"` // where others may send people to sign in; it is told back
	Contacts               []string        `json:"contacts,omitempty"`
	SoftwareID             string          `json:"software_id,omitempty"`
	SoftwareVersion        string          `json:"software_version,omitempty"`
	ApplicationType        string          `json:"application_type,omitempty"` // "web" or "native"
	RedirectURIs           []string        `json:"redirect_uris,omitempty"`
	PostLogoutRedirectURIs []string        `json:"post_logout_redirect_uris,omitempty"`
	RequestURIs            []string        `json:"request_uris,omitempty"`
	GrantTypes             []string        `json:"grant_types,omitempty"`
	ResponseTypes          []string        `json:"response_types,omitempty"`
	AuthMethod             AuthMethod      `json:"token_endpoint_auth_method,omitempty"`
	JWKS                   json.RawMessage `json:"jwks,omitempty"`
	JWKSURI                string          `json:"jwks_uri,omitempty"`
	IDTokenAlg             jose.Algorithm  `json:"id_token_signed_response_alg,omitempty"`
	RequestObjectAlg       string          `json:"request_object_signing_alg,omitempty"`
	RequirePAR             bool            `json:"require_pushed_authorization_requests,omitempty"`
	SubjectType            string          `json:"subject_type,omitempty"`
	SectorIdentifierURI    string          `json:"sector_identifier_uri,omitempty"`
	AssertionAlg           jose.Algorithm  `json:"token_endpoint_auth_signing_alg,omitempty"`
	DefaultMaxAge          *uint32         `json:"default_max_age,omitempty"` // seconds
	DefaultACRValues       []string        `json:"default_acr_values,omitempty"`
	RequireAuthTime        bool            `json:"require_auth_time,omitempty"` // it is always told
}

// Bounds of a registration, since strangers may send one.
const (
	maxRegistration = 64 << 10
	maxURIs         = 20
	maxURI          = 2 << 10
	maxName         = 200
)

// parseClientMetadata reads a registration: names exactly as they are spelled, none of them twice.
func parseClientMetadata(data []byte) (*ClientMetadata, error) {
	if len(data) > maxRegistration {
		return nil, badMetadata("the registration has more than %d bytes", maxRegistration)
	}
	object, err := jose.ParseObject(data)
	if err != nil {
		return nil, refusal(InvalidRequest, "the body must be a JSON object in which no name stands twice").because(Explanation{Reason: err.Error()})
	}
	m := &ClientMetadata{}
	for name, into := range map[string]any{
		"client_name": &m.Name, "client_uri": &m.HomeURI, "logo_uri": &m.LogoURI, "policy_uri": &m.PolicyURI, "tos_uri": &m.TermsURI,
		"initiate_login_uri": &m.InitiateLoginURI, "contacts": &m.Contacts,
		"software_id": &m.SoftwareID, "software_version": &m.SoftwareVersion, "application_type": &m.ApplicationType,
		"redirect_uris": &m.RedirectURIs, "post_logout_redirect_uris": &m.PostLogoutRedirectURIs, "request_uris": &m.RequestURIs,
		"grant_types": &m.GrantTypes, "response_types": &m.ResponseTypes, "token_endpoint_auth_method": &m.AuthMethod,
		"jwks": &m.JWKS, "jwks_uri": &m.JWKSURI, "id_token_signed_response_alg": &m.IDTokenAlg, "request_object_signing_alg": &m.RequestObjectAlg,
		"require_pushed_authorization_requests": &m.RequirePAR, "subject_type": &m.SubjectType, "sector_identifier_uri": &m.SectorIdentifierURI,
		"token_endpoint_auth_signing_alg": &m.AssertionAlg, "default_max_age": &m.DefaultMaxAge, "default_acr_values": &m.DefaultACRValues,
		"require_auth_time": &m.RequireAuthTime,
	} {
		raw, sent := object[name]
		if !sent || string(raw) == "null" {
			continue
		}
		if json.Unmarshal(raw, into) != nil {
			return nil, badMetadata("%s is of the wrong kind", name)
		}
	}
	return m, nil
}

func badMetadata(format string, args ...any) *Error {
	return refusal(InvalidClientMetadata, format, args...)
}

// metadataChecks are the rules for what a client may say of itself. Each may fill in what was left out.
var metadataChecks = []struct {
	rule string
	hold func(*Server, context.Context, *registering) error
}{
	{"the client authenticates in a way there is", soundMethod},
	{"grant and response types are offered here and go together", soundTypes},
	{"redirect URIs are safe", soundRedirects},
	{"redirect URIs are those of the type of application", soundApplication},
	{"the keys can be used", soundKeys},
	{"the algorithms are ours", soundAlgorithms},
	{"addresses and names are fit to be shown", soundTexts},
	{"the document of its sector lists every redirect URI", soundSector},
}

// registering is what a client says of itself, and where it said so.
type registering struct {
	*ClientMetadata
	origin Origin
}

func (s *Server) checkMetadata(ctx context.Context, origin Origin, m *ClientMetadata) error {
	for _, step := range metadataChecks {
		if err := step.hold(s, ctx, &registering{m, origin}); err != nil {
			return err
		}
	}
	return nil
}

func soundMethod(_ *Server, _ context.Context, m *registering) error {
	if m.AuthMethod == "" {
		m.AuthMethod = AuthBasic // RFC 7591 section 2
	}
	if !slices.Contains([]AuthMethod{AuthBasic, AuthPost, AuthJWT, AuthNone}, m.AuthMethod) {
		return badMetadata("token_endpoint_auth_method must be client_secret_basic, client_secret_post, private_key_jwt or none")
	}
	if m.SubjectType != "" && m.SubjectType != "public" {
		return badMetadata("subject_type must be public")
	}
	if m.ApplicationType == "" {
		m.ApplicationType = "web"
	}
	if m.ApplicationType != "web" && m.ApplicationType != "native" {
		return badMetadata("application_type must be web or native")
	}
	return nil
}

// soundTypes lets strangers register what people watch over: a client that takes passwords is made by an administrator.
func soundTypes(s *Server, _ context.Context, m *registering) error {
	if m.GrantTypes == nil {
		m.GrantTypes = []string{AuthorizationCode{}.Type()}
	}
	for _, grant := range m.GrantTypes {
		if grant == (Password{}).Type() || !slices.Contains(s.Metadata().GrantTypes, grant) {
			return badMetadata("grant_types holds %s, which cannot be registered here", plainName(grant))
		}
	}
	if m.AuthMethod == AuthNone && slices.Contains(m.GrantTypes, ClientCredentials{}.Type()) {
		return badMetadata("a public client has no credentials for client_credentials")
	}
	if m.ResponseTypes == nil && slices.Contains(m.GrantTypes, AuthorizationCode{}.Type()) {
		m.ResponseTypes = []string{"code"}
	}
	for _, text := range m.ResponseTypes {
		kind, known := parseResponseType(text)
		switch {
		case !known:
			return badMetadata("response_types holds %s, which is not known here", plainName(text))
		case kind.Code && !slices.Contains(m.GrantTypes, AuthorizationCode{}.Type()):
			return badMetadata("response type %s needs the grant type authorization_code", text)
		case kind.front() && !slices.Contains(m.GrantTypes, Implicit):
			return badMetadata("response type %s needs the grant type implicit", text)
		}
	}
	return nil
}

func soundKeys(_ *Server, _ context.Context, m *registering) error {
	switch {
	case len(m.JWKS) > 0 && m.JWKSURI != "":
		return badMetadata("jwks and jwks_uri cannot both be given")
	case m.AuthMethod == AuthJWT && len(m.JWKS) == 0 && m.JWKSURI == "":
		return badMetadata("private_key_jwt needs jwks or jwks_uri")
	case len(m.JWKS) > 0:
		if _, err := jose.ParseKeySet(m.JWKS); err != nil {
			return badMetadata("jwks cannot be used: %s", err)
		}
	case m.JWKSURI != "" && !isWebAddress(m.JWKSURI, true):
		return badMetadata("jwks_uri must be an https address")
	}
	return nil
}

func soundAlgorithms(s *Server, _ context.Context, m *registering) error {
	if m.IDTokenAlg != "" && !slices.Contains(s.Metadata().IDTokenSigningAlgs, string(m.IDTokenAlg)) {
		return badMetadata("id_token_signed_response_alg must be one of those in the server's metadata")
	}
	if m.RequestObjectAlg != "" && m.RequestObjectAlg != "none" && !slices.Contains(assertionAlgorithms(), jose.Algorithm(m.RequestObjectAlg)) {
		return badMetadata("request_object_signing_alg must be one of those in the server's metadata")
	}
	if m.AssertionAlg != "" && !slices.Contains(assertionAlgorithms(), m.AssertionAlg) {
		return badMetadata("token_endpoint_auth_signing_alg must be one of those in the server's metadata")
	}
	return nil
}

func soundTexts(_ *Server, _ context.Context, m *registering) error {
	for name, uri := range map[string]string{"client_uri": m.HomeURI, "logo_uri": m.LogoURI, "policy_uri": m.PolicyURI, "tos_uri": m.TermsURI} {
		if uri != "" && !isWebAddress(uri, false) {
			return badMetadata("%s must be a web address", name)
		}
	}
	if m.InitiateLoginURI != "" && !isWebAddress(m.InitiateLoginURI, true) {
		return badMetadata("initiate_login_uri must be an https address")
	}
	for _, uri := range m.RequestURIs {
		if !isWebAddress(uri, true) {
			return badMetadata("request_uris must be https addresses")
		}
	}
	for _, text := range slices.Concat([]string{m.Name, m.SoftwareID, m.SoftwareVersion}, m.Contacts, m.DefaultACRValues) {
		if len(text) > maxName || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			return badMetadata("a name is longer than %d bytes or holds what cannot be printed", maxName)
		}
	}
	return nil
}

func isWebAddress(text string, onlyHTTPS bool) bool {
	parsed, err := url.Parse(text)
	return err == nil && len(text) <= maxURI && parsed.Host != "" && parsed.User == nil &&
		(parsed.Scheme == "https" || !onlyHTTPS && parsed.Scheme == "http")
}
