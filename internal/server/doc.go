// Package server is the edge of Hub: listeners, TLS, environments, the route table, and what happens to every request
// before a handler sees it.
//
// A request comes in through listen.go (ports), plain.go (who speaks HTTP to the TLS port is told so) and tls.go (versions,
// suites, and the certificate of localca.go, keypair.go or acme.go). Then edge.go, the one outermost handler: it finds the
// client's address (origin.go, forwarded.go), holds limits, picks the environment (environment.go) and the route (router.go;
// table.go gathers them), and turns a panic into a 500. answer.go sees to it that every refusal has an id. health.go and
// observe.go answer for the hub itself.
//
// After the edge r.RemoteAddr is the client's address, "IP:port", found by the one function that knows which proxies to
// believe (the port is 0 where a proxy named the address). Nothing behind the edge reads X-Forwarded-For, X-Forwarded-Proto
// or Forwarded. The path is as the client sent it, prefixes of environment and /hub included.
//
// Start reading at Options and edge.go. What does not live here: any handler of a door, a page or the REST API (they come
// as Routes from the program), and limits of single routes.
package server
