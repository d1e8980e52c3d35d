package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errStale answers an update that was made for another version of the thing (RFC 9110 section 13.1.1).
var errStale = &wireError{http.StatusPreconditionFailed, "precondition_failed",
	"somebody else has changed this since you read it: read it again, then send your change with the new ETag"}

// errUnversioned answers a change on condition of a version, of what has none: done all the same, it would be done without the
// condition.
var errUnversioned = &wireError{http.StatusPreconditionFailed, "precondition_failed",
	"what is at this address has no versions: leave If-Match out"}

// version is the entity tag of what was last changed at a time (RFC 9110 section 8.8.3).
func version(updated time.Time) string {
	return `"` + strconv.FormatInt(updated.UnixMilli(), 36) + `"`
}

// tag says in the answer which version it shows.
func (c *call) tag(updated time.Time) { c.header.Set("ETag", version(updated)) }

// unconditional reports whether a request is to be done whatever version is there.
func (c *call) unconditional() bool {
	text := c.Header.Get("If-Match")
	return text == "" || strings.TrimSpace(text) == "*"
}

// current reports whether the caller may change what was last changed at this time: If-Match is absent, or names this
// version. It is asked within the transaction of the change; if it says no, nothing is to be changed, and the answer will be
// 412.
func (c *call) current(updated time.Time) bool {
	if c.unconditional() {
		return true
	}
	tags := strings.Split(c.Header.Get("If-Match"), ",")
	c.stale = !slices.ContainsFunc(tags, func(tag string) bool { return strings.TrimSpace(tag) == version(updated) })
	return !c.stale
}
