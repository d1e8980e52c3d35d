// Package api is the description of the hub's API in OpenAPI 3.1, as it is written (openapi.yaml) and as the program carries it
// (openapi.json.gz, the same in JSON, written by `make generate`: unpacked it would be one part in two hundred of the binary).
//
// openapi.yaml is kept by hand, next to the resource it describes (internal/rest): the tests of that room hold every route, and
// every answer they get, against it.
//
// Start reading at openapi.yaml.
package api

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
)

//go:embed openapi.json.gz
var packed []byte

// JSON gives the document. It is unpacked each time: it is asked for rarely, and would take memory for ever.
func JSON() ([]byte, error) {
	text, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(text)
}
