package rest

import (
	"encoding/json"
	"net/http"

	"example.org/hub/oauth/oauthhttp"
)

// writeAnswer writes a successful answer, cut down to ?fields= if that was sent. Success is always 200: known clients fail
// on any other code.
func writeAnswer(w http.ResponseWriter, r *http.Request, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	if text := r.URL.Query().Get("fields"); text != "" {
		wanted, err := parseFields(text)
		if err != nil {
			return err
		}
		var whole any
		if err := json.Unmarshal(body, &whole); err != nil {
			return err
		}
		if body, err = json.Marshal(wanted.cut(whole)); err != nil {
			return err
		}
	}
	oauthhttp.WriteJSON(w, http.StatusOK, body)
	return nil
}
