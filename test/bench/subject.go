package main

import (
	"fmt"
	"net/url"
)

// subject is one thing that hub is measured at, beside the floor's handler that does the least of it.
type subject struct {
	name     string
	floor    string  // the floor's handler
	limit    float64 // processor time per request at most so many times the floor's
	growth   float64 // processor time with many services at most so many times that with few; zero: no target
	requests func(target) [][]byte
}

// target is the hub to make requests for.
type target struct {
	host   string
	filled filled
	live   []string // access tokens of the user for the API
}

// callers is how many different services ask for tokens in turn: all of a small hub, and of a large one so many that they are
// more than a handful of hot ones.
const callers = 1000

var subjects = []subject{
	{"token, /api/rest/oauth2/token", "sign", 1.3, 1.1, func(t target) [][]byte {
		return list(min(t.filled.services, callers), func(n int) []byte {
			// Spread over the whole population, so that they are no neighbours in the database; each for itself.
			caller := service(n * (t.filled.services / min(t.filled.services, callers)))
			return postForm(t.host, "/api/rest/oauth2/token", basic(caller.id, caller.secret),
				url.Values{"grant_type": {"client_credentials"}, "scope": {caller.id}})
		})
	}},
	{"token, /oauth/create_token", "sign", 1.3, 1.1, func(t target) [][]byte {
		return list(developers, func(n int) []byte {
			return postForm(t.host, "/oauth/create_token", "", url.Values{"grant_type": {"client_credentials"},
				"client_id": {apiClient(n).id}, "client_secret": {apiClient(n).secret}})
		})
	}},
	{"token, /login", "sign", 1.3, 1.1, func(t target) [][]byte {
		return list(developers, func(n int) []byte {
			return postJSON(t.host, "/login", fmt.Sprintf(`{"app_id":%q,"app_key":%q}`, app(n).id, app(n).secret))
		})
	}},
	{"introspection of a live token", "verify", 0.6, 0, func(t target) [][]byte {
		return list(len(t.live), func(n int) []byte { return introspect(t.host, t.live[n]) })
	}},
	{"introspection of a permanent token", "lookup", 1.5, 0, func(t target) [][]byte {
		return list(len(t.filled.tokens), func(n int) []byte { return introspect(t.host, t.filled.tokens[n]) })
	}},
	{"forward-auth with a permanent token", "lookup", 1.5, 0, func(t target) [][]byte {
		return list(len(t.filled.tokens), func(n int) []byte {
			return get(t.host, "/api/forward-auth?service="+service(0).id, "Bearer "+t.filled.tokens[n])
		})
	}},
	{"key set", "static/keys", 1.2, 0, func(t target) [][]byte { return [][]byte{get(t.host, keysPath, "")} }},
	{"discovery", "static/discovery", 1.2, 0, func(t target) [][]byte { return [][]byte{get(t.host, discoveryPath, "")} }},
}

const (
	keysPath      = "/api/rest/oauth2/keys"
	discoveryPath = "/.well-known/openid-configuration"
)

// forLiveTokens is the subject whose answers are the tokens that introspection is asked about.
const forLiveTokens = 1

func introspect(host, token string) []byte {
	return postForm(host, "/api/rest/oauth2/introspect", basic(service(0).id, service(0).secret), url.Values{"token": {token}})
}

func list(n int, make func(int) []byte) [][]byte {
	var all [][]byte
	for i := range n {
		all = append(all, make(i))
	}
	return all
}

// The floor's only client and its opaque tokens' only one.
var (
	floorClient = credential{"bench", secretOf("floor", 0)}
	floorToken  = secretOf("floor token", 0)
)

// floorRequests gives the requests for each of the floor's handlers; signed are tokens that it made.
func floorRequests(host string, signed []string) map[string][][]byte {
	return map[string][][]byte{
		"sign": {floorSign(host)},
		"verify": list(len(signed), func(n int) []byte {
			return postForm(host, "/verify", "", url.Values{"token": {signed[n]}})
		}),
		"lookup":           {postForm(host, "/lookup", "", url.Values{"token": {floorToken}})},
		"me":               {get(host, "/me", "Bearer "+floorToken)},
		"static/keys":      {get(host, "/static/keys", "")},
		"static/discovery": {get(host, "/static/discovery", "")},
	}
}

func floorSign(host string) []byte {
	return postForm(host, "/sign", "", url.Values{"grant_type": {"client_credentials"}, "scope": {payments},
		"client_id": {floorClient.id}, "client_secret": {floorClient.secret}})
}
