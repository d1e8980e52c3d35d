package provider_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestEveryDoorAtWhichTokensAreGivenOrJudgedIsCountedByOutcome(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.server(d.node, hub.Production, issuer)
	id, text := d.newService(oauthtest.Service{Key: "api"})
	auth := oauth.ClientAuth{ID: id, Secret: text}
	request := &oauth.TokenRequest{Origin: oauth.Origin{Door: "login"}, GrantType: oauth.ClientCredentials{}.Type(), Scope: "api", Auth: auth}
	response, err := server.Token(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	request.Scope = "nothing"
	if _, err := server.Token(t.Context(), request); err == nil {
		t.Error("a token for nothing")
	}
	for token, active := range map[string]bool{response.AccessToken: true, "another": false} {
		asked := &oauth.IntrospectionRequest{Origin: oauth.Origin{Door: "introspect"}, Auth: auth, Token: token}
		if answer, err := server.Introspect(t.Context(), asked); err != nil || answer.Active != active {
			t.Errorf("%+v, %v", answer, err)
		}
	}
	forwarded := oauth.Origin{Door: "forward-auth"}
	server.Observer.Used(t.Context(), forwarded, &oauth.AccessToken{})
	_ = server.Refuse(t.Context(), forwarded, "", &oauth.Error{Code: oauth.InvalidToken})
	var page strings.Builder
	if err := d.node.Metrics.WriteText(&page); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`hub_token_requests_total{door="login",environment="production",outcome="ok"} 1`,
		`hub_token_requests_total{door="login",environment="production",outcome="invalid_scope"} 1`,
		`hub_introspections_total{environment="production",outcome="active"} 1`,
		`hub_introspections_total{environment="production",outcome="inactive"} 1`,
		`hub_forward_auth_total{environment="production",outcome="ok"} 1`,
		`hub_forward_auth_total{environment="production",outcome="invalid_token"} 1`,
	} {
		if !strings.Contains(page.String(), "\n"+line+"\n") {
			t.Errorf("no line %s in %s", line, page.String())
		}
	}
}
