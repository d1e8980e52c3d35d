// Package api is the description of the hub's API in OpenAPI 3.1, as it is written (openapi.yaml) and as programs like it best
// (openapi.json, the same, written by `make generate`).
//
// openapi.yaml is kept by hand, next to the resource it describes (internal/rest): the tests of that room hold every route, and
// every answer they get, against it.
//
// Start reading at openapi.yaml.
package api

import _ "embed"

// JSON is the document, as the program serves it.
//
//go:embed openapi.json
var JSON []byte
