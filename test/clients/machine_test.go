package clients_test

import (
	"slices"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func TestAServiceGetsATokenOnItsOwnBehalf(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, robot, robotSecret, "")
	for name, style := range map[string]oauth2.AuthStyle{
		"found out": oauth2.AuthStyleAutoDetect, "Basic": oauth2.AuthStyleInHeader, "form": oauth2.AuthStyleInParams,
	} {
		config := clientcredentials.Config{
			ClientID: robot, ClientSecret: robotSecret, TokenURL: p.config.Endpoint.TokenURL,
			Scopes: []string{"wiki"}, AuthStyle: style,
		}
		token, err := config.Token(p.ctx)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// Access tokens are signed with a published key, so the library can check one like an ID token.
		checked, err := p.provider.VerifierContext(p.ctx, &oidc.Config{
			ClientID: wiki, SupportedSigningAlgs: []string{oidc.ES256},
		}).Verify(p.ctx, token.AccessToken)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if checked.Subject != robot || !slices.Contains(checked.Audience, wiki) || token.RefreshToken != "" {
			t.Errorf("%s: the token is %+v", name, checked)
		}
	}
	config := clientcredentials.Config{ClientID: robot, ClientSecret: "another", TokenURL: p.config.Endpoint.TokenURL}
	if _, err := config.Token(p.ctx); refusal(err) != "invalid_client" {
		t.Errorf("with another secret: %v", err)
	}
}

func TestAProgramSignsAPersonInWithAPassword(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "wiki")
	token, err := p.config.PasswordCredentialsToken(p.ctx, "ben@example.test", password)
	if err != nil {
		t.Fatal(err)
	}
	if !token.Valid() {
		t.Errorf("the token is %+v", token)
	}
	if _, err := p.config.PasswordCredentialsToken(p.ctx, "ben", "wrong"); refusal(err) != "invalid_grant" {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := p.config.PasswordCredentialsToken(p.ctx, "ada", password); refusal(err) != "invalid_grant" {
		t.Errorf("with the password of someone who has a second factor: %v", err)
	}
}

func TestADeviceWithoutABrowserIsAllowedOnAnother(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, phone, "", "", "openid", "offline_access")
	p.config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	device, err := p.config.DeviceAuth(p.ctx)
	if err != nil {
		t.Fatal(err)
	}
	ben := newPerson(t, h, "ben", "")
	ben.goTo(device.VerificationURIComplete)
	ben.saw("device", "auth/login", "device/confirm", "device/done")
	token, err := p.config.DeviceAccessToken(p.ctx, device)
	if err != nil {
		t.Fatal(err)
	}
	if id := p.verified(t, token); id.Subject == "" || token.RefreshToken == "" {
		t.Errorf("the device got %+v", token)
	}
}
