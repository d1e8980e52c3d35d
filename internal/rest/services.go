package rest

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

func (a *API) serviceRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/services/me", Need: OwnToken, Handle: a.servicesMe},
	}
}

// serviceJSON is a service as known clients read it.
type serviceJSON struct {
	Type            string   `json:"type"`
	ID              string   `json:"id"`
	Key             string   `json:"key"`
	Name            string   `json:"name"`
	HomeURL         string   `json:"homeUrl,omitempty"`
	BaseURLs        []string `json:"baseUrls"`
	RedirectURIs    []string `json:"redirectUris"`
	ApplicationName string   `json:"applicationName,omitempty"`
	Description     string   `json:"description,omitempty"`
	Vendor          string   `json:"vendor,omitempty"`
	Version         string   `json:"version,omitempty"`
	IconURL         string   `json:"iconUrl,omitempty"`
	Trusted         bool     `json:"trusted"`
	ConsentRequired bool     `json:"consentRequired"`
	PKCERequired    bool     `json:"pkceRequired"`
	ClientFlow      bool     `json:"clientCredentialsFlowEnabled"`
	CodeFlow        bool     `json:"authCodeFlowEnabled"`
	ImplicitFlow    bool     `json:"implicitFlowEnabled"`
	PasswordFlow    bool     `json:"resourceOwnerFlowEnabled"`
}

func serviceView(service hub.Service) serviceJSON {
	return serviceJSON{
		Type: "service", ID: service.ID, Key: service.Key, Name: service.Name, HomeURL: service.HomeURL,
		BaseURLs: emptyNotNull(service.BaseURLs), RedirectURIs: emptyNotNull(service.RedirectURIs),
		ApplicationName: service.ApplicationName, Description: service.Description, Vendor: service.Vendor, Version: service.Version,
		IconURL: service.IconURL, Trusted: service.Trusted, ConsentRequired: !service.SkipConsent, PKCERequired: service.PKCERequired || service.Public,
		ClientFlow: service.Allows(hub.ClientCredentials), CodeFlow: service.Allows(hub.AuthorizationCode),
		ImplicitFlow: service.Allows(hub.Implicit), PasswordFlow: service.Allows(hub.PasswordFlow),
	}
}

func emptyNotNull(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// servicesMe answers which service the token was issued to.
func (a *API) servicesMe(c *call) (any, error) {
	if c.live != nil && c.live.Client != nil {
		if service, is := a.Provider.Service(c.live.Client); is {
			return serviceView(service), nil
		}
	}
	return nil, fault.New(fault.NotFound, "this token was not issued to a service; ask users/me")
}
