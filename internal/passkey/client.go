package passkey

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
)

const mostClientData = 4 << 10

var errClientData = errors.New("it is no client data")

// clientData is what a browser says of a ceremony (Web Authentication section 5.8.1). The authenticator signs its hash.
type clientData struct {
	Type        string `json:"type"`
	Challenge   string `json:"challenge"`
	Origin      string `json:"origin"`
	CrossOrigin bool   `json:"crossOrigin"`
	TopOrigin   string `json:"topOrigin"`
}

// The types of client data.
const (
	typeCreate = "webauthn.create"
	typeGet    = "webauthn.get"
)

func readClientData(text []byte) (clientData, error) {
	var c clientData
	if len(text) > mostClientData || json.Unmarshal(text, &c) != nil {
		return c, errClientData
	}
	return c, nil
}

// answers reports whether it is this challenge that was answered. The comparison takes as long whatever the answer.
func (c clientData) answers(challenge []byte) bool {
	want := base64.RawURLEncoding.EncodeToString(challenge)
	return len(challenge) >= leastChallenge && subtle.ConstantTimeCompare([]byte(want), []byte(c.Challenge)) == 1
}
