package rest

import "example.org/hub/internal/fault"

// heldJSON is what a user holds, each where ?fields= asks for it and the caller may see it.
type heldJSON struct {
	PermanentTokens []permanentTokenJSON `json:"permanentTokens,omitempty"`
	RefreshTokens   []refreshTokenJSON   `json:"refreshTokens,omitempty"`
	ApprovedScopes  []approvedScopeJSON  `json:"approvedScopes,omitempty"`
}

// addHeld adds what a user holds, as far as it is asked for and the caller may see it.
func (a *API) addHeld(c *call, userID string, held *heldJSON) error {
	for name, add := range map[string]func() error{
		"permanentTokens": func() error {
			tokens, err := a.Credentials.PermanentTokens(c.Context(), c.actor, userID)
			held.PermanentTokens = views(tokens, permanentTokenView)
			return err
		},
		"refreshTokens": func() error {
			tokens, err := a.Credentials.RefreshTokens(c.Context(), c.actor, userID)
			held.RefreshTokens = views(tokens, refreshTokenView)
			return err
		},
		"approvedScopes": func() error {
			scopes, err := a.Credentials.ApprovedScopes(c.Context(), c.actor, userID)
			held.ApprovedScopes = views(scopes, approvedScopeView)
			return err
		},
	} {
		if !c.wanted.has(name) {
			continue
		}
		if err := add(); err != nil && !fault.Is(err, fault.Forbidden) {
			return err
		}
	}
	return nil
}

// views shows each of several things.
func views[T, V any](all []T, view func(T) V) []V {
	shown := make([]V, len(all))
	for i, one := range all {
		shown[i] = view(one)
	}
	return shown
}
