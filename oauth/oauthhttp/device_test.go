package oauthhttp_test

import (
	"net/http"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestADeviceGetsItsCodesToTheLetter(t *testing.T) {
	w := newWire(t)
	id, _ := w.memory.NewService(oauthtest.Service{Key: "tv", Public: true, AuthMethod: oauth.AuthNone, Grants: []string{oauth.DeviceCode{}.Type()}})
	got := w.post(oauth.DevicePath, "client_id", id, "scope", "tv")
	got.private()
	object := got.object()
	code, _ := object["user_code"].(string)
	if got.status != http.StatusOK || len(object) != 6 || object["expires_in"] != float64(600) || object["interval"] != float64(5) ||
		object["verification_uri"] != w.url+"/device" || object["verification_uri_complete"] != w.url+"/device?user_code="+code {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.post(oauth.TokenPath, "grant_type", oauth.DeviceCode{}.Type(), "client_id", id, "device_code", object["device_code"].(string)).
		refused(http.StatusBadRequest, oauth.AuthorizationPending)
	w.post(oauth.DevicePath, "client_id", id, "scope", "nothing").refused(http.StatusBadRequest, oauth.InvalidScope)
	w.post(oauth.DevicePath, "client_id", "nobody").refused(http.StatusUnauthorized, oauth.InvalidClient)
}
