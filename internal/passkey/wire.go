package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// What browsers and servers send each other, in the JSON of Web Authentication section 5.1.8 to 5.1.10, which browsers read and
// write by themselves.

// Binary is bytes that stand in JSON as base64url without padding.
type Binary []byte

// MarshalText writes them.
func (b Binary) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads them. Errors: what is no base64url.
func (b *Binary) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawURLEncoding.Strict().AppendDecode(nil, text)
	return err
}

// Descriptor names a passkey to a browser.
type Descriptor struct {
	Type       string   `json:"type"`
	ID         Binary   `json:"id"`
	Transports []string `json:"transports,omitempty"`
}

// Describe names a passkey.
func Describe(id []byte, transports []string) Descriptor {
	return Descriptor{Type: credentialType, ID: id, Transports: transports}
}

// CreationOptions asks a browser to make a passkey.
type CreationOptions struct {
	Site       named             `json:"rp"`
	User       account           `json:"user"`
	Challenge  Binary            `json:"challenge"`
	Parameters []parameter       `json:"pubKeyCredParams"`
	Timeout    int64             `json:"timeout"` // milliseconds
	Exclude    []Descriptor      `json:"excludeCredentials"`
	Selection  map[string]string `json:"authenticatorSelection"`
	Statement  string            `json:"attestation"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type account struct {
	ID          Binary `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

type parameter struct {
	Type      string `json:"type"`
	Algorithm int    `json:"alg"`
}

const (
	credentialType = "public-key"
	required       = "required"
)

// NewCreationOptions asks for a passkey of a user at a site, by which the user is verified each time, and which names its user
// if it can. Authenticators that hold one of exclude make no other.
func NewCreationOptions(site, siteName string, challenge, userHandle []byte, login, name string,
	exclude []Descriptor, lasts time.Duration) CreationOptions {
	o := CreationOptions{
		Site: named{site, siteName}, User: account{userHandle, login, name}, Challenge: challenge,
		Timeout: lasts.Milliseconds(), Exclude: exclude,
		Selection: map[string]string{"residentKey": "preferred", "userVerification": required}, Statement: "none",
	}
	for _, algorithm := range Algorithms() {
		o.Parameters = append(o.Parameters, parameter{credentialType, algorithm})
	}
	return o
}

// RequestOptions asks a browser to use a passkey.
type RequestOptions struct {
	Challenge    Binary       `json:"challenge"`
	Timeout      int64        `json:"timeout"` // milliseconds
	Site         string       `json:"rpId"`
	Allow        []Descriptor `json:"allowCredentials"` // empty: any that names its user
	Verification string       `json:"userVerification"`
}

// NewRequestOptions asks for the use of a passkey of a site, by a user who is verified.
func NewRequestOptions(site string, challenge []byte, allow []Descriptor, lasts time.Duration) RequestOptions {
	return RequestOptions{Challenge: challenge, Timeout: lasts.Milliseconds(), Site: site, Allow: allow, Verification: required}
}

// answer is what a browser sends, of either ceremony.
type answer struct {
	ID       Binary `json:"rawId"`
	Type     string `json:"type"`
	Response struct {
		ClientData Binary   `json:"clientDataJSON"`
		Object     Binary   `json:"attestationObject"`
		Transports []string `json:"transports"`
		Data       Binary   `json:"authenticatorData"`
		Signature  Binary   `json:"signature"`
		UserHandle Binary   `json:"userHandle"`
	} `json:"response"`
}

const mostAnswer = 48 << 10 // bytes

var errAnswer = errors.New("it is no answer of a browser that was asked for a passkey")

func readAnswer(text []byte) (answer, error) {
	var a answer
	if len(text) > mostAnswer || json.Unmarshal(text, &a) != nil || a.Type != credentialType {
		return a, errAnswer
	}
	return a, nil
}

// transports are the names of ways to an authenticator (section 5.8.4); others are dropped.
func transports(said []string) []string {
	known := []string{}
	for _, one := range []string{"ble", "hybrid", "internal", "nfc", "smart-card", "usb"} {
		if slices.Contains(said, one) {
			known = append(known, one)
		}
	}
	return known
}

// ReadAttestation reads what a browser sent when a passkey was made, and the ways in which its authenticator can be reached.
func ReadAttestation(text []byte) (Attestation, []string, error) {
	a, err := readAnswer(text)
	return Attestation{ID: a.ID, ClientData: a.Response.ClientData, Object: a.Response.Object}, transports(a.Response.Transports), err
}

// ReadAssertion reads what a browser sent when a passkey was used.
func ReadAssertion(text []byte) (Assertion, error) {
	a, err := readAnswer(text)
	r := a.Response
	return Assertion{ID: a.ID, ClientData: r.ClientData, Data: r.Data, Signature: r.Signature, UserHandle: r.UserHandle}, err
}
