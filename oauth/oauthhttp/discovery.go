package oauthhttp

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// The well-known paths, below the issuer's base path. For an issuer with a path the program mounts them at the root too,
// in the form of RFC 8414 section 3.1.
const (
	OpenIDPath = "/.well-known/openid-configuration"
	OAuthPath  = "/.well-known/oauth-authorization-server"
)

// MountWellKnown hands each discovery document to handle under its well-known path and this suffix: none at the issuer's
// own base path; the issuer's path at the root of its host, which is the form of RFC 8414 section 3.1 and RFC 9728
// section 3.1.
func (h *Handler) MountWellKnown(suffix string, handle func(pattern string, handler http.HandlerFunc)) {
	handle("GET "+OpenIDPath+suffix, h.metadata())
	handle("GET "+OAuthPath+suffix, h.metadata())
	handle("GET "+oauth.ResourcePath+suffix, h.hubResource())
	handle("GET "+oauth.ResourcePath+suffix+"/services/{service}", h.serviceResource)
}

// metadata serves the document of RFC 8414 and OpenID Connect Discovery 1.0; it never changes while the program runs.
func (h *Handler) metadata() http.HandlerFunc {
	if h.signsIn() {
		return fixed(h.Server.Metadata())
	}
	return fixed(h.Server.MachineMetadata())
}

// hubResource serves the document of RFC 9728 for Hub's own REST API.
func (h *Handler) hubResource() http.HandlerFunc {
	return fixed(h.Server.HubResource())
}

func fixed(document any) http.HandlerFunc {
	body, err := json.Marshal(document)
	if err != nil {
		panic(err) // a struct of strings; seen at start if ever
	}
	return func(w http.ResponseWriter, _ *http.Request) { writePublic(w, body) }
}

// serviceResource serves the document of RFC 9728 for the API of a service, found by its id or key.
func (h *Handler) serviceResource(w http.ResponseWriter, r *http.Request) {
	resource, err := h.Server.Resources.Resource(r.Context(), r.PathValue("service"))
	if err == nil && resource.Disabled {
		err = oauth.ErrNotFound
	}
	if errors.Is(err, oauth.ErrNotFound) {
		err = &StatusError{Status: http.StatusNotFound, Refusal: invalid("no service of this environment has that id, key or name")}
	}
	if err != nil {
		h.refuse(r.Context(), w, Origin(r, "discovery"), "", err)
		return
	}
	body, err := json.Marshal(h.Server.ServiceResource(r.PathValue("service"), resource))
	if err != nil {
		h.refuse(r.Context(), w, Origin(r, "discovery"), "", err)
		return
	}
	writePublic(w, body)
}

// keyDocument is a key set and the document it makes, so that it is written once and not for every request.
type keyDocument struct {
	set  *jose.KeySet
	body []byte
}

// keys serves the key set (RFC 7517 section 5).
func (h *Handler) keys(w http.ResponseWriter, r *http.Request) {
	set, err := h.Server.Keys.Published(r.Context())
	if err != nil {
		h.refuse(r.Context(), w, Origin(r, "keys"), "", err)
		return
	}
	document := h.keySet.Load()
	if document == nil || document.set != set {
		body, err := json.Marshal(set)
		if err != nil {
			h.refuse(r.Context(), w, Origin(r, "keys"), "", err)
			return
		}
		document = &keyDocument{set: set, body: body}
		h.keySet.Store(document)
	}
	writePublic(w, document.body)
}
