package sample

import (
	"context"
	"net/http"
	"net/url"

	"example.org/hub/test/blackbox"
)

// Paths of the endpoints, below the base URL.
const (
	tokenPath      = "/api/rest/oauth2/token"
	introspectPath = "/api/rest/oauth2/introspect"
	revokePath     = "/api/rest/oauth2/revoke"
	keysPath       = "/api/rest/oauth2/keys"
	discoveryPath  = "/.well-known/openid-configuration"
	forwardPath    = "/api/forward-auth?service=payments"
)

// Token asks for an access token to Payments.
func (c Client) Token(ctx context.Context, hub *blackbox.Asker) (*blackbox.Answer, error) {
	return c.post(ctx, hub, tokenPath, url.Values{"grant_type": {"client_credentials"}, "scope": {"payments"}})
}

// Introspect asks what a token is worth.
func (c Client) Introspect(ctx context.Context, hub *blackbox.Asker, token string) (*blackbox.Answer, error) {
	return c.post(ctx, hub, introspectPath, url.Values{"token": {token}})
}

// Revoke ends a token.
func (c Client) Revoke(ctx context.Context, hub *blackbox.Asker, token string) (*blackbox.Answer, error) {
	return c.post(ctx, hub, revokePath, url.Values{"token": {token}})
}

func (c Client) post(ctx context.Context, hub *blackbox.Asker, path string, form url.Values) (*blackbox.Answer, error) {
	return hub.Try(ctx, http.MethodPost, path, form.Encode(), blackbox.Basic(c.ID, c.Secret),
		blackbox.Header("Content-Type", "application/x-www-form-urlencoded"))
}

// ForwardAuth asks as a proxy in front of Payments.
func ForwardAuth(ctx context.Context, hub *blackbox.Asker, token string) (*blackbox.Answer, error) {
	return hub.Try(ctx, http.MethodGet, forwardPath, "", blackbox.Bearer(token))
}

// ForwardAuthTo asks whether the token holds a permission, such as payments:create.
func ForwardAuthTo(ctx context.Context, hub *blackbox.Asker, token, permission string) (*blackbox.Answer, error) {
	return hub.Try(ctx, http.MethodGet, forwardPath+"&permission="+url.QueryEscape(permission), "", blackbox.Bearer(token))
}

// Keys asks for the key set.
func Keys(ctx context.Context, hub *blackbox.Asker) (*blackbox.Answer, error) {
	return hub.Try(ctx, http.MethodGet, keysPath, "")
}

// Discovery asks for the issuer's metadata.
func Discovery(ctx context.Context, hub *blackbox.Asker) (*blackbox.Answer, error) {
	return hub.Try(ctx, http.MethodGet, discoveryPath, "")
}
