package oauth_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

const issuer = "https://hub.example.test"

var here = oauth.Origin{Door: "token", Address: netip.MustParseAddr("203.0.113.1")}

// desk is a server in memory with one service that has a secret.
type desk struct {
	*oauth.Server
	memory     *oauthtest.Memory
	id, secret string
}

func newDesk(t testing.TB, service oauthtest.Service) desk {
	t.Helper()
	memory := oauthtest.NewMemory(t, "production", issuer)
	d := desk{memory: memory, Server: memory.Server()}
	d.id, d.secret = memory.NewService(service)
	return d
}

func (d desk) auth() oauth.ClientAuth { return oauth.ClientAuth{ID: d.id, Secret: d.secret} }

func (d desk) request() *oauth.TokenRequest {
	return &oauth.TokenRequest{Origin: here, Auth: d.auth(), GrantType: "client_credentials"}
}

func (d desk) token(t testing.TB) string {
	t.Helper()
	response, err := d.Token(t.Context(), d.request())
	if err != nil {
		t.Fatal(err)
	}
	return response.AccessToken
}

func (d desk) active(t testing.TB, token string) bool {
	t.Helper()
	answer, err := d.Introspect(t.Context(), &oauth.IntrospectionRequest{Origin: here, Auth: d.auth(), Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Active
}

// rotating is a key port whose published set can be changed.
type rotating struct {
	oauth.Keys
	published *jose.KeySet
}

func (r *rotating) Published(context.Context) (*jose.KeySet, error) { return r.published, nil }

func TestARememberedTokenDiesWithItsKey(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	token := d.token(t)
	published, err := d.Keys.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys := &rotating{d.Keys, published}
	d.Keys = keys
	for range 2 {
		if !d.active(t, token) {
			t.Fatal("a token whose key is published is inactive")
		}
	}
	keys.published = &jose.KeySet{}
	if d.active(t, token) {
		t.Error("a token whose key is no longer published is still live, since it was remembered")
	}
	keys.published = published
	if !d.active(t, token) {
		t.Error("a token whose key is published again is inactive")
	}
}

func TestTheMemoryOfVerifiedTokensIsBounded(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	first := d.token(t)
	if !d.active(t, first) || d.Remembered() != 1 {
		t.Fatal("a live token is not remembered")
	}
	d.RememberMany(100_000)
	if remembered := d.Remembered(); remembered > 8192 {
		t.Errorf("%d tokens are remembered, want at most 8192", remembered)
	}
	if !d.active(t, first) {
		t.Error("a token that was forgotten is no longer live")
	}
}

func TestATokenNobodyCouldReadIsNotIssued(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "client", Trusted: true})
	var scope []string
	for i := range 100 {
		key := strings.Repeat(string(rune('a'+i%26)), 150+i)
		d.memory.NewService(oauthtest.Service{Key: key})
		scope = append(scope, key)
	}
	request := d.request()
	request.Scope = strings.Join(scope, " ")
	_, err := d.Token(t.Context(), request)
	if refusal, ok := err.(*oauth.Error); !ok || refusal.Code != oauth.InvalidScope {
		t.Errorf("got %v, want invalid_scope", err)
	}
}

func TestTheLifeOfTokensIsTheOperatorsChoice(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	now := time.Now()
	d.Now = func() time.Time { return now }
	d.Policy.AccessTokenLife = 5 * time.Minute
	token := d.token(t)
	now = now.Add(4 * time.Minute)
	if !d.active(t, token) {
		t.Error("the token ended too early")
	}
	now = now.Add(2 * time.Minute)
	if d.active(t, token) {
		t.Error("the token is live beyond its end")
	}
}

func TestARefusalHasItsPageAndFitsTheWire(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	d.ErrorPage = issuer + "/explain?error="
	shared := &oauth.Error{Code: oauth.InvalidRequest, Description: "the \"parameter\" \\ is b\u00e4d\n"}
	one := d.Refuse(t.Context(), here, "someone", shared)
	other := d.Refuse(t.Context(), here, "someone", shared)
	if one.ID == other.ID || shared.ID != "" {
		t.Error("two refusals share an error id")
	}
	if one.URI != d.ErrorPage+string(one.Code) {
		t.Errorf("error_uri is %s", one.URI)
	}
	if one.Description != "the 'parameter' ? is b?d?" {
		t.Errorf("the description is %q", one.Description)
	}
	if again := d.Refuse(t.Context(), here, "someone", one); again.ID != one.ID {
		t.Error("a refusal that has its error id got another")
	}
}

func TestARefusedAssertionIsRecordedUnderItsClient(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	request := d.request()
	request.Auth = oauth.ClientAuth{AssertionType: oauth.AssertionType, Assertion: "e30.eyJzdWIiOiJwYXltZW50cy1jbGllbnQifQ.AA"}
	_, err := d.Token(t.Context(), request)
	recorded, found := d.memory.Record.Refusal(err.(*oauth.Error).ID)
	if !found || recorded.ClientID != "payments-client" {
		t.Errorf("recorded %+v", recorded)
	}
}
