package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The bounds of a body, which comes from strangers.
const (
	maxBody  = 1 << 20
	maxDepth = 32
	maxItems = 1000 // of one list
)

// read takes in the body of a POST or PUT: JSON or nothing. Other methods have no body that anybody looks at.
func (c *call) read() error {
	if text := c.URL.RawQuery; text != "" {
		if err := c.readQuery(); err != nil {
			return err
		}
	}
	if c.Method != http.MethodPost && c.Method != http.MethodPut {
		return nil
	}
	text, err := c.readText()
	if err != nil || len(text) == 0 {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &wireError{http.StatusUnsupportedMediaType, "bad_request", "the body must be JSON, sent with Content-Type: application/json"}
	}
	c.body, err = parseJSON(text)
	return err
}

// readQuery refuses a query that every reader would read differently, or of which a part would be passed over, and reads ?fields=.
func (c *call) readQuery() error {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return badRequest("what stands behind the ? of the address cannot be read: expected name=value pairs with & between them, percent-encoded")
	}
	for name, all := range values {
		for _, value := range all {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return badRequest("the parameter %q must be UTF-8 text without NUL", name)
			}
		}
	}
	text := values.Get("fields")
	if text == "" {
		return nil
	}
	c.wanted, err = parseFields(text)
	return err
}

func (c *call) readText() ([]byte, error) {
	tooLarge := &wireError{http.StatusRequestEntityTooLarge, "bad_request", fmt.Sprintf("the body has more than %d bytes", maxBody)}
	if c.ContentLength > maxBody {
		return nil, tooLarge
	}
	text, err := io.ReadAll(io.LimitReader(c.Body, maxBody+1))
	var cut *http.MaxBytesError // the edge of the program has a limit of its own
	if len(text) > maxBody || errors.As(err, &cut) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, badRequest("the body could not be read to its end")
	}
	return text, nil
}

// parseJSON reads one JSON value strictly: what two readers could understand differently (a key that is there twice, more
// after the end, text that is no UTF-8) is refused.
func parseJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, badRequest("the body must be UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := jsonValue(decoder, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, badRequest("the body must be one JSON value, and there is more behind it")
	}
	return value, nil
}

func jsonValue(decoder *json.Decoder, depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, badRequest("the body is no JSON: it cannot be read at byte %d", decoder.InputOffset())
	}
	if depth > maxDepth {
		return nil, badRequest("the body is nested more than %d levels deep", maxDepth)
	}
	switch token {
	case json.Delim('{'):
		return jsonObject(decoder, depth)
	case json.Delim('['):
		return jsonList(decoder, depth)
	}
	if text, is := token.(string); is && strings.ContainsRune(text, 0) {
		return nil, badRequest("the body must not hold the character NUL")
	}
	return token, nil
}

func jsonObject(decoder *json.Decoder, depth int) (any, error) {
	values := map[string]any{}
	for decoder.More() {
		token, err := decoder.Token()
		key, is := token.(string)
		if err != nil || !is {
			return nil, badRequest("the body is no JSON: expected a key at byte %d", decoder.InputOffset())
		}
		if _, known := values[key]; known {
			return nil, badRequest("the key %q is there twice", printable(key))
		}
		if values[key], err = jsonValue(decoder, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token()
	if err != nil {
		err = badRequest("the body is no JSON: an object is not closed")
	}
	return values, err
}

func jsonList(decoder *json.Decoder, depth int) (any, error) {
	list := []any{}
	for decoder.More() {
		if len(list) == maxItems {
			return nil, badRequest("a list in the body has more than %d entries", maxItems)
		}
		value, err := jsonValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	if err != nil {
		err = badRequest("the body is no JSON: a list is not closed")
	}
	return list, err
}

// printable is a stranger's text as it may stand in a message.
func printable(text string) string {
	if len(text) > 64 {
		text = text[:64] + "..."
	}
	return strings.ToValidUTF8(text, "?")
}
