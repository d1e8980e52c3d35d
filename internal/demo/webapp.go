package demo

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// WebApp is the example web application. It signs people in at the hub as any service would: by the code flow with PKCE, through
// a client library that others wrote, which knows nothing but the hub's base URL.
type WebApp struct {
	*beside
	issuer   string
	asks     *http.Client
	provider *oidc.Provider
	config   oauth2.Config
	end      string // where the hub signs people out
	page     *template.Template

	lock     sync.Mutex
	started  map[string]start   // sign-ins on their way, by state
	sessions map[string]session // by the cookie
}

// start is a sign-in on its way.
type start struct {
	nonce, verifier string
	at              time.Time
}

// session is somebody who is signed in.
type session struct {
	Name, Login, Email, Subject string
	Groups                      []string
	SignedIn                    time.Time
	Refreshed                   int // how often

	token *oauth2.Token
	id    string // the ID token, to sign out with
}

// most is how many sign-ins and sessions are kept of each; one person tries things out.
const most = 100

// ListenWebApp opens the example web application's port: 8464, or the next one that nobody has.
func ListenWebApp(secure bool) (*WebApp, error) {
	b, err := listen(8464, 8483, secure)
	return &WebApp{beside: b, started: map[string]start{}, sessions: map[string]session{}}, err
}

//go:embed webapp.html
var webAppPage string

// Serve answers until ctx ends. issuer is the hub's base URL, authority the certificates it is known by (nil: those of the
// system).
func (w *WebApp) Serve(ctx context.Context, issuer string, authority *x509.CertPool, sample *Sample, log *slog.Logger) error {
	w.issuer, w.asks = issuer, client(authority)
	defer w.asks.CloseIdleConnections()
	defer w.Close()
	var err error
	if w.page, err = template.New("page").Parse(webAppPage); err != nil {
		return err
	}
	if w.provider, err = oidc.NewProvider(w.context(ctx), issuer); err != nil {
		return err
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := w.provider.Claims(&more); err != nil {
		return err
	}
	w.end = more.EndSession
	w.config = oauth2.Config{
		ClientID: sample.WebAppID(), ClientSecret: sample.WebAppSecret.Reveal(),
		Endpoint: w.provider.Endpoint(), RedirectURL: w.URL() + "/back",
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", "groups", oidc.ScopeOfflineAccess},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.home)
	mux.HandleFunc("GET /sign-in", w.signIn)
	mux.HandleFunc("GET /back", w.back)
	mux.HandleFunc("POST /refresh", w.refresh)
	mux.HandleFunc("POST /sign-out", w.signOut)
	return w.serve(ctx, http.NewCrossOriginProtection().Handler(mux), log)
}

// context has the libraries ask with the client that trusts the hub.
func (w *WebApp) context(ctx context.Context) context.Context { return oidc.ClientContext(ctx, w.asks) }

// signIn sends the browser to the hub.
func (w *WebApp) signIn(out http.ResponseWriter, r *http.Request) {
	state, s := rand.Text(), start{rand.Text(), oauth2.GenerateVerifier(), time.Now()}
	w.lock.Lock()
	if len(w.started) >= most {
		clear(w.started)
	}
	w.started[state] = s
	w.lock.Unlock()
	w.remember(out, stateCookie, state)
	see(out, w.config.AuthCodeURL(state, oidc.Nonce(s.nonce), oauth2.S256ChallengeOption(s.verifier)))
}

// back is where the hub sends the browser: with a code, or with an error.
func (w *WebApp) back(out http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	w.lock.Lock()
	s, known := w.started[state]
	delete(w.started, state)
	w.lock.Unlock()
	if code := r.URL.Query().Get("error"); code != "" {
		w.show(out, http.StatusOK, view{Wrong: "The hub says: " + code})
		return
	}
	if !known || w.recall(r, stateCookie) != state { // somebody else's answer, or one that came twice
		w.show(out, http.StatusBadRequest, view{Wrong: "This answer is not for a sign-in that began in this browser."})
		return
	}
	signedIn, err := w.exchange(r.Context(), r.URL.Query().Get("code"), s)
	if err != nil {
		w.show(out, http.StatusBadGateway, view{Wrong: err.Error()})
		return
	}
	cookie := rand.Text()
	w.keep(cookie, signedIn)
	w.remember(out, sessionCookie, cookie)
	see(out, w.URL()+"/")
}

// exchange trades a code for tokens and looks who that is.
func (w *WebApp) exchange(ctx context.Context, code string, s start) (session, error) {
	ctx = w.context(ctx)
	token, err := w.config.Exchange(ctx, code, oauth2.VerifierOption(s.verifier))
	if err != nil {
		return session{}, err
	}
	text, _ := token.Extra("id_token").(string)
	id, err := w.provider.VerifierContext(ctx, &oidc.Config{ClientID: w.config.ClientID}).Verify(ctx, text)
	if err != nil {
		return session{}, err
	}
	if id.Nonce != s.nonce {
		return session{}, errors.New("the ID token answers another request")
	}
	signedIn := session{SignedIn: time.Now(), token: token, id: text}
	return signedIn, w.look(ctx, &signedIn)
}

// look asks the hub who is signed in.
func (w *WebApp) look(ctx context.Context, s *session) error {
	info, err := w.provider.UserInfo(ctx, oauth2.StaticTokenSource(s.token))
	if err != nil {
		return err
	}
	var claims struct {
		Name   string
		Login  string `json:"preferred_username"`
		Groups []string
	}
	err = info.Claims(&claims)
	s.Subject, s.Email, s.Name, s.Login, s.Groups = info.Subject, info.Email, claims.Name, claims.Login, claims.Groups
	return err
}

// refresh spends the refresh token, as the library does by itself when the access token has ended.
func (w *WebApp) refresh(out http.ResponseWriter, r *http.Request) {
	cookie := w.recall(r, sessionCookie)
	s, known := w.find(cookie)
	if !known {
		see(out, w.URL()+"/")
		return
	}
	ctx := w.context(r.Context())
	token, err := w.config.TokenSource(ctx, &oauth2.Token{RefreshToken: s.token.RefreshToken}).Token()
	if err == nil {
		s.token, s.Refreshed = token, s.Refreshed+1
		err = w.look(ctx, &s)
	}
	if err != nil { // the hub no longer knows it: taken back, banned, signed out everywhere
		w.drop(cookie)
		w.show(out, http.StatusOK, view{Wrong: err.Error()})
		return
	}
	w.keep(cookie, s)
	see(out, w.URL()+"/")
}

// signOut ends the session here, and then at the hub.
func (w *WebApp) signOut(out http.ResponseWriter, r *http.Request) {
	cookie := w.recall(r, sessionCookie)
	s, known := w.find(cookie)
	w.drop(cookie)
	if !known {
		see(out, w.URL()+"/")
		return
	}
	see(out, w.end+"?"+url.Values{"id_token_hint": {s.id}, "post_logout_redirect_uri": {w.URL() + "/"}}.Encode())
}
