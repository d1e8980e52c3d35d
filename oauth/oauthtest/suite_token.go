package oauthtest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// claimSet is the payload of a JWT as anybody reads it.
type claimSet map[string]json.RawMessage

// claimsOf reads the payload of a JWT after checking its signature against the published keys.
func (b *bench) claimsOf(token string) claimSet {
	b.Helper()
	keys, err := b.Server.Keys.Published(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	payload, _, err := keys.Verify(token, "at+jwt")
	if err != nil {
		b.Fatalf("%v in %s", err, token)
	}
	var claims claimSet
	if err := json.Unmarshal(payload, &claims); err != nil {
		b.Fatal(err)
	}
	return claims
}

func (c claimSet) strings(b *bench, name string) []string {
	b.Helper()
	var texts []string
	if err := json.Unmarshal(c[name], &texts); err != nil {
		b.Fatalf("%s is %s, want an array of strings", name, c[name])
	}
	return texts
}

func (c claimSet) string(b *bench, name string) string {
	b.Helper()
	var text string
	if err := json.Unmarshal(c[name], &text); err != nil {
		b.Fatalf("%s is %s, want a string", name, c[name])
	}
	return text
}

func (c claimSet) number(b *bench, name string) int64 {
	b.Helper()
	var number int64
	if err := json.Unmarshal(c[name], &number); err != nil {
		b.Fatalf("%s is %s, want a whole number", name, c[name])
	}
	return number
}

// only checks that these claims are there and no others.
func (c claimSet) only(b *bench, names ...string) {
	b.Helper()
	if got := slices.Sorted(maps.Keys(c)); !slices.Equal(got, slices.Sorted(slices.Values(names))) {
		b.Errorf("the token has the claims %v, want %v", got, names)
	}
}

// plainClaims are those of every access token.
var plainClaims = []string{"iss", "sub", "client_id", "aud", "scope", "iat", "exp", "jti", "env"}

var tokenRules = []rule{
	{"the answer is Bearer, an hour, and the scope", func(b *bench) {
		p := b.service(Service{Key: "client"})
		response := b.token(p, p.key)
		if response.TokenType != "Bearer" || response.ExpiresIn != time.Hour || response.Scope != p.key {
			b.Errorf("got %+v", response)
		}
	}},
	{"a service's token says what RFC 9068 wants and nothing more", func(b *bench) {
		p := b.service(Service{Key: "client"})
		before := b.Server.Now().Truncate(time.Second)
		claims := b.claimsOf(b.token(p, p.key).AccessToken)
		claims.only(b, plainClaims...)
		for name, want := range map[string]string{
			"iss": b.Server.Issuer, "sub": p.id, "client_id": p.id, "scope": p.key, "env": b.Server.Environment,
		} {
			if got := claims.string(b, name); got != want {
				b.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if got := claims.strings(b, "aud"); !slices.Equal(got, []string{p.id}) {
			b.Errorf("aud is %v", got)
		}
		issued := claims.number(b, "iat")
		if issued < before.Unix() || issued > b.Server.Now().Unix() || claims.number(b, "exp") != issued+3600 {
			b.Errorf("iat is %d, exp %d", issued, claims.number(b, "exp"))
		}
		if len(claims.string(b, "jti")) < 16 {
			b.Errorf("jti is %s", claims["jti"])
		}
	}},
	{"the header is that of an access token, signed ES256 with a published key", func(b *bench) {
		p := b.service(Service{Key: "client"})
		head, _, _ := strings.Cut(b.token(p, "").AccessToken, ".")
		raw, err := base64.RawURLEncoding.DecodeString(head)
		if err != nil {
			b.Fatal(err)
		}
		var header map[string]string
		if err := json.Unmarshal(raw, &header); err != nil {
			b.Fatal(err)
		}
		keys, err := b.Server.Keys.Published(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		_, published := keys.Find(header["kid"])
		if header["alg"] != "ES256" || header["typ"] != "at+jwt" || !published || len(header) != 3 {
			b.Errorf("the header is %s", raw)
		}
	}},
	{"a token of a user's client stands for the user", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read"}})
		userID, _ := b.user(api.key + ":read")
		p := b.apiClient(userID)
		claims := b.claimsOf(b.token(p, api.key).AccessToken)
		claims.only(b, plainClaims...)
		if claims.string(b, "sub") != userID || claims.string(b, "client_id") != p.id {
			b.Errorf("sub %s, client_id %s", claims["sub"], claims["client_id"])
		}
	}},
	{"a token of an app says that it is bound to addresses", func(b *bench) {
		p := b.app("0.0.0.0/0", "::/0")
		claims := b.claimsOf(b.token(p, "").AccessToken)
		claims.only(b, append([]string{"ip_restricted"}, plainClaims...)...)
		if string(claims["ip_restricted"]) != "true" {
			b.Errorf("ip_restricted is %s", claims["ip_restricted"])
		}
	}},
	{"a service that asks for it finds the permissions in the token", func(b *bench) {
		api := b.service(Service{Key: "api", Entitled: true, Permissions: []string{"read", "write"}})
		userID, _ := b.user(api.key + ":read")
		stranger, _ := b.user()
		claims := b.claimsOf(b.token(b.apiClient(userID), api.key).AccessToken)
		claims.only(b, append([]string{"entitlements"}, plainClaims...)...)
		if got := claims.strings(b, "entitlements"); !slices.Equal(got, []string{api.key + ":read"}) {
			b.Errorf("entitlements are %v", got)
		}
		if claims := b.claimsOf(b.token(b.apiClient(stranger), api.key).AccessToken); string(claims["entitlements"]) != "[]" {
			b.Errorf("entitlements of a stranger are %s, want []", claims["entitlements"])
		}
	}},
	{"no two tokens have the same jti", func(b *bench) {
		p := b.service(Service{Key: "client"})
		seen := map[string]bool{}
		for range 100 {
			id := b.claimsOf(b.token(p, "").AccessToken).string(b, "jti")
			if seen[id] {
				b.Fatalf("jti %s came twice", id)
			}
			seen[id] = true
		}
	}},
	{"a service that asks for it gets opaque tokens which are worth the same", func(b *bench) {
		p := b.service(Service{Key: "client", Opaque: true, Trusted: true})
		api := b.service(Service{Key: "api"})
		response := b.token(p, api.key)
		if strings.HasPrefix(response.AccessToken, "ey") || response.ExpiresIn != time.Hour {
			b.Errorf("got %+v", response)
		}
		answer := b.active(api, response.AccessToken)
		if answer.Token.Subject != p.id || answer.Token.Scope != api.key || !slices.Equal(answer.Token.Audience, []string{api.id}) {
			b.Errorf("got %+v", answer.Token)
		}
	}},
	{"verifying tells a live token from any other text", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		live, err := b.Server.Verify(b.Context(), token, netip.Addr{})
		if err != nil || live.Client.ID != p.id || live.Owner.ID != p.id || !live.OwnBehalf() {
			b.Errorf("got %+v, %v", live, err)
		}
		for name, text := range b.worthless(token) {
			if _, err := b.Server.Verify(b.Context(), text, netip.Addr{}); !isCode(err, oauth.InvalidToken) {
				b.Errorf("%s: got %v, want invalid_token", name, err)
			}
		}
	}},
}

func isCode(err error, want oauth.Code) bool {
	refusal, ok := err.(*oauth.Error)
	return ok && refusal.Code == want
}

// worthless makes texts from a good JWT that look like it and are not.
func (b *bench) worthless(good string) map[string]string {
	b.Helper()
	parts := strings.Split(good, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		b.Fatal(err)
	}
	stranger, err := jose.Generate(jose.ES256)
	if err != nil {
		b.Fatal(err)
	}
	forged, err := jose.NewSigner(stranger, oauth.TypeAccessToken)
	if err != nil {
		b.Fatal(err)
	}
	foreign, err := forged.Sign(payload)
	if err != nil {
		b.Fatal(err)
	}
	richer := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), `"scope":"`, `"scope":"more `, 1)))
	encode := func(header string) string { return base64.RawURLEncoding.EncodeToString([]byte(header)) }
	kid := headerOf(b, good)["kid"]
	foreignParts := strings.Split(foreign, ".")
	return map[string]string{
		"nothing":                       "",
		"a blank":                       " ",
		"garbage":                       "garbage",
		"garbage with dots":             "ey.ey.ey",
		"a NUL":                         "\x00",
		"cut off":                       good[:len(good)-1],
		"with a tail":                   good + "A",
		"with a line behind":            good + "\n",
		"padded":                        good + "==",
		"without signature":             parts[0] + "." + parts[1] + ".",
		"without the last part":         parts[0] + "." + parts[1],
		"payload changed":               parts[0] + "." + richer + "." + parts[2],
		"alg none":                      encode(`{"alg":"none","kid":"`+kid+`","typ":"at+jwt"}`) + "." + parts[1] + ".",
		"alg HS256":                     encode(`{"alg":"HS256","kid":"`+kid+`","typ":"at+jwt"}`) + "." + parts[1] + "." + parts[2],
		"signed by a stranger":          foreign,
		"signed by a stranger, our kid": parts[0] + "." + foreignParts[1] + "." + foreignParts[2],
		"typ of an ID token":            encode(`{"alg":"ES256","kid":"`+kid+`","typ":"JWT"}`) + "." + parts[1] + "." + parts[2],
		"key brought along": encode(`{"alg":"ES256","kid":"`+kid+`","typ":"at+jwt","jku":"https://evil.example"}`) +
			"." + parts[1] + "." + parts[2],
		"endless":                        strings.Repeat("x", 100_000),
		"like an opaque token of ours":   "hubat_0123456789ABCDEFGHIJKLMNOPQRSTUV000000",
		"like a permanent token of ours": "hubpat_0123456789ABCDEFGHIJKLMNOPQRSTUV000000",
	}
}

func headerOf(b *bench, token string) map[string]string {
	b.Helper()
	head, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	var header map[string]string
	if err != nil || json.Unmarshal(raw, &header) != nil {
		b.Fatalf("no header in %s", token)
	}
	return header
}
