// Package demo is what `hub dev` shows: sample people and services, an example API and an example web application
// beside the hub, and commands to paste.
//
// sample.go makes the secrets of the sample, once per database, and hub.yaml.tmpl declares whom they belong to, in the form
// that `hub apply` reads. beside.go runs what stands beside the hub: the example API (api.go) and the example web application,
// which signs people in through a client library of others (webapp.go; webapp_session.go has its cookies and its page).
// shown.go prints what shown.txt says, with live credentials in it.
//
// What does not live here: the endpoint of the example API (examples/paymentapi), applying a declaration (declare),
// starting a hub (cmd/hub).
//
// Start reading at shown.txt, then sample.go.
package demo
