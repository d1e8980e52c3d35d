package rest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/hub"
)

func TestASecondFactorIsSetUpWithATokenAndTakenAway(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	_, err := d.directory.UpdateUser(t.Context(), hub.System("test"), ada, func(u *hub.User) { u.Email = "ada@example.test" })
	d.must(err)
	const path = "/users/me/twoFactorAuthentication"
	if off := d.want(http.StatusOK, bearer, "GET", path, nil); off.at("enabled") != false {
		t.Errorf("%s", off.text)
	}
	d.want(http.StatusConflict, bearer, "POST", path, values{"confirm": "123456"}) // nothing was begun
	d.want(http.StatusConflict, bearer, "DELETE", path, nil)
	begun := d.want(http.StatusOK, bearer, "POST", path, values{"confirm": false})
	seed, _ := begun.at("secretKey").(string)
	uri, _ := begun.at("qrCodeUri").(string)
	if parsed, err := url.Parse(uri); err != nil || parsed.Scheme != "otpauth" ||
		parsed.Query().Get("secret") != seed || begun.at("enabled") != false {
		t.Fatalf("%s", begun.text)
	}
	again := d.want(http.StatusOK, bearer, "POST", path, nil)
	if again.at("secretKey") == seed { // which somebody else may have seen meanwhile
		t.Errorf("%s", again.text)
	}
	seed, _ = again.at("secretKey").(string)
	wrong := d.want(http.StatusBadRequest, bearer, "POST", path, values{"confirm": "000000"})
	if wrong.at("error_field") != "code" || strings.Contains(wrong.text, seed) {
		t.Errorf("%s", wrong.text)
	}
	if counted := d.want(http.StatusOK, bearer, "GET", path, nil); counted.at("failedAttemptsCounter") != float64(1) ||
		strings.Contains(counted.text, seed) {
		t.Errorf("%s", counted.text)
	}
	code, err := totp.GenerateCode(seed, time.Now())
	d.must(err)
	done := d.want(http.StatusOK, bearer, "POST", path, values{"confirm": code})
	if codes, _ := done.at("scratchCodes").([]any); len(codes) != 10 || done.at("enabled") != true || done.at("recoveryCodesLeft") != float64(10) {
		t.Fatalf("%s", done.text)
	}
	d.want(http.StatusConflict, bearer, "POST", path, nil)
	renewed := d.want(http.StatusOK, bearer, "POST", path+"/recoveryCodes", nil)
	if codes, _ := renewed.at("scratchCodes").([]any); len(codes) != 10 || renewed.text == done.text {
		t.Errorf("%s", renewed.text)
	}
	_, carl := d.person("carl", "hub:user-update")
	_, eve := d.person("eve", "hub:self-update")
	of := "/users/" + ada + "/twoFactorAuthentication"
	d.want(http.StatusForbidden, eve, "GET", of, nil)
	d.want(http.StatusForbidden, eve, "DELETE", of, nil)
	d.want(http.StatusOK, carl, "GET", of, nil)
	d.want(http.StatusForbidden, carl, "DELETE", of, nil) // carl does not hold what ada holds
	d.want(http.StatusForbidden, d.root, "POST", of, nil)
	d.want(http.StatusForbidden, d.root, "POST", of, values{"confirm": "123456"})
	d.want(http.StatusForbidden, d.root, "POST", of+"/recoveryCodes", nil)
	d.want(http.StatusForbidden, d.token(ada, "Hub"), "DELETE", path, nil)
	d.want(http.StatusOK, d.root, "DELETE", of, nil)
	if off := d.want(http.StatusOK, bearer, "GET", path, nil); off.at("enabled") != false || off.at("recoveryCodesLeft") != float64(0) {
		t.Errorf("%s", off.text)
	}
	if len(d.letters) != 3 { // set up, renewed, taken away
		t.Errorf("%+v", d.letters)
	}
	bot, err := d.directory.CreateUser(t.Context(), hub.System("test"), hub.User{Login: "robot", Kind: hub.Bot})
	d.must(err)
	d.want(http.StatusForbidden, d.token(bot.ID, "Hub administer"), "POST", path, nil)
}
