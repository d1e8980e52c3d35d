package rest

import (
	"encoding/json"
	"strconv"

	"example.org/hub/internal/once"
)

// idempotencyKey is the header by which a client says that it may send the same creation again.
const idempotencyKey = "Idempotency-Key"

// once answers a creation that may come again: it is done once, and answered alike each time.
func (a *API) once(c *call, route Route, key string) (any, error) {
	if len(key) > 255 || !isPlain(key) {
		return nil, badRequest("%s must have 1 to 255 printable ASCII characters", idempotencyKey)
	}
	asked, err := json.Marshal(c.body) // keys in order, however they were sent
	if err != nil {
		return nil, err
	}
	// An answer may hold a secret, so it is given again only to the credential that it was given to, and only while that may
	// still do what makes secrets.
	request := once.Request{
		Caller: string(a.Environment) + "/" + c.actor.ID() + "/" + c.actor.Credential + "/" + strconv.FormatBool(c.actor.Fresh),
		Key:    c.Method + " " + c.URL.Path + " " + key,
		Asked:  append(asked, c.URL.RawQuery...),
	}
	answer, err := a.Once.Answer(c.Context(), request, func() ([]byte, error) {
		answer, err := c.run(route)
		if err != nil {
			return nil, err
		}
		return c.encode(answer)
	})
	return json.RawMessage(answer), err
}

func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
