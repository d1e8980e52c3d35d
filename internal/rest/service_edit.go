package rest

import (
	"encoding/json"
	"slices"
	"strings"

	"example.org/hub/internal/hub"
)

// readService is what a body says of a service.
func readService(in object, service *hub.Service) {
	for _, one := range []struct {
		key  string
		into *string
	}{
		{"key", &service.Key}, {"name", &service.Name}, {"homeUrl", &service.HomeURL}, {"userUriPattern", &service.UserURIPattern},
		{"groupUriPattern", &service.GroupURIPattern}, {"applicationName", &service.ApplicationName}, {"description", &service.Description},
		{"vendor", &service.Vendor}, {"version", &service.Version}, {"releaseDate", &service.ReleaseDate}, {"iconUrl", &service.IconURL},
		{"accessToken", (*string)(&service.AccessToken)}, {"idTokenAlg", &service.IDTokenAlg}, {"authMethod", (*string)(&service.AuthMethod)},
		{"jwksUri", &service.JWKSURI},
	} {
		in.text(one.key, one.into)
	}
	consent := !service.SkipConsent
	for _, one := range []struct {
		key  string
		into *bool
	}{
		{"trusted", &service.Trusted}, {"public", &service.Public}, {"disabled", &service.Disabled}, {"pkceRequired", &service.PKCERequired},
		{"entitlements", &service.Entitlements}, {"requirePushedAuthorization", &service.RequirePushedAuthorization},
		{"rotateRefreshTokens", &service.RotateRefreshTokens}, {"consentRequired", &consent},
	} {
		in.flag(one.key, one.into)
	}
	service.SkipConsent = !consent
	in.texts("baseUrls", &service.BaseURLs)
	in.texts("redirectUris", &service.RedirectURIs)
	in.texts("postLogoutRedirectUris", &service.PostLogoutRedirectURIs)
	in.texts("requestUris", &service.RequestURIs)
	in.id("organization", &service.Organisation, "key")
	in.ids("viewers", &service.Viewers)
	readKeySet(in, service)
	readFlows(in, service)
	readPermissions(in, service)
}

// readKeySet reads a JWK set, as an object or as its text.
func readKeySet(in object, service *hub.Service) {
	if _, is := in.values["jwks"].(string); is {
		in.text("jwks", &service.JWKS)
		return
	}
	if set := in.object("jwks"); set.values != nil {
		text, err := json.Marshal(set.values)
		if err != nil {
			in.unfit("jwks", "must be a JWK set")
			return
		}
		service.JWKS = string(text)
	}
}

// flowSwitches are the names under which known clients switch flows.
func flowSwitches() []struct {
	name string
	flow hub.Flow
} {
	return []struct {
		name string
		flow hub.Flow
	}{
		{"authCodeFlowEnabled", hub.AuthorizationCode}, {"refreshTokenFlowEnabled", hub.RefreshTokenFlow},
		{"clientCredentialsFlowEnabled", hub.ClientCredentials}, {"implicitFlowEnabled", hub.Implicit},
		{"resourceOwnerFlowEnabled", hub.PasswordFlow}, {"deviceFlowEnabled", hub.DeviceCode},
	}
}

// namesFlows reports whether a body says anything of flows.
func namesFlows(in object) bool {
	return slices.ContainsFunc(flowSwitches(), func(s struct {
		name string
		flow hub.Flow
	}) bool {
		return in.has(s.name)
	})
}

func readFlows(in object, service *hub.Service) {
	if !namesFlows(in) {
		return
	}
	flows := slices.Clone(service.Flows)
	for _, one := range flowSwitches() {
		on := slices.Contains(flows, one.flow)
		in.flag(one.name, &on)
		flows = slices.DeleteFunc(flows, func(flow hub.Flow) bool { return flow == one.flow })
		if on {
			flows = append(flows, one.flow)
		}
	}
	service.Flows = flows
}

func readPermissions(in object, service *hub.Service) {
	list, given := in.objects("permissions")
	if !given {
		return
	}
	permissions := make([]hub.Permission, 0, len(list))
	for _, one := range list {
		var permission hub.Permission
		one.text("key", &permission.Key)
		one.text("name", &permission.Name)
		one.text("description", &permission.Description)
		permission.Key = strings.TrimPrefix(permission.Key, service.Key+":")
		permissions = append(permissions, permission)
	}
	service.Permissions = permissions
}
