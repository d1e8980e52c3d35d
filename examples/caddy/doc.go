// Package caddy holds a Caddyfile, which puts Hub before any API by Caddy's forward_auth, and its test against a real Caddy.
//
// The test starts the caddy it finds between a stand-in for the hub's /api/forward-auth and a plain API.
package caddy
