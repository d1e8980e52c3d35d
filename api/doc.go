// Package api is the description of the hub's API in OpenAPI 3.1, as it is written (openapi.yaml) and as programs like it best
// (openapi.json, the same, written by `make generate`).
//
// openapi.yaml is kept by hand, next to the resource it describes (internal/rest): the tests of that room hold every route, and
// every answer they get, against it.
//
// Start reading at openapi.yaml.
package api

import _ "embed"

// YAML is the document as it is written.
//
//go:embed openapi.yaml
var YAML []byte

// JSON is the same document in JSON.
//
//go:embed openapi.json
var JSON []byte
