package web

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/once"
)

// onceName is the field by which a form that does something is told from another one like it, so that one form does one thing,
// however often it arrives.
const onceName = "once"

// FormID names a form, for the field "once".
func (f *frame) FormID() string { return hub.NewID() }

// sentOnce carries a form out: once, and answers alike whenever the same form arrives again with the same in it. So a button that is
// pressed twice leads to the ticket with the secret, and not to an error or a second thing; and so it is when the browser has given
// up the first request for the second one. A form that was refused may be sent again. One without the field is carried out as often
// as it comes.
func (p *Pages) sentOnce(v *visitor, do func() error) error {
	if v.parsed() != nil {
		return do() // which tells what is wrong with it
	}
	caller := p.sender(v, v.PostForm.Get(onceName))
	if caller == "" {
		return do()
	}
	request := once.Request{Caller: string(p.Environment) + "/" + caller, Key: v.URL.RequestURI() + " " + v.PostForm.Encode()}
	out, asked := v.out, v.Request
	defer func() { v.out, v.Request = out, asked }()
	lasting, end := outlasting(v.Context())
	defer end()
	v.Request = v.WithContext(lasting)
	var held *heldAnswer
	refused := &fault.Error{Kind: fault.Invalid} // the form is shown again, with what is wrong
	answered, err := p.Once.Answer(lasting, request, func() ([]byte, error) {
		held = &heldAnswer{Headers: http.Header{}}
		v.out = held
		if err := do(); err != nil {
			return nil, err
		}
		held.Body = held.body.Bytes()
		if held.Status >= http.StatusBadRequest {
			return nil, refused
		}
		return json.Marshal(held)
	})
	switch {
	case errors.Is(err, refused):
	case err != nil:
		return err
	default:
		held = &heldAnswer{}
		if err := json.Unmarshal(answered, held); err != nil {
			return err
		}
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

// sender is who sends a form that has a name: an answer may lead to a secret, so only the session that was given it is given it again,
// while it is fresh. Empty: the form is carried out as often as it comes.
func (p *Pages) sender(v *visitor, form string) string {
	if form == "" {
		return ""
	}
	if session, given := p.risen(v, form); given {
		return "rising/" + session
	}
	if !v.SignedIn() {
		return ""
	}
	return v.User.ID + "/" + v.Session.ID + "/" + strconv.FormatBool(p.actor(v).Fresh)
}

// risingID names a form by which a session rises and changes its cookie, or ends. Who sends it a second time has the old cookie, the
// new one or none, so the name says, sealed, to which session and which cookie it was given. Nobody has one who was not given the form.
func (p *Pages) risingID(v *visitor) string {
	return base64.RawURLEncoding.EncodeToString(p.Master.Seal(risingPurpose, append(p.marked(v), v.Session.ID...)))
}

const risingPurpose = "page/rising-form"

// marked is by what the cookie of a visitor is known again.
func (p *Pages) marked(v *visitor) []byte {
	return p.Master.Digest(risingPurpose + "/" + cookie(v.Request).Reveal())
}

// risen gives the session to which such a form was given; given is false if it was not given to this visitor.
func (p *Pages) risen(v *visitor, form string) (session string, given bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(form)
	if err != nil {
		return "", false
	}
	plain, err := p.Master.Open(risingPurpose, sealed)
	if err != nil {
		return "", false
	}
	mark := p.marked(v)
	session = string(plain[len(mark):])
	return session, hmac.Equal(plain[:len(mark)], mark) || v.Session.ID == session
}

// outlasting is a context that goes on when the browser has gone, as long as its request may take.
func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	if ends, has := ctx.Deadline(); has {
		return context.WithDeadline(context.WithoutCancel(ctx), ends)
	}
	return context.WithoutCancel(ctx), func() {}
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
