// Package nginx holds hub.conf, which puts Hub before any API by nginx's auth_request, and its test against a real nginx.
//
// The test starts the nginx it finds, a stand-in for the hub's /api/forward-auth and a plain API behind it, and holds the answers
// to those of package resource: the same bodies, the same headers, whichever way an API is guarded.
package nginx
