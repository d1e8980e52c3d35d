// Package api is the description of the hub's API in OpenAPI 3.1, as it is written (openapi.yaml) and as the program carries it
// (openapi.json.gz, the same in JSON, written by `make generate`: unpacked it would be one part in two hundred of the binary).
//
// openapi.yaml is kept by hand, next to the resource it describes (internal/rest): the tests of that room hold every route, and
// every answer they get, against it.
//
// Start reading at openapi.yaml.
package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
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

// described is the base URL in the document as it is written, to the end of its string.
const described = `https://localhost:8443"`

// Write writes the document with another base URL. It holds a few kilobytes of it at a time: anybody may ask, and be slow to read
// what comes.
func Write(to io.Writer, base string) error {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	text := bufio.NewReader(unpacked)
	begins := true // a string, or what stands between two
	for {
		piece, err := text.ReadSlice('"')
		if begins && string(piece) == described {
			piece = append([]byte(base), '"')
		}
		if _, err := to.Write(piece); err != nil {
			return err
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
		begins = err == nil
	}
}
