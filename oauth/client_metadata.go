package oauth

import (
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
		"contacts": &m.Contacts, "software_id": &m.SoftwareID, "software_version": &m.SoftwareVersion, "application_type": &m.ApplicationType,
		"redirect_uris": &m.RedirectURIs, "post_logout_redirect_uris": &m.PostLogoutRedirectURIs, "request_uris": &m.RequestURIs,
		"grant_types": &m.GrantTypes, "response_types": &m.ResponseTypes, "token_endpoint_auth_method": &m.AuthMethod,
		"jwks": &m.JWKS, "jwks_uri": &m.JWKSURI, "id_token_signed_response_alg": &m.IDTokenAlg, "request_object_signing_alg": &m.RequestObjectAlg,
		"require_pushed_authorization_requests": &m.RequirePAR, "subject_type": &m.SubjectType,
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
	hold func(*Server, *ClientMetadata) error
}{
	{"the client authenticates in a way there is", soundMethod},
	{"grant and response types are offered here and go together", soundTypes},
	{"redirect URIs are safe", soundRedirects},
	{"the keys can be used", soundKeys},
	{"the algorithms are ours", soundAlgorithms},
	{"addresses and names are fit to be shown", soundTexts},
}

func (s *Server) checkMetadata(m *ClientMetadata) error {
	for _, step := range metadataChecks {
		if err := step.hold(s, m); err != nil {
			return err
		}
	}
	return nil
}

func soundMethod(_ *Server, m *ClientMetadata) error {
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
func soundTypes(s *Server, m *ClientMetadata) error {
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

func soundRedirects(_ *Server, m *ClientMetadata) error {
	if len(m.RedirectURIs) == 0 && len(m.ResponseTypes) > 0 {
		return refusal(InvalidRedirectURI, "redirect_uris is missing")
	}
	if len(m.RedirectURIs) > maxURIs || len(m.PostLogoutRedirectURIs) > maxURIs || len(m.RequestURIs) > maxURIs || len(m.Contacts) > maxURIs {
		return badMetadata("a list has more than %d entries", maxURIs)
	}
	for _, uri := range slices.Concat(m.RedirectURIs, m.PostLogoutRedirectURIs) {
		if err := CheckRedirectURI(uri, m.AuthMethod == AuthNone); err != nil {
			return err
		}
	}
	return nil
}

// CheckRedirectURI holds a redirect URI against what may be registered, for a public client or another. Errors are *Error
// with code invalid_redirect_uri.
func CheckRedirectURI(uri string, public bool) error {
	bad := func(why string) error { return refusal(InvalidRedirectURI, "a redirect URI %s", why) }
	parsed, err := url.Parse(uri)
	switch {
	case err != nil || !parsed.IsAbs() || len(uri) > maxURI:
		return bad("must be an absolute URI of at most 2048 bytes")
	case strings.ContainsAny(uri, "#*\\ ") || strings.IndexFunc(uri, func(r rune) bool { return r < ' ' || r > '~' }) >= 0:
		return bad("must not hold a fragment, a wildcard, a backslash, blanks or characters outside ASCII")
	case parsed.User != nil:
		return bad("must not hold a user name")
	case parsed.Scheme == "https" && parsed.Host != "":
		return nil
	case parsed.Scheme == "http":
		if _, loopback := withoutPort(uri); loopback {
			return nil
		}
		return bad("must use https; plain http is for loopback addresses")
	case parsed.Scheme == "https" || slices.Contains(forbiddenSchemes, parsed.Scheme):
		return bad("must not use that scheme")
	case !public:
		return bad("must use https; a scheme of its own is for public clients")
	}
	return nil
}

// forbiddenSchemes run or read something in the browser itself.
var forbiddenSchemes = []string{"javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source", "ws", "wss", "ftp", "mailto"}

func soundKeys(_ *Server, m *ClientMetadata) error {
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

func soundAlgorithms(s *Server, m *ClientMetadata) error {
	if m.IDTokenAlg != "" && !slices.Contains(s.Metadata().IDTokenSigningAlgs, string(m.IDTokenAlg)) {
		return badMetadata("id_token_signed_response_alg must be one of those in the server's metadata")
	}
	if m.RequestObjectAlg != "" && m.RequestObjectAlg != "none" && !slices.Contains(assertionAlgorithms(), jose.Algorithm(m.RequestObjectAlg)) {
		return badMetadata("request_object_signing_alg must be one of those in the server's metadata")
	}
	return nil
}

func soundTexts(_ *Server, m *ClientMetadata) error {
	for name, uri := range map[string]string{"client_uri": m.HomeURI, "logo_uri": m.LogoURI, "policy_uri": m.PolicyURI, "tos_uri": m.TermsURI} {
		if uri != "" && !isWebAddress(uri, false) {
			return badMetadata("%s must be a web address", name)
		}
	}
	for _, uri := range m.RequestURIs {
		if !isWebAddress(uri, true) {
			return badMetadata("request_uris must be https addresses")
		}
	}
	for _, text := range append([]string{m.Name, m.SoftwareID, m.SoftwareVersion}, m.Contacts...) {
		if len(text) > maxName || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			return badMetadata("a name is longer than %d bytes or holds what cannot be printed", maxName)
		}
	}
	return nil
}

func isWebAddress(text string, onlyHTTPS bool) bool {
	parsed, err := url.Parse(text)
	return err == nil && len(text) <= maxURI && parsed.Host != "" && parsed.User == nil && (parsed.Scheme == "https" || !onlyHTTPS && parsed.Scheme == "http")
}
