package rest

import (
	"encoding/json"
	"strings"

	"example.org/hub/internal/secret"
)

func (a *API) secondFactorRoutes() []Route {
	const path = "/users/{user}/twoFactorAuthentication"
	return []Route{
		{Method: "GET", Path: path, Need: Person, Handle: ofUser(a.secondFactor)},
		{Method: "POST", Path: path, Need: Person, Handle: ofUserWith(a.setSecondFactor)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: ofUser(a.deleteSecondFactor)},
		{Method: "POST", Path: path + "/recoveryCodes", Need: Person, Handle: ofUser(a.renewRecoveryCodes)},
	}
}

// secondFactorJSON is a second factor as known clients read it. Seed and codes stand in the answers that made them only.
type secondFactorJSON struct {
	Type           string   `json:"type"`
	Enabled        bool     `json:"enabled"`
	Required       bool     `json:"required"` // a group asks for one
	SecretKey      string   `json:"secretKey,omitempty"`
	QRCodeURI      string   `json:"qrCodeUri,omitempty"`
	ScratchCodes   []string `json:"scratchCodes,omitempty"` // recovery codes
	RecoveryCodes  int64    `json:"recoveryCodesLeft"`
	FailedAttempts int      `json:"failedAttemptsCounter"`
}

func (a *API) secondFactorView(c *call, userID string) (secondFactorJSON, error) {
	factor, err := a.Desk.FactorOf(c.Context(), c.actor, userID)
	return secondFactorJSON{Type: "twoFactorAuthentication", Enabled: factor.Enrolled, Required: factor.Required, RecoveryCodes: factor.RecoveryCodes,
		FailedAttempts: factor.Failed}, err
}

func (a *API) secondFactor(c *call, userID string) (any, error) {
	return a.secondFactorView(c, userID)
}

// setSecondFactor begins to set up the caller's second factor and answers with the seed; with {"confirm": "123456"}, a first code
// of the authenticator app, it ends the setting up and answers with the recovery codes.
func (a *API) setSecondFactor(c *call, userID string, in object) (any, error) {
	code := in.code("confirm")
	if err := in.wrong(); err != nil {
		return nil, err
	}
	var begun secondFactorJSON
	if code == "" {
		enrolment, err := a.Desk.BeginFactor(c.Context(), c.actor, userID, "Hub")
		if err != nil {
			return nil, err
		}
		begun.SecretKey, begun.QRCodeURI = enrolment.Seed.Reveal(), enrolment.URI().Reveal()
	} else {
		codes, err := a.Desk.ConfirmFactor(c.Context(), c.actor, userID, code)
		if err != nil {
			return nil, err
		}
		begun.ScratchCodes = revealed(codes)
	}
	view, err := a.secondFactorView(c, userID)
	view.SecretKey, view.QRCodeURI, view.ScratchCodes = begun.SecretKey, begun.QRCodeURI, begun.ScratchCodes
	return view, err
}

// codeDigits is how many digits a code has; a number has lost those of them that are zeros in front.
const codeDigits = 6

// code reads a code, which some clients send as a number; false, which some send to begin, is none.
func (o object) code(key string) string {
	switch value := o.values[key].(type) {
	case json.Number:
		text := value.String()
		return strings.Repeat("0", max(0, codeDigits-len(text))) + text
	case bool:
		if value {
			o.unfit(key, "must be a code of the authenticator app")
		}
		return ""
	}
	var code string
	o.text(key, &code)
	return code
}

func revealed(codes []secret.Value) []string {
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = code.Reveal()
	}
	return texts
}

// deleteSecondFactor takes a second factor away: the caller's own, or that of somebody who has lost the telephone.
func (a *API) deleteSecondFactor(c *call, userID string) (any, error) {
	return nothing{}, a.Desk.TakeFactor(c.Context(), c.actor, userID)
}

// renewRecoveryCodes replaces all recovery codes of the caller.
func (a *API) renewRecoveryCodes(c *call, userID string) (any, error) {
	codes, err := a.Desk.RenewRecoveryCodes(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	view, err := a.secondFactorView(c, userID)
	view.ScratchCodes = revealed(codes)
	return view, err
}
