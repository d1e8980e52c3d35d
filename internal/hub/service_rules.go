package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
)

// Bounds on what one service may bring, far beyond what an honest one needs.
const (
	maxURIs        = 100
	maxPermissions = 500
	maxJWKS        = 64 << 10 // bytes
)

// IDTokenAlgorithms lists what a service may have its ID tokens signed with, the default first.
func IDTokenAlgorithms() []string { return []string{"RS256", "ES256", "EdDSA"} }

// authMethods lists the ways in which a service may prove itself.
func authMethods() []AuthMethod { return []AuthMethod{SecretBasic, SecretPost, PrivateKeyJWT, NoAuth} }

// checkServiceName says what is wrong with an id, key or name of a service; empty means nothing is. What it may not be is
// a reserved scope item, since both stand in the same place.
func checkServiceName(name string) string {
	if reason := CheckName(name); reason != "" {
		return reason
	}
	if IsReservedScope(Fold(name)) {
		return fmt.Sprintf("must not be %q: it is a reserved scope item", name)
	}
	return apart("", name, "me", "queryassist")
}

// Check gives everything that is wrong with a service by itself; whether its names are taken and what it refers to exists
// is for the store to say. Field names are those of hub.yaml and REST.
func (s Service) Check() []fault.Field {
	var wrong []fault.Field
	add := func(name, reason string) {
		if reason != "" {
			wrong = append(wrong, fault.Field{Name: name, Reason: reason})
		}
	}
	if !s.Environment.Valid() {
		add("environment", "must be production or test")
	}
	add("id", CheckServiceID(s.ID))
	add("key", CheckKey(s.Key))
	add("key", checkServiceName(s.Key))
	add("name", checkServiceName(s.Name))
	s.checkTexts(add)
	s.checkURIs(add)
	s.checkClient(add)
	s.checkPermissions(add)
	return wrong
}

// CheckServiceID says what is wrong with the id of a service; empty means nothing is. Mostly it is a UUID, but one that is
// brought along may look otherwise.
func CheckServiceID(id string) string {
	if reason := CheckKey(id); reason != "" {
		return reason
	}
	return checkServiceName(id)
}

func (s Service) checkTexts(add func(name, reason string)) {
	for _, one := range []struct{ name, text string }{
		{"applicationName", s.ApplicationName}, {"vendor", s.Vendor}, {"version", s.Version}, {"releaseDate", s.ReleaseDate},
		{"userUriPattern", s.UserURIPattern}, {"groupUriPattern", s.GroupURIPattern},
	} {
		if one.text != "" {
			add(one.name, CheckName(one.text))
		}
	}
	add("description", CheckDescription(s.Description))
}

func (s Service) checkURIs(add func(name, reason string)) {
	leave := func(uri string) string { return CheckRedirectURI(uri, s.Public) }
	for _, one := range []struct {
		name  string
		list  []string
		check func(string) string
	}{
		{"homeUrl", optional(s.HomeURL), checkURL},
		{"iconUrl", optional(s.IconURL), checkURL},
		{"jwksUri", optional(s.JWKSURI), checkFetchURL},
		{"baseUrls", s.BaseURLs, checkURL},
		{"redirectUris", s.RedirectURIs, s.checkRedirect},
		{"postLogoutRedirectUris", s.PostLogoutRedirectURIs, leave},
		{"requestUris", s.RequestURIs, checkFetchURL},
	} {
		if len(one.list) > maxURIs {
			add(one.name, fmt.Sprintf("must have at most %d entries", maxURIs))
			continue
		}
		for i, uri := range one.list {
			if slices.Contains(one.list[:i], uri) {
				add(one.name, fmt.Sprintf("%q is there twice", uri))
			}
			add(one.name, quoteReason(uri, one.check(uri)))
		}
	}
}

func optional(uri string) []string {
	if uri == "" {
		return nil
	}
	return []string{uri}
}

func quoteReason(value, reason string) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf("%q %s", value, reason)
}

func (s Service) checkClient(add func(name, reason string)) {
	for i, flow := range s.Flows {
		switch {
		case !slices.Contains(Flows(), flow):
			add("flows", fmt.Sprintf("%q is none of %s", flow, joined(Flows())))
		case slices.Contains(s.Flows[:i], flow):
			add("flows", fmt.Sprintf("%q is there twice", flow))
		}
	}
	if s.AccessToken != "" && s.AccessToken != JWT && s.AccessToken != Opaque {
		add("accessToken", "must be jwt or opaque")
	}
	if s.IDTokenAlg != "" && !slices.Contains(IDTokenAlgorithms(), s.IDTokenAlg) {
		add("idTokenAlg", "must be one of "+joined(IDTokenAlgorithms()))
	}
	switch {
	case s.AuthMethod != "" && !slices.Contains(authMethods(), s.AuthMethod):
		add("authMethod", "must be one of "+joined(authMethods()))
	case s.Public && s.AuthMethod != "" && s.AuthMethod != NoAuth:
		add("authMethod", "must be none (or left out) for a public service")
	case !s.Public && s.AuthMethod == NoAuth:
		add("authMethod", "may be none for a public service only")
	case s.AuthMethod == PrivateKeyJWT && s.JWKS == "" && s.JWKSURI == "":
		add("authMethod", "private_key_jwt needs jwks or jwksUri")
	}
	if s.JWKS != "" && s.JWKSURI != "" {
		add("jwksUri", "must not stand beside jwks: choose one")
	}
	if s.JWKS != "" {
		add("jwks", checkJWKS(s.JWKS))
	}
}

// checkJWKS wants a set of public keys (RFC 7517 section 5). What the keys are good for is seen when one is used.
func checkJWKS(text string) string {
	if len(text) > maxJWKS {
		return "must have at most 64 kB"
	}
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil || len(set.Keys) == 0 {
		return `must be a JWK set: an object whose "keys" is a list of public keys`
	}
	for _, key := range set.Keys {
		if kind, _ := key["kty"].(string); kind == "" {
			return `must have a "kty" in every key`
		}
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if key[private] != nil {
				return "must hold public keys only: there is a private one among them; treat it as lost and make a new one"
			}
		}
	}
	return ""
}

func (s Service) checkPermissions(add func(name, reason string)) {
	if len(s.Permissions) > maxPermissions {
		add("permissions", fmt.Sprintf("must have at most %d entries", maxPermissions))
		return
	}
	seen := map[string]bool{}
	for _, permission := range s.Permissions {
		switch {
		case seen[permission.Key]:
			add("permissions", fmt.Sprintf("%q is there twice", permission.Key))
		case CheckKey(permission.Key) != "":
			add("permissions", quoteReason(permission.Key, CheckKey(permission.Key)))
		case strings.Contains(permission.Key, AllPermissions):
			add("permissions", fmt.Sprintf("%q must not hold *", permission.Key))
		}
		seen[permission.Key] = true
		if permission.Name != "" {
			add("permissions", quoteReason(permission.Name, CheckName(permission.Name)))
		}
		add("permissions", CheckDescription(permission.Description))
	}
}

func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}
