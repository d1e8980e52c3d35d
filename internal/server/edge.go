package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"example.org/hub/internal/fault"
)

// The limits that hold for every request. Handlers set narrower ones for bodies.
const (
	maxURL    = 8 << 10
	maxHeader = 32 << 10
	maxBody   = 4 << 20 // above what any door takes, so that each refuses in its own words
)

// edge is the outermost handler. It is on the way of every request, so it wraps as little as it can: one small answer,
// no context, and headers whose values are shared.
type edge struct {
	server  *Server
	atlas   *atlas
	proxies proxies
	inClear bool // this listener does not speak TLS
	nosniff []string
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := &answer{ResponseWriter: w}
	defer e.recovered(a, r)
	a.Header()["X-Content-Type-Options"] = e.nosniff
	if e.server.stopping.Load() {
		a.Header().Set("Connection", "close")
	}
	place := e.atlas.find(r)
	rules := place
	if rules == nil {
		rules = e.atlas.first
	}
	from := e.locate(r)
	if from.https && rules.hsts != nil {
		a.Header()["Strict-Transport-Security"] = rules.hsts
	}
	switch {
	case len(r.RequestURI) > maxURL:
		refuse(a, http.StatusRequestURITooLong, "uri_too_long", fmt.Sprintf("The URL has more than %d bytes.", maxURL))
	case headerSize(r) > maxHeader:
		refuse(a, http.StatusRequestHeaderFieldsTooLarge, "header_too_large", fmt.Sprintf("The request header has more than %d bytes.", maxHeader))
	case r.ContentLength > maxBody:
		a.Header().Set("Connection", "close") // do not read what was announced
		refuse(a, http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The request body has more than %d bytes.", maxBody))
	case e.exposed(from, rules) && !excused(from, rules, r.URL.Path):
		refuse(a, http.StatusBadRequest, "https_required",
			"This hub takes requests over https only: "+rules.origin+rules.path+
				"/. Treat a secret that was just sent as known to others.")
	case place == nil:
		refuse(a, http.StatusNotFound, "not_found", "There is nothing at this address.")
	default:
		if r.ContentLength < 0 {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		place.router.serve(a, r)
	}
}

// locate finds the client and leaves its address in r.RemoteAddr, where every room behind the edge reads it.
func (e *edge) locate(r *http.Request) origin {
	if len(e.proxies.trusted) == 0 && !e.inClear {
		return origin{https: true} // the common case needs no look at addresses: the peer is the client
	}
	from := e.proxies.origin(r)
	if from.client != from.peer {
		r.RemoteAddr = netip.AddrPortFrom(from.client, 0).String()
	}
	return from
}

// exposed reports whether a credential in this request would have crossed a network in the clear. A loopback peer that
// is no proxy has crossed none.
func (e *edge) exposed(from origin, rules *place) bool {
	if from.trusted {
		return !from.https && rules.https
	}
	return e.inClear && !from.peer.IsLoopback()
}

// askPath is where proxies ask about the callers of APIs.
const askPath = "/api/forward-auth"

// excused reports whether a path is answered however the client came. Health takes no credential. Where a trusted proxy asks
// about the caller of an API, X-Forwarded-Proto says how the caller came to that API, which is for the API to judge.
func excused(from origin, p *place, path string) bool {
	below, ok := strings.CutPrefix(path, p.path)
	below = strings.TrimPrefix(below, aliasPrefix)
	return ok && (below == healthPath || below == readyPath || from.trusted && (below == askPath || strings.HasPrefix(below, askPath+"/")))
}

// recovered turns a programming error into a 500 that says nothing but an id, and logs it once. If part of an answer has
// been sent already, the connection is cut, so that nobody takes the part for the whole.
func (e *edge) recovered(a *answer, r *http.Request) {
	trouble := recover()
	switch {
	case trouble == nil:
		return
	case trouble == http.ErrAbortHandler: // a handler's own wish
		panic(trouble)
	}
	id := fault.NewID()
	e.server.log.Error("a request ended in a programming error", "error_id", id, "method", r.Method, "route", r.Pattern,
		"panic", fmt.Sprint(trouble), "stack", string(debug.Stack()))
	e.server.metrics.Panics.Inc()
	if a.wrote {
		panic(http.ErrAbortHandler)
	}
	header := a.Header()
	for name := range header {
		if name != "X-Content-Type-Options" && name != "Strict-Transport-Security" {
			delete(header, name)
		}
	}
	header.Set(errorID, id)
	refuse(a, http.StatusInternalServerError, "server_error", "Something went wrong here. The operators find it in their log by this id.")
}

// headerSize counts a header as it came over the wire, request line left out.
func headerSize(r *http.Request) int {
	size := len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	return size
}
