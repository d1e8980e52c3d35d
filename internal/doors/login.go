package doors

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthhttp"
	"example.org/hub/resource"
)

const (
	loginDoor = "login"
	maxJSON   = 1 << 20
)

// login is the payments door: JSON in, JSON out, errors in the payments body.
func (d *Doors) login(w http.ResponseWriter, r *http.Request) {
	origin := oauthhttp.Origin(r, loginDoor)
	request, err := readLogin(r, origin)
	if err != nil {
		d.refuseLogin(w, r, origin, err)
		return
	}
	response, err := d.Server.Token(r.Context(), request)
	if err != nil {
		d.refuseLogin(w, r, origin, err)
		return
	}
	body := make([]byte, 0, len(response.AccessToken)+80)
	body = append(append(body, `{"token_type":"`...), response.TokenType...)
	body = strconv.AppendInt(append(body, `","expires_in":`...), int64(response.ExpiresIn/time.Second), 10)
	body = append(append(body, `,"access_token":"`...), response.AccessToken...)
	oauthhttp.WriteJSON(w, http.StatusOK, append(body, `"}`...))
}

// badParameter is a request whose parameters are wrong, with what is wrong with each.
type badParameters struct {
	*oauthhttp.StatusError
	parameters []resource.InvalidParameter
}

func (e *badParameters) Unwrap() error { return e.StatusError }

func bad(status int, description string, parameters ...resource.InvalidParameter) error {
	return &badParameters{&oauthhttp.StatusError{
		Status: status, Refusal: &oauth.Error{Code: oauth.InvalidRequest, Description: description},
	}, parameters}
}

func readLogin(r *http.Request, origin oauth.Origin) (*oauth.TokenRequest, error) {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		return nil, bad(http.StatusUnsupportedMediaType, "the content type must be application/json",
			resource.InvalidParameter{Parameter: "Content-Type", Reason: "must be application/json"})
	}
	if r.URL.RawQuery != "" && (r.URL.Query().Has("app_key") || r.URL.Query().Has("app_id")) {
		return nil, bad(http.StatusBadRequest, "credentials were sent in the URL, where logs keep them: send them in the body",
			resource.InvalidParameter{Parameter: "app_key", Reason: "must be in the body, not in the URL"})
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxJSON+1))
	switch {
	case len(body) > maxJSON:
		return nil, bad(http.StatusRequestEntityTooLarge, "the body has more than 1 MB")
	case err != nil:
		return nil, bad(http.StatusBadRequest, "the body could not be read to its end")
	}
	object, err := jose.ParseObject(body)
	if err != nil {
		return nil, bad(http.StatusBadRequest, "the body is not a JSON object with each name once: "+err.Error())
	}
	var wrong []resource.InvalidParameter
	text := func(name string, required bool) string {
		value, err := object.String(name)
		switch {
		case err != nil:
			wrong = append(wrong, resource.InvalidParameter{Parameter: name, Reason: "must be a string"})
		case value == "" && required:
			wrong = append(wrong, resource.InvalidParameter{Parameter: name, Reason: "is required"})
		}
		return value
	}
	id, key, scope := text("app_id", true), text("app_key", true), text("scope", false)
	if len(wrong) > 0 {
		return nil, bad(http.StatusBadRequest, "app_id and app_key are required", wrong...)
	}
	return &oauth.TokenRequest{
		Origin: origin, GrantType: oauth.ClientCredentials{}.Type(), Scope: scope, Auth: oauth.ClientAuth{ID: id, Secret: key},
	}, nil
}

// refuseLogin writes a refusal of the payments door.
func (d *Doors) refuseLogin(w http.ResponseWriter, r *http.Request, origin oauth.Origin, err error) {
	refusal := d.Server.Refuse(r.Context(), origin, "", err)
	oauthhttp.WriteErrorHeaders(w, refusal)
	if refusal.Code == oauth.InvalidClient {
		w.Header().Set("WWW-Authenticate", oauthhttp.Challenge(d.Server.Issuer+oauth.ResourcePath, nil))
	}
	resource.WriteError(w, r, payments(err, refusal))
}
