package oauth

// What an Explanation names as the thing to change. Whoever runs the library knows where each of them is to be found.
const (
	SettingRedirectURIs    = "Redirect URIs, in the settings of the service"
	SettingPostLogoutURIs  = "Post-logout redirect URIs, in the settings of the service"
	SettingRequestURIs     = "requestUris, in the settings of the service"
	SettingFlows           = "Flows, in the settings of the service"
	SettingPKCE            = "PKCE, in the settings of the service"
	SettingPushedRequests  = "Require pushed authorization, in the settings of the service"
	SettingAuthMethod      = "Authentication method, in the settings of the service"
	SettingSecrets         = "Secrets, in the settings of the client"
	SettingConsent         = "Consent, in the settings of the service"
	SettingSwitch          = "Disabled, in the settings of the client"
	SettingKeys            = "jwks, in the settings of the service"
	SettingKeysURI         = "jwksUri, in the settings of the service"
	SettingViewers         = "Viewers, in the settings of the service"
	SettingTrusted         = "Trusted, in the settings of the client: only trusted services reach other services on their own behalf"
	SettingTrustedOrViewer = "the service's viewers, or the roles of the user"
	SettingViewersOrRoles  = "the services' viewers, or the roles of the person"
	SettingAllowlist       = "IP allowlist, under Settings > API Access"
	SettingBan             = "Banned, in the settings of the user"
	SettingTwoFactor       = "Require a second factor, in the settings of a group of the user"
	SettingRoles           = "the roles of the user"
	SettingRolesOrScope    = "the roles of the user, or the scope of the token"
	SettingRateLimit       = "--rate-limit"
	SettingRegistration    = "--registration"

	// Of the client itself, where it runs.
	SettingClientID = "client_id and base URL, where the client runs"
	SettingScope    = "scope, in the request that asked for the token"
	SettingClock    = "the clock, where the client runs"
	SettingRequest  = "the request that the client sends"
)

// Settings lists them all, for tests that range over what explains them.
func Settings() []string {
	return []string{
		SettingRedirectURIs, SettingPostLogoutURIs, SettingRequestURIs, SettingFlows, SettingPKCE, SettingPushedRequests,
		SettingAuthMethod, SettingSecrets, SettingConsent, SettingSwitch, SettingKeys, SettingKeysURI,
		SettingViewers, SettingTrusted, SettingTrustedOrViewer, SettingViewersOrRoles, SettingAllowlist, SettingBan,
		SettingTwoFactor, SettingRoles, SettingRolesOrScope, SettingRateLimit, SettingRegistration, SettingClientID,
		SettingScope, SettingClock, SettingRequest,
	}
}
