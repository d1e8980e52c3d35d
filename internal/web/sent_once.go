package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/once"
)

// onceName is the field by which a form that makes something is told from another one like it, so that one form makes one thing,
// however often it arrives.
const onceName = "once"

// FormID names a form, for the field "once".
func (f *frame) FormID() string { return hub.NewID() }

// sentOnce carries a form out: once, and answers alike whenever the same form arrives again with the same in it. So a button that is
// pressed twice leads to the ticket with the secret, and not to an error or a second thing. do ends with an answer, or an error
// after which the form may be sent again. A form without the field is carried out as often as it comes.
func (p *Pages) sentOnce(v *visitor, do func() error) error {
	id := v.sent.text(onceName)
	if id == "" {
		return do()
	}
	request := once.Request{ // an answer may lead to a secret: only the session that was given it is given it again, while it is fresh
		Caller: string(p.Environment) + "/" + v.User.ID + "/" + v.Session.ID + "/" + strconv.FormatBool(p.actor(v).Fresh),
		Key:    v.URL.RequestURI() + " " + v.sent.values.Encode(),
	}
	out := v.out
	answered, err := p.Once.Answer(v.Context(), request, func() ([]byte, error) {
		held := &heldAnswer{Headers: http.Header{}}
		v.out = held
		defer func() { v.out = out }()
		if err := do(); err != nil {
			return nil, err
		}
		held.Body = held.body.Bytes()
		return json.Marshal(held)
	})
	if err != nil {
		return err
	}
	var held heldAnswer
	if err := json.Unmarshal(answered, &held); err != nil {
		return err
	}
	for name, values := range held.Headers {
		for _, value := range values {
			out.Header().Add(name, value)
		}
	}
	out.WriteHeader(held.Status)
	_, _ = out.Write(held.Body) // the browser is gone: there is nobody to tell
	return nil
}

// heldAnswer is an answer that is kept before it is sent.
type heldAnswer struct {
	Status  int         `json:"s"`
	Headers http.Header `json:"h"`
	Body    []byte      `json:"b"`

	body bytes.Buffer
}

// Header gives the headers, to be set before anything is written.
func (h *heldAnswer) Header() http.Header { return h.Headers }

// WriteHeader keeps the status; the first one counts.
func (h *heldAnswer) WriteHeader(status int) {
	if h.Status == 0 {
		h.Status = status
	}
}

// Write keeps what is written.
func (h *heldAnswer) Write(part []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(part)
}
