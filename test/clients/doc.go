// Package clients runs client libraries that others wrote, unmodified, against the real hub.
//
// hub_test.go declares who is there and starts the hub; person_test.go is a person with a browser that runs no scripts, and
// takes each flow through the hub's own pages. node/ holds scripts that use libraries of Node: node_test.go installs those as
// package-lock.json names them, starts the scripts, and sends the person wherever a script says.
//
// conformance_test.go performs the modules of the OpenID Foundation's certification plans with a relying party of our own
// (conformance_party_test.go); docs/conformance.md says how they stand.
//
// ringui_test.go opens a page that uses ring-ui in Chromium; esbuild bundles it, as the pages of real services are.
//
// Start reading at code_test.go, then node/openid-client.mjs.
package clients
