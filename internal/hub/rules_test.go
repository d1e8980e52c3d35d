package hub_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

func TestRedirectURIMustLeadToOneKnownPlace(t *testing.T) {
	for uri, c := range map[string]struct{ confidential, public bool }{
		"https://app.example.test/cb":             {true, true},
		"https://app.example.test:8443/cb?x=1":    {true, true},
		"https://app.example.test":                {true, true},
		"http://127.0.0.1:3000/cb":                {true, true},
		"http://127.0.0.1/cb":                     {true, true},
		"http://[::1]:3000/cb":                    {true, true},
		"http://localhost/cb":                     {true, true},
		"ytoauth://landing.url":                   {false, true},
		"com.example.app:/cb":                     {false, true},
		"com.example.app://cb":                    {false, true},
		"":                                        {},
		"/cb":                                     {},
		"app.example.test/cb":                     {},
		"//app.example.test/cb":                   {},
		"http://app.example.test/cb":              {},
		"http://localhost.example.test/cb":        {},
		"http://127.0.0.1.example.test/cb":        {},
		"https://app.example.test/cb#part":        {},
		"https://app.example.test/cb#":            {},
		"https://*.example.test/cb":               {},
		"https://app.example.test/*":              {},
		"https://ada@app.example.test/cb":         {},
		"https://app.example.test@evil.test/cb":   {},
		"https:///cb":                             {},
		"https:app.example.test":                  {},
		"https://app.example.test\\@evil.test/cb": {},
		"https://app.example.test/c b":            {},
		"https://app.example.test/c\nb":           {},
		"https://bücher.example.test/cb":          {},
		"javascript:alert(1)":                     {},
		"JavaScript:alert(1)":                     {},
		"data:text/html,x":                        {},
		"vbscript:x":                              {},
		"file:///etc/passwd":                      {},
		"blob:https://app.example.test/1":         {},
		"https://app.example.test/%zz":            {},
		"https://" + strings.Repeat("a", 2048):    {},
	} {
		if reason := hub.CheckRedirectURI(uri, false); (reason == "") != c.confidential {
			t.Errorf("confidential %q: %q", uri, reason)
		}
		if reason := hub.CheckRedirectURI(uri, true); (reason == "") != c.public {
			t.Errorf("public %q: %q", uri, reason)
		}
	}
}

func TestServiceIsCheckedFieldByField(t *testing.T) {
	good := func() hub.Service {
		return hub.Service{ID: "98071167-004c-4ddf-ba37-5d4599fdf319", Environment: hub.Production, Key: "payments", Name: "Payments API"}
	}
	if wrong := good().Check(); len(wrong) != 0 {
		t.Fatal(wrong)
	}
	for name, c := range map[string]struct {
		change func(*hub.Service)
		field  string
	}{
		"environment":      {func(s *hub.Service) { s.Environment = "staging" }, "environment"},
		"key with space":   {func(s *hub.Service) { s.Key = "pay ments" }, "key"},
		"key with colon":   {func(s *hub.Service) { s.Key = "pay:ments" }, "key"},
		"reserved key":     {func(s *hub.Service) { s.Key = "openid" }, "key"},
		"reserved name":    {func(s *hub.Service) { s.Name = "Administer" }, "name"},
		"reserved id":      {func(s *hub.Service) { s.ID = "groups" }, "id"},
		"name in URLs":     {func(s *hub.Service) { s.Name = "Me" }, "name"},
		"key in URLs":      {func(s *hub.Service) { s.Key = "queryAssist" }, "key"},
		"no name":          {func(s *hub.Service) { s.Name = " " }, "name"},
		"control in name":  {func(s *hub.Service) { s.Vendor = "a\x1bb" }, "vendor"},
		"home":             {func(s *hub.Service) { s.HomeURL = "payments.example.test" }, "homeUrl"},
		"icon":             {func(s *hub.Service) { s.IconURL = "javascript:x" }, "iconUrl"},
		"base":             {func(s *hub.Service) { s.BaseURLs = []string{"ftp://x"} }, "baseUrls"},
		"redirect":         {func(s *hub.Service) { s.RedirectURIs = []string{"https://*/"} }, "redirectUris"},
		"redirect twice":   {func(s *hub.Service) { s.RedirectURIs = []string{"https://a/", "https://a/"} }, "redirectUris"},
		"many redirects":   {func(s *hub.Service) { s.RedirectURIs = make([]string, 101) }, "redirectUris"},
		"request uri":      {func(s *hub.Service) { s.RequestURIs = []string{"http://a/"} }, "requestUris"},
		"flow":             {func(s *hub.Service) { s.Flows = []hub.Flow{"code"} }, "flows"},
		"flow twice":       {func(s *hub.Service) { s.Flows = []hub.Flow{hub.Implicit, hub.Implicit} }, "flows"},
		"token form":       {func(s *hub.Service) { s.AccessToken = "paseto" }, "accessToken"},
		"algorithm":        {func(s *hub.Service) { s.IDTokenAlg = "none" }, "idTokenAlg"},
		"method":           {func(s *hub.Service) { s.AuthMethod = "tls" }, "authMethod"},
		"public secret":    {func(s *hub.Service) { s.Public, s.AuthMethod = true, hub.SecretPost }, "authMethod"},
		"none":             {func(s *hub.Service) { s.AuthMethod = hub.NoAuth }, "authMethod"},
		"keyless":          {func(s *hub.Service) { s.AuthMethod = hub.PrivateKeyJWT }, "authMethod"},
		"both keys":        {func(s *hub.Service) { s.JWKS, s.JWKSURI = `{"keys":[{"kty":"EC"}]}`, "https://a/" }, "jwksUri"},
		"no key set":       {func(s *hub.Service) { s.JWKS = `[]` }, "jwks"},
		"private key":      {func(s *hub.Service) { s.JWKS = `{"keys":[{"kty":"EC","d":"x"}]}` }, "jwks"},
		"key set address":  {func(s *hub.Service) { s.JWKSURI = "http://a/" }, "jwksUri"},
		"permission":       {func(s *hub.Service) { s.Permissions = []hub.Permission{{Key: "a b"}} }, "permissions"},
		"permission twice": {func(s *hub.Service) { s.Permissions = []hub.Permission{{Key: "a"}, {Key: "a"}} }, "permissions"},
		"star":             {func(s *hub.Service) { s.Permissions = []hub.Permission{{Key: "*"}} }, "permissions"},
	} {
		s := good()
		c.change(&s)
		wrong := s.Check()
		if len(wrong) == 0 || wrong[0].Name != c.field {
			t.Errorf("%s: got %v, want a word about %s", name, wrong, c.field)
		}
	}
}

func TestUserIsCheckedFieldByField(t *testing.T) {
	good := hub.User{ID: "1", Login: "ada", Name: "Ada Demo", Email: "ada@example.test", Kind: hub.Person}
	if wrong := good.Check(); len(wrong) != 0 {
		t.Fatal(wrong)
	}
	for name, c := range map[string]struct {
		change func(*hub.User)
		field  string
	}{
		"no login":       {func(u *hub.User) { u.Login = "" }, "login"},
		"login me":       {func(u *hub.User) { u.Login = "Me" }, "login"},
		"login merge":    {func(u *hub.User) { u.Login = "merge" }, "login"},
		"login assist":   {func(u *hub.User) { u.Login = "queryAssist" }, "login"},
		"login slash":    {func(u *hub.User) { u.Login = "a/b" }, "login"},
		"mail":           {func(u *hub.User) { u.Email = "ada" }, "email"},
		"mail twice":     {func(u *hub.User) { u.Email = "a@b@c" }, "email"},
		"mail header":    {func(u *hub.User) { u.Email = "a@b.test\r\nBcc:x@y" }, "email"},
		"mail brackets":  {func(u *hub.User) { u.Email = "<a@b.test>" }, "email"},
		"kind":           {func(u *hub.User) { u.Kind = "robot" }, "kind"},
		"second guest":   {func(u *hub.User) { u.Kind = hub.Guest }, "kind"},
		"direction":      {func(u *hub.User) { u.Name = "Ada\u202e" }, "name"},
		"invalid UTF-8":  {func(u *hub.User) { u.Name = "Ada\xff" }, "name"},
		"guest promoted": {func(u *hub.User) { u.ID = hub.GuestID }, "kind"},
	} {
		u := good
		c.change(&u)
		wrong := u.Check()
		if len(wrong) == 0 || wrong[0].Name != c.field {
			t.Errorf("%s: got %v, want a word about %s", name, wrong, c.field)
		}
	}
}

func TestAllowlistTakesAddressesAndRanges(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7":             "192.0.2.7/32",
		"192.0.2.0/24":          "192.0.2.0/24",
		"0.0.0.0/0":             "0.0.0.0/0",
		"::/0":                  "::/0",
		"::1/128":               "::1/128",
		"2001:db8::1":           "2001:db8::1/128",
		"::ffff:192.0.2.7":      "192.0.2.7/32",
		"::ffff:192.0.2.0/120":  "192.0.2.0/24",
		"::ffff:0.0.0.0/96":     "0.0.0.0/0",
		"192.0.2.7/24":          "",
		"192.0.2.256":           "",
		"192.0.2.0/33":          "",
		"192.0.2.0/":            "",
		"192.0.2":               "",
		"192.0.02.1":            "",
		"fe80::1%eth0":          "",
		"fe80::%eth0/64":        "",
		"localhost":             "",
		"":                      "",
		" 192.0.2.7":            "",
		"::ffff:0.0.0.0/64":     "",
		"192.0.2.0/255.255.0.0": "",
	} {
		prefix, err := hub.ParsePrefix(text)
		if (err == nil) != (want != "") || (err == nil && prefix.String() != want) {
			t.Errorf("%q: got %v, %v; want %q", text, prefix, err, want)
		}
	}
}

func TestActorDoesOnlyWhatItsCredentialAllows(t *testing.T) {
	actor := hub.Actor{
		User: hub.User{ID: "1"}, Name: "Ada",
		Permissions: hub.NewPermissions("hub:user-read", "demo/hub:user-update", "payments:read"),
	}
	if err := actor.Require("user-read", ""); err != nil {
		t.Error(err)
	}
	if err := actor.Require("user-update", "demo"); err != nil {
		t.Error(err)
	}
	if err := actor.Require("user-update", ""); !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "hub:user-update") {
		t.Error(err)
	}
	if err := actor.Cover(hub.NewPermissions("payments:read", "demo/payments:read"), "grant this"); err != nil {
		t.Error(err)
	}
	if err := actor.Cover(hub.NewPermissions("payments:read", "payments:create"), "grant this"); !fault.Is(err, fault.Forbidden) ||
		!strings.Contains(err.Error(), "payments:create") || strings.Contains(err.Error(), "payments:read") {
		t.Error(err)
	}
	if err := actor.StepUp(); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	actor.ReadOnly = true
	if err := actor.Change(); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

func FuzzRedirectURI(f *testing.F) {
	f.Add("https://app.example.test/cb", true)
	f.Add("ytoauth://landing.url", true)
	f.Fuzz(func(t *testing.T, uri string, public bool) {
		if hub.CheckRedirectURI(uri, public) != "" {
			return
		}
		if strings.ContainsAny(uri, "#*\\ \r\n\t<>\"`") || strings.HasPrefix(strings.ToLower(uri), "javascript:") {
			t.Errorf("%q is let through", uri)
		}
	})
}
