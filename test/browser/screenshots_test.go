package browser_test

import "testing"

// TestThePagesOfAPersonAreOpenToEverybody opens what people have of their own, as somebody with rights and much in the lists, and as
// somebody with neither.
func TestThePagesOfAPersonAreOpenToEverybody(t *testing.T) {
	h := console(t)
	ada := newTab(t)
	ada.look(false, 1440, 900)
	ada.enter(h, "ada")
	for name, path := range map[string]string{
		"console-home": "/", "console-home-nothing-found": "/?q=nothing", "profile": "/account", "email": "/account/email",
		"security": "/account/security", "security-new-token": "/account/security/tokens/new",
		"security-new-client": "/account/security/api-clients/new", "security-revoke": "/account/security/revoke",
		"security-delete-client": "/account/security/api-clients/5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11/delete",
		"activity":               "/account/activity",
		"api-access-production":  "/settings/api-access?env=production",
		"api-access-test":        "/settings/api-access?env=test",
		"api-access-rotate":      "/settings/api-access/98434376/rotate?env=production",
		"api-access-delete":      "/settings/api-access/98434376/delete?env=production",
		"console-password":       "/account/security/password",
		"console-not-found":      "/nowhere",
		"test-security":          "/test/account/security",
	} {
		ada.look(false, 1440, 900)
		ada.open(h.URL + path)
		ada.inEveryView(name)
	}
	ben := newTab(t)
	ben.look(false, 1440, 900)
	ben.enter(h, "ben")
	for name, path := range map[string]string{
		"ben-home": "/", "ben-security": "/account/security", "ben-new-password": "/account/security/app-passwords/new",
		"ben-recovery-codes": "/account/security/recovery-codes", "ben-factor-off": "/account/security/two-factor/off",
		"ben-api-access": "/settings/api-access", "ben-new-app": "/settings/api-access/new?env=test", "ben-profile": "/account",
	} {
		ben.look(false, 1440, 900)
		ben.open(h.URL + path)
		ben.inEveryView(name)
	}
}
