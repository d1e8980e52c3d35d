package audit

import (
	"strings"

	"example.org/hub/oauth"
)

// Place is where a setting can be changed.
type Place struct {
	Page string // path of the page, below the base URL
	File string // key in hub.yaml
	REST string // resource and key, below /api/rest
}

// Places knows for each setting that refusals name where it is; {client} and {user} stand for whom it is about.
func Places() map[string]Place {
	service := func(file, rest string) Place {
		return Place{"/admin/services/{client}", "services[].{id: {client}}." + file, "POST /services/{client} " + rest}
	}
	return map[string]Place{
		oauth.SettingRedirectURIs:   service("redirectUris", "redirectUris"),
		oauth.SettingPostLogoutURIs: service("postLogoutRedirectUris", "postLogoutRedirectUris"),
		oauth.SettingRequestURIs:    service("requestUris", "requestUris"),
		oauth.SettingFlows: service("flows",
			"authCodeFlowEnabled, clientCredentialsFlowEnabled, implicitFlowEnabled, resourceOwnerFlowEnabled, deviceFlowEnabled"),
		oauth.SettingPKCE:            service("pkce", "pkceRequired"),
		oauth.SettingPushedRequests:  service("requirePushedAuthorization", "requirePushedAuthorization"),
		oauth.SettingAuthMethod:      service("authMethod", "authMethod"),
		oauth.SettingKeys:            service("jwks", "jwks"),
		oauth.SettingKeysURI:         service("jwksUri", "jwksUri"),
		oauth.SettingSecrets:         {"/admin/services/{client}", "services[].{id: {client}}.secrets", "POST /services/{client}/rotate"},
		oauth.SettingConsent:         service("consent", "consentRequired"),
		oauth.SettingSwitch:          service("disabled", "disabled"),
		oauth.SettingViewers:         service("viewers", "viewers"),
		oauth.SettingTrusted:         service("trusted", "trusted"),
		oauth.SettingAllowlist:       {"/account/security", "apps[].{appId: {client}}.allowlist", "POST /users/{user}/apps/{client}/allowlist"},
		oauth.SettingBan:             {"/admin/users", "users[].banned", "POST /users/{user} banned"},
		oauth.SettingTwoFactor:       {"/admin/groups", "groups[].requireTwoFactor", "POST /usergroups/{group} requireTwoFactorAuthentication"},
		oauth.SettingRoles:           {"/admin/roles", "users[].roles", "POST /users/{user}/projectroles"},
		oauth.SettingRateLimit:       {"", "", ""},
		oauth.SettingRegistration:    {"", "", ""},
		oauth.SettingClientID:        {"", "", ""},
		oauth.SettingScope:           {"", "", ""},
		oauth.SettingClock:           {"", "", ""},
		oauth.SettingRequest:         {"", "", ""},
		oauth.SettingRolesOrScope:    {"/admin/roles", "users[].roles", "POST /users/{user}/projectroles"},
		oauth.SettingViewersOrRoles:  service("viewers", "viewers"),
		oauth.SettingTrustedOrViewer: service("trusted", "trusted"),
	}
}

// placeOf is where a setting of a client is. A setting that is none of the hub's own has no place here: it is changed where
// the client runs.
func placeOf(setting, clientID, userID string) Place {
	place := Places()[setting]
	if userID == "" {
		userID = "{user}"
	}
	fill := strings.NewReplacer("{client}", clientID, "{user}", userID)
	return Place{fill.Replace(place.Page), fill.Replace(place.File), fill.Replace(place.REST)}
}
