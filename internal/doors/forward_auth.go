package doors

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
	"example.org/hub/resource"
)

const forwardAuthDoor = "forward-auth"

// forwardAuth answers a proxy that asks, with the headers of the request it wants to pass on, whether it may. The service
// whose API it is stands in the query or behind the path.
func (d *Doors) forwardAuth(w http.ResponseWriter, r *http.Request) {
	origin := oauthhttp.Origin(r, forwardAuthDoor)
	live, api, permissions, err := d.admit(r, origin)
	if err != nil {
		d.refuseForward(w, r, origin, err)
		return
	}
	origin.Service = api.ID
	d.Server.Observer.Used(r.Context(), origin, live.AccessToken)
	header := w.Header()
	header.Set("X-Hub-User", headerText(live.Owner.Username))
	header.Set("X-Hub-User-Id", live.Owner.ID)
	header.Set("X-Hub-Client", headerText(live.ClientID))
	header.Set("X-Hub-Scope", headerText(live.Scope))
	header.Set("X-Hub-Permissions", headerText(strings.Join(of(permissions, api.Key), " ")))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
}

// admit is the checks of forward-auth, in order: which API, a live token, meant for that API, with the permission.
func (d *Doors) admit(r *http.Request, origin oauth.Origin) (*oauth.Live, *oauth.Resource, []string, error) {
	query, name := r.URL.Query(), protected(r)
	if name == "" {
		return nil, nil, nil, bad(http.StatusBadRequest,
			"forward-auth needs the service whose API it protects: ?service=ID, or its id behind the path",
			resource.InvalidParameter{Parameter: "service", Reason: "is required"})
	}
	api, err := d.Server.Resources.Resource(r.Context(), name)
	if errors.Is(err, oauth.ErrNotFound) {
		return nil, nil, nil, bad(http.StatusBadRequest, "forward-auth was asked about a service that this environment does not have",
			resource.InvalidParameter{Parameter: "service", Reason: "is not a service of this environment"})
	}
	if err != nil {
		return nil, nil, nil, err
	}
	token, found, err := oauthhttp.Bearer(r)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case !found:
		return nil, nil, nil, &noToken{&oauth.Error{Code: oauth.InvalidToken, Description: "no bearer token was sent",
			Explanation: oauth.Explanation{Reason: "the request has no Authorization: Bearer header"}}}
	}
	live, err := d.Server.VerifyFor(r.Context(), origin, token, api.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	permissions, err := d.Server.Subjects.Permissions(r.Context(), live.AccessToken, live.Audience)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, needed := range query["permission"] {
		if !slices.Contains(permissions, needed) {
			return nil, nil, nil, &oauth.Error{
				Code: oauth.InsufficientScope, Description: "the token does not hold the permission " + needed,
				Explanation: oauth.Explanation{
					Reason: "a permission is missing", Expected: needed, Received: strings.Join(of(permissions, api.Key), " "),
					Client: live.ClientID, Setting: oauth.SettingRolesOrScope,
				},
			}
		}
	}
	return live, api, permissions, nil
}

// protected is the service whose API the proxy guards: its name in the path or, without one there, in the query. The path
// is the proxy's own, while a query may be the caller's.
func protected(r *http.Request) string {
	if name := r.PathValue("service"); name != "" {
		return name
	}
	return r.URL.Query().Get("service")
}

// noToken is what is said when no credential came at all: a challenge without an error (RFC 6750 section 3.1).
type noToken struct{ refusal *oauth.Error }

func (e *noToken) Error() string { return e.refusal.Error() }
func (e *noToken) Unwrap() error { return e.refusal }

// refuseForward writes a refusal of forward-auth in the payments body; instance is the path at the proxy.
func (d *Doors) refuseForward(w http.ResponseWriter, r *http.Request, origin oauth.Origin, err error) {
	refusal := d.Server.Refuse(r.Context(), origin, "", err)
	oauthhttp.WriteErrorHeaders(w, refusal)
	answer := payments(err, refusal)
	if answer.Status == http.StatusTooManyRequests {
		// Proxies know 401 and 403 only and make a fault of anything else; Retry-After stays.
		answer = resource.NewError(http.StatusUnauthorized)
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		said := refusal
		var none *noToken
		if errors.As(err, &none) {
			said = nil
		}
		w.Header().Set("WWW-Authenticate", oauthhttp.Challenge(d.Server.Issuer+oauth.ResourcePath+"/services/"+url.PathEscape(protected(r)), said))
	}
	resource.WriteErrorAt(w, originalPath(r), answer)
}

// originalPath is the path as the proxy's client sent it: what the proxy says it was, without its query.
func originalPath(r *http.Request) string {
	for _, name := range []string{"X-Forwarded-Uri", "X-Original-Uri"} {
		if uri := r.Header.Get(name); strings.HasPrefix(uri, "/") {
			path, _, _ := strings.Cut(uri, "?")
			return path
		}
	}
	if rest := r.PathValue("rest"); rest != "" {
		return "/" + rest
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

// of keeps the permissions of one service: the backend behind the proxy learns nothing about others.
func of(permissions []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(permissions), func(permission string) bool { return !strings.HasPrefix(permission, key+":") })
}

// headerText makes a value fit for a header: one line of visible characters, whatever a name may hold.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, text)
}
