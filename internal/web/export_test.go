package web

import (
	"net/http"
	"net/url"
)

// FormTargets is formTargets, for tests.
func FormTargets(redirectURI string) string { return formTargets(redirectURI) }

// Back is where a sign-in with this value of back leads.
func Back(value string) string {
	return (&visitor{Request: &http.Request{}, query: url.Values{backName: {value}}}).back()
}
