// Command paymentapi is an example of an API guarded by Hub: one endpoint, POST /v1/payment-link, behind package resource.
//
// main.go reads the settings and runs a server; the endpoint itself is package paymentlink, so that other programs can
// start it too. Run it beside a hub:
//
//	go run ./examples/paymentapi --issuer https://localhost:8443 --audience payments --ca hub-data/tls/ca.pem
//
// It checks tokens offline; with --online and the service's own credentials it asks the hub about each, so that
// revocation and permissions bite within a second.
package main
