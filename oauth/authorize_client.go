package oauth

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// The checks before anything is proven. What they refuse is shown on a page of our own.

// oneClientID looks at what says whose request it is and where the rest of it is. What is repeated of the rest is told to the
// client.
func oneClientID(_ *Server, _ context.Context, a *authorization) error {
	for _, name := range []string{"client_id", "request", "request_uri"} {
		if len(a.parameters[name]) > 1 {
			return refusal(InvalidRequest, "%s is repeated", name)
		}
	}
	if a.parameters.Get("client_id") == "" {
		return refusal(InvalidRequest, "client_id is missing: the address that led here is not complete")
	}
	return nil
}

func askingClient(s *Server, ctx context.Context, a *authorization) error {
	client, err := s.Clients.Client(ctx, a.parameters.Get("client_id"))
	if errors.Is(err, ErrNotFound) || err == nil && client.Disabled {
		return refusal(InvalidRequest, "no service is registered here under that client_id").because(Explanation{
			Reason: "the client is unknown or switched off", Received: a.parameters.Get("client_id"), Setting: SettingClientID,
		})
	}
	a.asked.Client = client
	return err
}

func provenRedirect(_ *Server, _ context.Context, a *authorization) error {
	client, asked := a.asked.Client, a.asked
	values := a.parameters["redirect_uri"]
	switch {
	case len(values) > 1:
		return refusal(InvalidRequest, "redirect_uri is repeated")
	case len(client.RedirectURIs) == 0:
		return refusal(InvalidRequest, "the service has no redirect URI registered, so nobody can sign in to it").because(Explanation{
			Reason: "no redirect URI is registered", Received: a.parameters.Get("redirect_uri"), Setting: SettingRedirectURIs,
		})
	case len(values) == 1 && values[0] != "":
		if !client.redirects(values[0]) {
			return refusal(InvalidRequest, "redirect_uri is not one that the service has registered").because(Explanation{
				Reason: "the redirect URI is not registered, byte for byte", Expected: strings.Join(client.RedirectURIs, " "), Received: values[0],
				Setting: SettingRedirectURIs,
			})
		}
		asked.RedirectURI = values[0]
	case len(client.RedirectURIs) > 1 || isOpenID(a.parameters):
		return refusal(InvalidRequest, "redirect_uri is missing")
	default: // RFC 6749 section 3.1.2.3
		asked.RedirectURI = client.RedirectURIs[0]
	}
	a.proven = true
	asked.State = onlyIfShort(a.parameters, "state")
	kind, _ := parseResponseType(a.parameters.Get("response_type"))
	asked.Mode, _ = kind.mode(a.parameters.Get("response_mode"))
	return nil
}

// maxText is the most bytes that state and nonce may have; what is longer is not echoed.
const maxText = 4 << 10

func onlyIfShort(parameters Parameters, name string) string {
	if values := parameters[name]; len(values) == 1 && len(values[0]) <= maxText {
		return values[0]
	}
	return ""
}

func isOpenID(parameters Parameters) bool {
	return slices.Contains(strings.Fields(parameters.Get("scope")), ScopeOpenID)
}
