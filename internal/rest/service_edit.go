package rest

import (
	"encoding/json"
	"slices"
	"strings"

	"example.org/hub/internal/hub"
)

// readService is what a body says of a service.
func readService(in object, service *hub.Service) {
	in.text("key", &service.Key)
	in.text("name", &service.Name)
	in.text("homeUrl", &service.HomeURL)
	in.texts("baseUrls", &service.BaseURLs)
	in.text("userUriPattern", &service.UserURIPattern)
	in.text("groupUriPattern", &service.GroupURIPattern)
	in.texts("redirectUris", &service.RedirectURIs)
	in.texts("postLogoutRedirectUris", &service.PostLogoutRedirectURIs)
	in.texts("requestUris", &service.RequestURIs)
	in.text("applicationName", &service.ApplicationName)
	in.text("description", &service.Description)
	in.text("vendor", &service.Vendor)
	in.text("version", &service.Version)
	in.text("releaseDate", &service.ReleaseDate)
	in.text("iconUrl", &service.IconURL)
	in.id("organization", &service.Organisation, "key")
	in.ids("viewers", &service.Viewers)
	in.flag("trusted", &service.Trusted)
	in.flag("public", &service.Public)
	in.flag("disabled", &service.Disabled)
	in.flag("pkceRequired", &service.PKCERequired)
	in.flag("entitlements", &service.Entitlements)
	in.flag("requirePushedAuthorization", &service.RequirePushedAuthorization)
	in.flag("rotateRefreshTokens", &service.RotateRefreshTokens)
	in.text("accessToken", (*string)(&service.AccessToken))
	in.text("idTokenAlg", &service.IDTokenAlg)
	in.text("authMethod", (*string)(&service.AuthMethod))
	in.text("jwksUri", &service.JWKSURI)
	consent := !service.SkipConsent
	in.flag("consentRequired", &consent)
	service.SkipConsent = !consent
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
