package rest

import (
	"encoding/json"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
)

// reference is what stands for a thing within another: enough to name it, and to ask for it.
type reference struct {
	Type  string `json:"type,omitempty"`
	ID    string `json:"id"`
	Key   string `json:"key,omitempty"`
	Name  string `json:"name,omitempty"`
	Login string `json:"login,omitempty"`
}

// serviceBasics is what everybody sees of a service who may use it.
type serviceBasics struct {
	Type            string   `json:"type"`
	ID              string   `json:"id"`
	Key             string   `json:"key"`
	Name            string   `json:"name"`
	HomeURL         string   `json:"homeUrl,omitempty"`
	BaseURLs        []string `json:"baseUrls"`
	ApplicationName string   `json:"applicationName,omitempty"`
	Description     string   `json:"description,omitempty"`
	Vendor          string   `json:"vendor,omitempty"`
	Version         string   `json:"version,omitempty"`
	ReleaseDate     string   `json:"releaseDate,omitempty"`
	IconURL         string   `json:"iconUrl,omitempty"`
	Trusted         bool     `json:"trusted"`
	Immutable       bool     `json:"immutable"`
}

// serviceJSON is a service as known clients read it.
type serviceJSON struct {
	serviceBasics
	Environment            string          `json:"environment"`
	Organisation           *reference      `json:"organization,omitempty"`
	UserURIPattern         string          `json:"userUriPattern,omitempty"`
	GroupURIPattern        string          `json:"groupUriPattern,omitempty"`
	RedirectURIs           []string        `json:"redirectUris"`
	PostLogoutRedirectURIs []string        `json:"postLogoutRedirectUris"`
	RequestURIs            []string        `json:"requestUris"`
	Permissions            []permission    `json:"permissions"`
	DefaultRoles           []reference     `json:"defaultRoles"`          // that came with it: Hub's own
	SwitchTargets          []reference     `json:"audienceSwitchTargets"` // none: no token is exchanged for one of another audience
	Viewers                []reference     `json:"viewers"`
	Tried                  []triedJSON     `json:"untrustedRedirectUris,omitempty"` // where ?fields= asks for them
	Public                 bool            `json:"public"`
	Disabled               bool            `json:"disabled"`
	SelfRegistered         bool            `json:"selfRegistered,omitempty"`
	ConsentRequired        bool            `json:"consentRequired"`
	PKCERequired           bool            `json:"pkceRequired"`
	ClientFlow             bool            `json:"clientCredentialsFlowEnabled"`
	CodeFlow               bool            `json:"authCodeFlowEnabled"`
	RefreshFlow            bool            `json:"refreshTokenFlowEnabled"`
	ImplicitFlow           bool            `json:"implicitFlowEnabled"`
	PasswordFlow           bool            `json:"resourceOwnerFlowEnabled"`
	DeviceFlow             bool            `json:"deviceFlowEnabled"`
	AccessToken            hub.TokenForm   `json:"accessToken"`
	IDTokenAlg             string          `json:"idTokenAlg"`
	Entitlements           bool            `json:"entitlements"`
	AuthMethod             hub.AuthMethod  `json:"authMethod,omitempty"`
	JWKS                   json.RawMessage `json:"jwks,omitempty"`
	JWKSURI                string          `json:"jwksUri,omitempty"`
	RequirePushed          bool            `json:"requirePushedAuthorization"`
	RotateRefreshTokens    bool            `json:"rotateRefreshTokens"`
	Secrets                []secretJSON    `json:"secrets,omitempty"`
	Secret                 string          `json:"secret,omitempty"`
	CreationTime           int64           `json:"creationTime"`
	UpdateTime             int64           `json:"updateTime"`
}

// permission is something that can be done at a service. Its key is the whole one, as it stands in roles and tokens.
type permission struct {
	Type        string     `json:"type"`
	ID          string     `json:"id"`
	Key         string     `json:"key"`
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	Service     *reference `json:"service,omitempty"`
	Global      bool       `json:"global"`
}

func permissionView(service hub.Service, one hub.Permission) permission {
	key := service.Key + ":" + one.Key
	return permission{Type: "permission", ID: key, Key: key, Name: one.Name, Description: one.Description, Service: serviceReference(service)}
}

func serviceReference(service hub.Service) *reference {
	return &reference{Type: "service", ID: service.ID, Key: service.Key, Name: service.Name}
}

// basicsOf is what everybody sees of a service.
func basicsOf(service hub.Service) serviceBasics {
	return serviceBasics{
		Type: "service", ID: service.ID, Key: service.Key, Name: service.Name, HomeURL: service.HomeURL, BaseURLs: emptyNotNull(service.BaseURLs),
		ApplicationName: service.ApplicationName, Description: service.Description, Vendor: service.Vendor, Version: service.Version,
		ReleaseDate: service.ReleaseDate, IconURL: service.IconURL, Trusted: service.Trusted, Immutable: service.BuiltIn(),
	}
}

// serviceView shows a service as far as the asker may see it.
func serviceView(seen directory.SeenService) any {
	if !seen.Whole {
		return basicsOf(seen.Service)
	}
	return wholeService(seen)
}

// wholeService shows all of a service.
func wholeService(seen directory.SeenService) serviceJSON {
	service := seen.Service
	view := serviceJSON{
		serviceBasics: basicsOf(service), Environment: string(service.Environment), UserURIPattern: service.UserURIPattern,
		GroupURIPattern: service.GroupURIPattern, RedirectURIs: emptyNotNull(service.RedirectURIs),
		PostLogoutRedirectURIs: emptyNotNull(service.PostLogoutRedirectURIs), RequestURIs: emptyNotNull(service.RequestURIs),
		Permissions: []permission{}, DefaultRoles: []reference{}, SwitchTargets: []reference{}, Viewers: []reference{},
		Public: service.Public, Disabled: service.Disabled, SelfRegistered: service.SelfRegistered != nil,
		ConsentRequired: !service.SkipConsent, PKCERequired: service.PKCERequired || service.Public,
		ClientFlow: service.Allows(hub.ClientCredentials), CodeFlow: service.Allows(hub.AuthorizationCode),
		RefreshFlow: service.Allows(hub.RefreshTokenFlow), ImplicitFlow: service.Allows(hub.Implicit),
		PasswordFlow: service.Allows(hub.PasswordFlow), DeviceFlow: service.Allows(hub.DeviceCode),
		AccessToken: service.AccessToken, IDTokenAlg: service.IDTokenAlg, Entitlements: service.Entitlements, AuthMethod: service.AuthMethod,
		JWKS: json.RawMessage(service.JWKS), JWKSURI: service.JWKSURI, RequirePushed: service.RequirePushedAuthorization,
		RotateRefreshTokens: service.RotateRefreshTokens, CreationTime: service.CreatedAt.UnixMilli(), UpdateTime: service.UpdatedAt.UnixMilli(),
	}
	if service.Organisation != "" {
		view.Organisation = &reference{Type: "organization", ID: service.Organisation}
	}
	if view.AccessToken == "" {
		view.AccessToken = hub.JWT
	}
	if view.IDTokenAlg == "" {
		view.IDTokenAlg = hub.IDTokenAlgorithms()[0]
	}
	for _, one := range service.Permissions {
		view.Permissions = append(view.Permissions, permissionView(service, one))
	}
	if service.ID == hub.HubServiceID {
		for _, role := range hub.DefaultRoles() {
			view.DefaultRoles = append(view.DefaultRoles, reference{Type: "role", ID: role.ID, Key: role.Key, Name: role.Name})
		}
	}
	for _, group := range service.Viewers {
		view.Viewers = append(view.Viewers, reference{Type: "userGroup", ID: group})
	}
	for _, one := range seen.Secrets {
		view.Secrets = append(view.Secrets, secretView(one))
	}
	return view
}

func emptyNotNull(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
