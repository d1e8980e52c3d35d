package oauthhttp

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"

	"example.org/hub/oauth"
)

// Handler serves the endpoints of one issuer.
type Handler struct {
	Server *oauth.Server

	// The browser's side. Without all four nobody signs in here: the endpoints for it are not there, and not named. Session gives
	// the session of a browser, for oauth.Interaction; SignedIn the id of the user who is signed in with it, empty for nobody.
	// Page shows what the authorization endpoint wants shown, a problem or a step; SignOut does what the end-session endpoint
	// wants done, or asks first. Both write the header Hub-Error-Id of a problem.
	Session  func(*http.Request) any
	SignedIn func(*http.Request) string
	Page     func(http.ResponseWriter, *http.Request, *oauth.AuthorizeAnswer)
	SignOut  func(http.ResponseWriter, *http.Request, *oauth.LogoutAnswer)

	keySet  atomic.Pointer[keyDocument]
	buffers sync.Pool // of *[]byte, for answers of introspection: their bytes would be a sixth of all the garbage of a request
}

// Mount hands each endpoint, with its pattern below the issuer's base path, to handle.
func (h *Handler) Mount(handle func(pattern string, handler http.HandlerFunc)) {
	handle("POST "+oauth.TokenPath, h.token)
	handle("POST "+oauth.IntrospectPath, h.introspect)
	handle("POST "+oauth.RevokePath, h.revoke)
	handle("GET "+oauth.KeysPath, h.keys)
	h.MountWellKnown("", handle)
	if !h.signsIn() {
		return
	}
	handle("GET "+oauth.AuthorizePath, h.authorize)
	handle("GET "+oauth.UserInfoPath, h.userInfo)
	handle("POST "+oauth.UserInfoPath, h.userInfo)
	handle("GET "+oauth.LoginSettingsPath, h.loginSettings)
	handle("GET "+oauth.LogoutPath, h.logout)
	handle("POST "+oauth.LogoutPath, h.logoutPost)
	if h.Server.Registrar != nil { // it says itself when it is switched off
		handle("POST "+oauth.RegisterPath, h.register)
		handle("GET "+oauth.RegisterPath+"/{client}", h.registered)
		handle("PUT "+oauth.RegisterPath+"/{client}", h.reregister)
		handle("DELETE "+oauth.RegisterPath+"/{client}", h.unregister)
	}
	if h.Server.Devices != nil {
		handle("POST "+oauth.DevicePath, h.device)
	}
	if h.Server.Requests != nil {
		handle("POST "+oauth.AuthorizePath, h.authorizePost)
		handle("POST "+oauth.PushPath, h.push)
	}
}

func (h *Handler) signsIn() bool {
	return h.Server.SignsIn() && h.Session != nil && h.SignedIn != nil && h.Page != nil && h.SignOut != nil
}

// Address gives the client's address. The edge of the program has put it into RemoteAddr, seen through trusted proxies;
// nothing else in a request is believed about it.
func Address(r *http.Request) netip.Addr {
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// Origin says where a request came from.
func Origin(r *http.Request, door string) oauth.Origin {
	return oauth.Origin{Door: door, Address: Address(r), Agent: r.UserAgent()}
}

// refuse writes a refusal, giving it an error id and telling the observer if that has not happened yet.
func (h *Handler) refuse(ctx context.Context, w http.ResponseWriter, origin oauth.Origin, clientID string, err error) {
	WriteRefused(w, err, h.Server.Refuse(ctx, origin, clientID, err))
}
