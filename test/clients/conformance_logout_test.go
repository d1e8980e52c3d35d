package clients_test

import (
	"net/http"
	"net/url"
	"strings"
)

// logoutModules are those of the plan RP-Initiated Logout.
var logoutModules = []module{
	{"oidcc-rp-initiated-logout-discovery-endpoint-verification", nil, func(x *attempt) {
		if address := x.h.Get(x, "/.well-known/openid-configuration").Text("end_session_endpoint"); !strings.HasPrefix(address, "https://") {
			x.Errorf("end_session_endpoint is %q", address)
		}
	}},
	{"oidcc-rp-initiated-logout", nil, func(x *attempt) {
		x.signsOut(partyBye+"?state=the%20state", "post_logout_redirect_uri", partyBye, "state", "the state")
	}},
	{"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", nil, func(x *attempt) {
		x.staysIn("post_logout_redirect_uri", "https://elsewhere.example.test/bye", "state", "s")
	}},
	{"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", nil, func(x *attempt) {
		x.staysIn("post_logout_redirect_uri", partyBye+"?foo=bar", "state", "s")
	}},
	{"oidcc-rp-initiated-logout-modified-id-token-hint", nil, func(x *attempt) {
		who := x.person()
		hint := x.flow(who).idText
		x.refusesToSignOut(who, "id_token_hint", hint[:len(hint)-8]+"AAAAAAAA", "post_logout_redirect_uri", partyBye, "state", "s")
	}},
	{"oidcc-rp-initiated-logout-bad-id-token-hint", nil, func(x *attempt) {
		who := x.person()
		x.flow(who)
		x.refusesToSignOut(who, "id_token_hint", "not an ID token", "post_logout_redirect_uri", partyBye, "state", "s")
	}},
	{"oidcc-rp-initiated-logout-no-id-token-hint", nil, func(x *attempt) {
		who := x.person()
		x.flow(who)
		x.refusesToSignOut(who, "post_logout_redirect_uri", partyBye, "state", "s") // nothing says whose address that is
	}},
	{"oidcc-rp-initiated-logout-no-params", nil, func(x *attempt) { x.endsAtTheHub() }},
	{"oidcc-rp-initiated-logout-no-post-logout-redirect-uri", nil, func(x *attempt) { x.signsOut("", "state", "s") }},
	{"oidcc-rp-initiated-logout-no-state", nil, func(x *attempt) { x.signsOut(partyBye, "post_logout_redirect_uri", partyBye) }},
	{"oidcc-rp-initiated-logout-only-state", nil, func(x *attempt) { x.endsAtTheHub("state", "s") }},
}

func (x *attempt) logout(pairs ...string) string {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return x.h.URL + "/api/rest/oauth2/logout?" + query.Encode()
}

// signsOut signs in and out again with the ID token as a hint, and checks where the browser ends; at the hub, if that is empty.
func (x *attempt) signsOut(end string, pairs ...string) {
	x.Helper()
	who := x.person()
	pairs = append(pairs, "id_token_hint", x.flow(who).idText)
	left := who.goTo(x.logout(pairs...)).URL.String()
	if end == "" {
		end = x.h.URL + "/auth/signed-out"
	}
	if left != end {
		x.Errorf("signed out, the browser is at %s, not at %s", left, end)
	}
	x.refused(who, "login_required", "prompt", "none")
}

// endsAtTheHub signs out without a hint: the person is asked, says yes, and stays at the hub.
func (x *attempt) endsAtTheHub(pairs ...string) {
	x.Helper()
	who := x.person()
	x.flow(who)
	if left := who.goTo(x.logout(pairs...)).URL.String(); left != x.h.URL+"/auth/signed-out" || len(who.seen) != 2 {
		x.Errorf("signed out, the browser is at %s, by %v", left, who.seen)
	}
	x.refused(who, "login_required", "prompt", "none")
}

// staysIn asks to sign out with a hint and something wrong.
func (x *attempt) staysIn(pairs ...string) {
	x.Helper()
	who := x.person()
	x.refusesToSignOut(who, append(pairs, "id_token_hint", x.flow(who).idText)...)
}

// refusesToSignOut checks that the person is told, sent nowhere, and still signed in.
func (x *attempt) refusesToSignOut(who *person, pairs ...string) {
	x.Helper()
	who.stuck = true
	left := who.goTo(x.logout(pairs...)).URL.String()
	if !strings.HasPrefix(left, x.h.URL+"/auth/oauth/error?") || who.shown.status != http.StatusBadRequest {
		x.Errorf("the browser is at %s, %d", left, who.shown.status)
	}
	x.flow(who, "prompt", "none")
}
