package oauthhttp_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthhttp"
)

// public checks that anybody may read and keep an answer, pages of other origins too.
func (a answer) public() {
	a.Helper()
	if a.status != http.StatusOK {
		a.Fatalf("%d %s", a.status, a.body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*",
	} {
		if got := a.header.Get(name); got != want {
			a.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func texts(value any) []string {
	var texts []string
	list, _ := value.([]any)
	for _, item := range list {
		text, _ := item.(string)
		texts = append(texts, text)
	}
	return texts
}

func TestDiscoveryIsTheSameDocumentAtEveryAddress(t *testing.T) {
	w := newWire(t)
	first := w.do(w.request(http.MethodGet, oauthhttp.OpenIDPath, ""))
	for _, path := range []string{
		oauthhttp.OpenIDPath, oauthhttp.OAuthPath, oauthhttp.OpenIDPath + "/under/path", oauthhttp.OAuthPath + "/under/path",
	} {
		got := w.do(w.request(http.MethodGet, path, ""))
		got.public()
		if string(got.body) != string(first.body) {
			t.Errorf("%s differs", path)
		}
	}
	if issuer := first.object()["issuer"]; issuer != w.url {
		t.Errorf("the issuer is %v", issuer)
	}
}

func TestEveryEndpointDiscoveryNamesIsThere(t *testing.T) {
	w := newWire(t)
	document := w.do(w.request(http.MethodGet, oauthhttp.OAuthPath, "")).object()
	for name, value := range document {
		if !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" {
			continue
		}
		path, ours := strings.CutPrefix(value.(string), w.url)
		if !ours {
			t.Errorf("%s is %v, not below the issuer", name, value)
			continue
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got := w.do(w.request(method, path, "")); got.status == http.StatusNotFound {
				t.Errorf("%s %s: nothing is there", method, name)
			}
		}
	}
}

func TestEveryGrantDiscoveryNamesIsKnownAndNoOther(t *testing.T) {
	w := newWire(t)
	named := texts(w.do(w.request(http.MethodGet, oauthhttp.OAuthPath, "")).object()["grant_types_supported"])
	for _, grant := range []string{
		"authorization_code", "refresh_token", "client_credentials", "password", "implicit",
		"urn:ietf:params:oauth:grant-type:device_code",
	} {
		got := w.post(oauth.TokenPath, "grant_type", grant, "client_id", w.id, "client_secret", w.secret).object()["error"]
		if known := got != string(oauth.UnsupportedGrantType); grant != "implicit" && known != slices.Contains(named, grant) {
			t.Errorf("%s: named %v, the token endpoint says %v", grant, named, got)
		}
	}
}

func TestEveryMethodDiscoveryNamesIsAcceptedForAClient(t *testing.T) {
	w := newWire(t)
	document := w.do(w.request(http.MethodGet, oauthhttp.OAuthPath, "")).object()
	for _, endpoint := range []string{"token", "introspection", "revocation"} {
		methods := texts(document[endpoint+"_endpoint_auth_methods_supported"])
		for _, method := range []string{"client_secret_basic", "client_secret_post", "private_key_jwt"} {
			if !slices.Contains(methods, method) {
				t.Errorf("the %s endpoint does not name %s", endpoint, method)
			}
		}
		if algorithms := texts(document[endpoint+"_endpoint_auth_signing_alg_values_supported"]); len(algorithms) == 0 ||
			slices.Contains(algorithms, "none") {
			t.Errorf("the %s endpoint names the algorithms %v", endpoint, algorithms)
		}
	}
}

func TestTheKeySetChecksTheTokens(t *testing.T) {
	w := newWire(t)
	got := w.do(w.request(http.MethodGet, oauth.KeysPath, ""))
	got.public()
	keys, err := jose.ParseKeySet(got.body)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.Verify(w.token(), oauth.TypeAccessToken); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(got.body), `"d"`) {
		t.Error("the key set holds a private key")
	}
}

func TestProtectedResourcesDescribeThemselves(t *testing.T) {
	w := newWire(t)
	for path, want := range map[string]string{
		oauth.ResourcePath:                                  w.url,
		oauth.ResourcePath + "/under/path":                  w.url,
		oauth.ResourcePath + "/services/payments":           w.url + "/services/payments",
		oauth.ResourcePath + "/services/" + w.id:            w.url + "/services/" + w.id,
		oauth.ResourcePath + "/under/path/services/" + w.id: w.url + "/services/" + w.id,
	} {
		got := w.do(w.request(http.MethodGet, path, ""))
		got.public()
		object := got.object()
		if object["resource"] != want || !slices.Equal(texts(object["authorization_servers"]), []string{w.url}) ||
			!slices.Equal(texts(object["bearer_methods_supported"]), []string{"header"}) {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	w.do(w.request(http.MethodGet, oauth.ResourcePath+"/services/nobody", "")).refused(http.StatusNotFound, oauth.InvalidRequest)
	w.memory.Disable(w.id)
	w.do(w.request(http.MethodGet, oauth.ResourcePath+"/services/payments", "")).refused(http.StatusNotFound, oauth.InvalidRequest)
}

func TestWithoutPagesNothingThatNeedsOneIsNamedOrThere(t *testing.T) {
	w := newWire(t)
	mux := http.NewServeMux()
	(&oauthhttp.Handler{Server: w.server}).Mount(func(pattern string, serve http.HandlerFunc) { mux.HandleFunc(pattern, serve) })
	bare := httptest.NewServer(mux)
	defer bare.Close()
	full := w.do(w.request(http.MethodGet, oauthhttp.OAuthPath, "")).object()
	w.url = bare.URL
	document := w.do(w.request(http.MethodGet, oauthhttp.OAuthPath, "")).object()
	for _, name := range []string{
		"authorization_endpoint", "userinfo_endpoint", "end_session_endpoint",
		"device_authorization_endpoint", "pushed_authorization_request_endpoint",
	} {
		uri, _ := full[name].(string)
		if uri == "" || document[name] != nil {
			t.Errorf("%s is %q with pages and %v without", name, uri, document[name])
		}
		path := strings.TrimPrefix(uri, full["issuer"].(string))
		if got := w.do(w.request(http.MethodGet, path, "")); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	for _, grant := range []string{"authorization_code", "implicit", oauth.DeviceCode{}.Type()} {
		if !slices.Contains(texts(full["grant_types_supported"]), grant) || slices.Contains(texts(document["grant_types_supported"]), grant) {
			t.Errorf("%s: named %v with pages and %v without", grant, full["grant_types_supported"], document["grant_types_supported"])
		}
	}
}
