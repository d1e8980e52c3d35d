package rest

import (
	"encoding/json"
	"io"
	"net/http"

	"example.org/hub/oauth/oauthhttp"
)

// document is an answer that is no JSON of ours, or too long to be held in memory.
type document struct {
	contentType string
	header      map[string]string
	write       func(io.Writer) error
}

// nothing is the answer where there is nothing to tell: known clients want a JSON object.
type nothing struct{}

// accepted is the answer to what will be done later, and tells nothing of how it goes.
type accepted struct{}

// write writes a successful answer, cut down to what ?fields= asks for. Success is always 200: known clients fail on any
// other code.
func (c *call) write(w http.ResponseWriter, answer any) error {
	switch answer := answer.(type) {
	case *document:
		return c.writeDocument(w, answer)
	case accepted:
		oauthhttp.WriteJSON(w, http.StatusAccepted, []byte("{}"))
		return nil
	case json.RawMessage: // an answer that was given before, or is written already
		oauthhttp.WriteJSON(w, http.StatusOK, answer)
		return nil
	}
	body, err := c.encode(answer)
	if err != nil {
		return err
	}
	oauthhttp.WriteJSON(w, http.StatusOK, body)
	return nil
}

func (c *call) encode(answer any) ([]byte, error) {
	if page, is := answer.(*page); is {
		return page.encode(c.wanted)
	}
	body, err := json.Marshal(answer)
	if err != nil || c.wanted == nil {
		return body, err
	}
	return c.wanted.cut(body), nil
}

// writeDocument sends a document while it is made. What goes wrong then can only cut the connection: the client must not take
// a part for the whole.
func (c *call) writeDocument(w http.ResponseWriter, answer *document) error {
	w.Header().Set("Content-Type", answer.contentType)
	w.Header().Set("Cache-Control", "no-store")
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	if err := answer.write(w); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
