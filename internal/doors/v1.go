package doors

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/query"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

const v1Door = "api-v1"

// v1 is one list of the back-office API: rows as a bare array, how many there are in headers. Filters of different names
// must all be met, of one name any.
type v1 struct {
	path    string
	filters map[string]filter
	rows    func(r *http.Request, actor hub.Actor, list query.List) (rows []any, total int64, err error)
}

// filter makes a condition of a filter's value.
type filter func(value string) (query.Node, error)

// v1PageSize is the number of rows of a page when none is asked for, and at most.
const v1PageSize = 1000

// maxFilters bounds the values of all filters together.
const maxFilters = 100

// listing is the handler of a list.
func (d *Doors) listing(list v1) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rows, total, size, err := d.listed(r, list)
		if err != nil {
			d.refuseV1(w, r, err)
			return
		}
		body, err := json.Marshal(rows)
		if err != nil {
			d.refuseV1(w, r, err)
			return
		}
		w.Header().Set("X-Total-Count", strconv.FormatInt(total, 10))
		w.Header().Set("X-Total-Pages", strconv.FormatInt((total+int64(size)-1)/int64(size), 10))
		oauthhttp.WriteJSON(w, http.StatusOK, body)
	}
}

func (d *Doors) listed(r *http.Request, list v1) (rows []any, total int64, size int, err error) {
	actor, err := d.actor(r)
	if err != nil {
		return nil, 0, 0, err
	}
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, 0, 0, fault.New(fault.Invalid, "the query of the URL cannot be read; expected name=value pairs, percent-encoded")
	}
	asked, err := list.asked(parameters)
	if err != nil {
		return nil, 0, 0, err
	}
	rows, total, err = list.rows(r, actor, asked)
	return rows, total, asked.Limit, err
}

// actor is who calls: any bearer that is good for Hub.
func (d *Doors) actor(r *http.Request) (hub.Actor, error) {
	token, found, err := oauthhttp.Bearer(r)
	if err != nil {
		return hub.Actor{}, err
	}
	if !found {
		return hub.Actor{}, fault.New(fault.Unauthenticated,
			"a bearer token is needed: send Authorization: Bearer TOKEN, with a token of /oauth/create_token")
	}
	origin := oauthhttp.Origin(r, v1Door)
	origin.Service = hub.HubServiceID
	live, err := d.Server.VerifyFor(r.Context(), origin, token, hub.HubServiceID)
	if err != nil {
		return hub.Actor{}, err
	}
	actor, err := d.Provider.Actor(r.Context(), d.Environment, live, v1Door, origin.Address)
	if err != nil {
		return hub.Actor{}, err
	}
	d.Server.Observer.Used(r.Context(), origin, live.AccessToken)
	return actor, nil
}

// asked makes what the URL says into a list.
func (list v1) asked(parameters url.Values) (query.List, error) {
	page, err := whole(parameters, "page", 1, 1<<30)
	if err != nil {
		return query.List{}, err
	}
	size, err := whole(parameters, "per_page", v1PageSize, v1PageSize)
	if err != nil {
		return query.List{}, err
	}
	asked := query.List{Skip: (page - 1) * size, Limit: size, Exact: true}
	values := 0
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if name == "page" || name == "per_page" {
			continue
		}
		condition, known := list.filters[name]
		if !known {
			return query.List{}, list.unknown(name)
		}
		var any []query.Node
		for _, value := range parameters[name] {
			if values++; values > maxFilters {
				return query.List{}, fault.New(fault.Invalid, "there are more than %d filters: ask in several requests", maxFilters)
			}
			node, err := condition(value)
			if err != nil {
				return query.List{}, wrong(name, err.Error())
			}
			any = append(any, node)
		}
		asked.Where = query.All(asked.Where, query.Any(any...))
	}
	return asked, nil
}

func (list v1) unknown(name string) error {
	known := slices.Sorted(maps.Keys(list.filters))
	return wrong(name, "is no parameter of this list; expected page, per_page, "+strings.Join(known, ", "))
}

// whole reads a number from 1, which is most where it is larger.
func whole(parameters url.Values, name string, absent, most int) (int, error) {
	values, sent := parameters[name]
	if !sent {
		return absent, nil
	}
	number, err := strconv.ParseUint(values[0], 10, 32)
	if len(values) > 1 || err != nil || number < 1 {
		return 0, wrong(name, "must be one whole number from 1")
	}
	return int(min(number, uint64(most))), nil
}

func wrong(name, reason string) error {
	return &fault.Error{Kind: fault.Invalid, Message: name + " " + reason, Fields: []fault.Field{{Name: name, Reason: reason}}}
}

func (d *Doors) refuseV1(w http.ResponseWriter, r *http.Request, err error) {
	refusal := d.Server.Refuse(r.Context(), oauthhttp.Origin(r, v1Door), "", provider.ToOAuth(err))
	if oauthhttp.Status(refusal.Code) == http.StatusUnauthorized {
		shown := refusal
		if fault.Is(err, fault.Unauthenticated) {
			shown = nil // nothing was sent: the challenge says no more than that a bearer is wanted
		}
		w.Header().Set("WWW-Authenticate", oauthhttp.Challenge(d.Server.Issuer+oauth.ResourcePath, shown))
	}
	oauthhttp.WriteRefused(w, err, refusal)
}
