package rest

import (
	"net/http"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// call is one request on its way through a resource: what was asked, and who asks.
type call struct {
	*http.Request
	actor     hub.Actor   // zero on a route for anyone
	live      *oauth.Live // nil for an application password, and on a route for anyone
	wanted    fields      // what ?fields= asks for; nil: what is shown by default
	body      any         // of a POST or PUT: object, []any, or nil for none
	header    http.Header // of the answer
	directory *directory.Directory
	stale     bool // If-Match names another version than the one that is there; see current
}

// serve answers a request by its route: who calls, what is asked, the handler, and one writer for each outcome.
func (a *API) serve(w http.ResponseWriter, r *http.Request, route Route) {
	c := &call{Request: r, header: w.Header(), directory: a.Directory}
	answer, err := a.answer(c, route)
	if err == nil {
		err = c.write(w, answer)
	}
	if err != nil {
		a.refuse(w, r, c.clientID(), err)
	}
}

func (a *API) answer(c *call, route Route) (any, error) {
	if route.Need != Anyone {
		if err := a.identify(c, route.Need); err != nil {
			return nil, err
		}
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	if route.Method != http.MethodGet && !route.Versioned && !c.unconditional() {
		return nil, errUnversioned
	}
	if key := c.Header.Get(idempotencyKey); key != "" && route.Creates && route.Need != Anyone {
		return a.once(c, route, key)
	}
	return c.run(route)
}

// run lets the handler answer, and refuses where the caller knew another version than the one that was there.
func (c *call) run(route Route) (any, error) {
	answer, err := route.Handle(c)
	if err == nil && c.stale {
		return nil, errStale
	}
	return answer, err
}

// identify finds out who calls.
func (a *API) identify(c *call, need Need) error {
	alias, password, basic := c.BasicAuth()
	if basic {
		return a.identifyProgram(c, alias, password)
	}
	token, found, err := oauthhttp.Bearer(c.Request)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.Unauthenticated, "a bearer token is needed: send Authorization: Bearer TOKEN")
	}
	var also []func(*oauth.AccessToken) bool
	if need == OwnToken {
		also = append(also, (*oauth.AccessToken).OwnBehalf)
	}
	origin := oauthhttp.Origin(c.Request, door)
	origin.Service = hub.HubServiceID
	if c.live, err = a.Server.VerifyFor(c.Context(), origin, token, hub.HubServiceID, also...); err != nil {
		return err
	}
	if c.actor, err = a.Provider.Actor(c.Context(), a.Environment, c.live, door, origin.Address); err != nil {
		return err
	}
	a.Server.Observer.Used(c.Context(), origin, c.live.AccessToken)
	if need == Person && c.actor.User.ID == "" {
		return fault.New(fault.Forbidden, "this is for users: the token stands for a service on its own behalf")
	}
	return nil
}

// identifyProgram proves a user by an application password, for programs that know nothing of tokens. The password a person
// signs in with will not do: it would be kept by the program, and go round the second factor.
func (a *API) identifyProgram(c *call, alias, password string) error {
	address := oauthhttp.Address(c.Request)
	proven, err := a.Desk.ApplicationPassword(c.Context(), alias, password, address)
	if err != nil {
		return err
	}
	c.actor, err = a.Provider.ProgramActor(c.Context(), a.Environment, proven, oauthhttp.Origin(c.Request, door))
	return err
}

// place is what stands in a {place} of the path. What can be nobody's id finds nothing, so that no database is asked for it.
func (c *call) place(name string) string {
	value := c.PathValue(name)
	if reason := hub.CheckName(value); reason != "" {
		return "-"
	}
	return value
}

// with hands a handler the object that was sent.
func with(handle func(c *call, in object) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		in, err := c.object()
		if err != nil {
			return nil, err
		}
		return handle(c, in)
	}
}

// ofUser hands a handler the id of the user whose things the path names.
func ofUser(handle func(c *call, userID string) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		userID, err := c.user()
		if err != nil {
			return nil, err
		}
		return handle(c, userID)
	}
}

// ofUserWith is both.
func ofUserWith(handle func(c *call, userID string, in object) (any, error)) func(*call) (any, error) {
	return ofUser(func(c *call, userID string) (any, error) {
		return with(func(c *call, in object) (any, error) { return handle(c, userID, in) })(c)
	})
}

// user is the id of the {user} of the path, whose things are meant. Who is not to be seen by this name may be known by it as an
// id all the same: that the core decides.
func (c *call) user() (string, error) {
	alias, err := c.alias()
	if err != nil || alias == c.actor.User.ID {
		return alias, err
	}
	seen, err := c.directory.UserToChange(c.Context(), c.actor, alias)
	switch {
	case err == nil:
		return seen.ID, nil
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden):
		return alias, nil
	}
	return "", err
}

// alias is what the {user} of the path is called there; "me" is whoever asks.
func (c *call) alias() (string, error) {
	alias := c.place("user")
	if !strings.EqualFold(alias, "me") {
		return alias, nil
	}
	if c.actor.User.ID == "" {
		return "", fault.New(fault.NotFound, "this token stands for a service, not for a user; ask services/me")
	}
	return c.actor.User.ID, nil
}

// clientID is the client whose token was brought, for the owner who asks why it was refused.
func (c *call) clientID() string {
	if c.live == nil {
		return ""
	}
	return c.live.ClientID
}
