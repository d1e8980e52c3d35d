package provider

import (
	"errors"
	"net/url"
	"time"

	"example.org/hub/internal/limit"
	"example.org/hub/oauth"
)

// How often one host is asked for what clients keep there: what strangers send makes Hub ask, be it an assertion that nobody
// signed or a request_uri with a fragment that nobody has seen, and costs them nothing.
const (
	errandsCount, errandsPer = 120, time.Minute
	errandsCounted           = 1 << 10
)

// errands counts what is fetched from each host, apart for each kind of document, so that asking for one does not keep Hub from
// the other.
type errands struct{ keys, objects *limit.Keeper }

func newErrands() errands {
	most := limit.Rate{Count: errandsCount, Per: errandsPer}
	return errands{keys: limit.NewKeeper(most, errandsCounted), objects: limit.NewKeeper(most, errandsCounted)}
}

// run counts one errand to the host of an address, or says that there were too many.
func run(counted *limit.Keeper, address string) error {
	host := address
	if parsed, err := url.Parse(address); err == nil {
		host = parsed.Hostname()
	}
	if _, wait := counted.Allow(limit.Key{Name: host}, time.Now()); wait > 0 {
		return oauth.Unavailable(errors.New("too much was fetched from "+host+" of late"), wait)
	}
	return nil
}
