package rest

import (
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/limit"
	"example.org/hub/oauth/oauthhttp"
)

// leaksPerMinute is how many reports one source may send, and leakSources how many sources are counted at once.
const (
	leaksPerMinute = 30
	leakSources    = 1 << 12
)

func (a *API) leakRoutes() []Route {
	sources := limit.NewKeeper(limit.Rate{Count: leaksPerMinute, Per: time.Minute}, leakSources)
	return []Route{{Method: "POST", Path: "/leaks", Need: Anyone, Handle: func(c *call) (any, error) { return a.reportLeak(c, sources) }}}
}

// reportLeak takes {"secret": "...", "source": "..."} from anyone who found a secret where it does not belong. It is always
// accepted, and what becomes of it is not told.
func (a *API) reportLeak(c *call, sources *limit.Keeper) (any, error) {
	from := oauthhttp.Address(c.Request)
	if ok, wait := sources.Allow(limit.Key{From: from}, time.Now()); !ok {
		return nil, &fault.Error{Kind: fault.Limited, Message: "too many reports from your address; send this one again later", RetryAfter: wait}
	}
	in, err := c.object()
	if err != nil {
		return nil, err
	}
	var text, source string
	in.text("secret", &text)
	in.text("source", &source)
	if text == "" && !in.has("secret") {
		in.unfit("secret", "is missing")
	}
	if err := in.wrong(); err != nil {
		return nil, err
	}
	return accepted{}, a.Credentials.ReportLeak(c.Context(), from, text, source)
}
