package rest_test

import (
	"net/http"
	"testing"
)

func TestALeaverLosesEveryWayInAndTheReceiptSaysWhich(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update", "hub:user-read")
	d.holding(ada)
	password := d.want(http.StatusOK, bearer, "POST", "/users/me/applicationPasswords", values{"name": "Mail"}).at("password").(string)
	d.want(http.StatusOK, bearer, "POST", "/users/me/apiclients", values{"label": "Nightly"})
	d.want(http.StatusOK, bearer, "POST", "/users/me/apps", values{"label": "Checkout"})
	_, carl := d.person("carl", "hub:user-update")
	d.want(http.StatusForbidden, carl, "POST", "/users/"+ada+"/leave", nil) // carl does not hold what ada holds
	d.want(http.StatusConflict, bearer, "POST", "/users/"+ada+"/leave", nil)
	receipt := d.want(http.StatusOK, d.root, "POST", "/users/"+ada+"/leave", values{"reason": "moved on"})
	for kind, want := range map[string]float64{"session": 1, "refresh-token": 1, "approved-scope": 1, "permanent-token": 1, "application-password": 1,
		"api-client": 1, "app": 1, "role": 1} {
		if got := receipt.at("counts", kind); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
	if receipt.at("banned") != true || receipt.at("user", "login") != "ada" || len(receipt.at("ended").([]any)) != 8 {
		t.Errorf("%s", receipt.text)
	}
	d.want(http.StatusUnauthorized, bearer, "GET", "/users/me", nil)
	d.want(http.StatusUnauthorized, "", "GET", "/users/me", nil, basic("ada", password))
	again := d.want(http.StatusOK, d.root, "POST", "/users/"+ada+"/leave", nil)
	if again.at("banned") != false || len(again.at("ended").([]any)) != 0 {
		t.Errorf("%s", again.text)
	}
	d.want(http.StatusBadRequest, d.root, "POST", "/users/"+ada+"/leave", values{"keepRights": "yes"})
	d.want(http.StatusConflict, d.root, "POST", "/users/me/leave", nil)
	d.want(http.StatusNotFound, d.root, "POST", "/users/nobody/leave", nil)
}
