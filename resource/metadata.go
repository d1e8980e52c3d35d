package resource

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// wellKnown is where an API's document is, before the path of its URL (RFC 9728 section 3.1).
const wellKnown = "/.well-known/oauth-protected-resource"

// MetadataHandler serves the RFC 9728 document of this API, for those who mount it themselves; Middleware serves it too.
func (v *Verifier) MetadataHandler() http.Handler { return http.HandlerFunc(v.serveMetadata) }

// isMetadata reports whether a request asks for the document.
func (v *Verifier) isMetadata(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	return r.URL.Path == wellKnown || v.resource != nil && r.URL.Path == wellKnown+strings.TrimSuffix(v.resource.Path, "/")
}

func (v *Verifier) serveMetadata(w http.ResponseWriter, r *http.Request) {
	identifier := v.identifier(r)
	if identifier == nil {
		WriteError(w, r, NewError(http.StatusNotFound))
		return
	}
	text := identifier.String()
	if v.resource != nil {
		text = v.options.Resource // the caller compares it byte for byte (RFC 9728 section 3.3)
	}
	body, err := json.Marshal(struct {
		Resource             string   `json:"resource"`
		AuthorizationServers []string `json:"authorization_servers"`
		BearerMethods        []string `json:"bearer_methods_supported"`
	}{text, []string{v.options.Issuer}, []string{"header"}})
	if err != nil {
		WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*") // public, and agents in browsers read it
	_, _ = w.Write(body)
}

// identifier is the URL of this API: the configured one, or, on a developer's machine, the one that was called. What a
// stranger writes into a Host header is believed only where he is this machine himself.
func (v *Verifier) identifier(r *http.Request) *url.URL {
	if v.resource != nil {
		return v.resource
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return nil
	}
	port, err := netip.ParseAddrPort(local.String())
	if err != nil || !port.Addr().Unmap().IsLoopback() {
		return nil
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	called, err := url.Parse(scheme + "://" + r.Host)
	if err != nil || called.Host == "" || called.Host != r.Host || called.User != nil || !isLoopback(called.Hostname()) {
		return nil
	}
	return called
}

// metadataURL is where a caller without a good token learns who gives tokens: this API's document, else the hub's document
// about the service.
func (v *Verifier) metadataURL(r *http.Request) string {
	identifier := v.identifier(r)
	if identifier == nil {
		return v.issuer.serviceDocument()
	}
	return identifier.Scheme + "://" + identifier.Host + wellKnown + strings.TrimSuffix(identifier.EscapedPath(), "/")
}
