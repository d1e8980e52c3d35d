package provider_test

import (
	"crypto/rand"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// BenchmarkRefresh is a refresh without the wire, 64 at a time, each of a family of its own: of a client whose token stays, and
// of one whose token is rotated.
func BenchmarkRefresh(b *testing.B) {
	for _, engine := range []struct {
		name  string
		empty func(testing.TB) storetest.Database
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.PostgreSQL}} {
		for _, rotates := range []bool{false, true} {
			name := engine.name + "/stays"
			if rotates {
				name = engine.name + "/rotates"
			}
			b.Run(name, func(b *testing.B) { benchRefresh(b, engine.empty(b), rotates) })
		}
	}
}

func benchRefresh(b *testing.B, database storetest.Database, rotates bool) {
	d := newHub(b, database)
	server := d.server(d.node, hub.Production, issuer)
	d.newService(oauthtest.Service{Key: "api"})
	id, text := d.newService(oauthtest.Service{Key: "app", Rotate: rotates, Grants: []string{"refresh_token"}})
	user := d.newUser(oauthtest.User{Login: "ada"})
	const connections = 64
	tokens := make(chan string, connections)
	for range connections {
		family := &oauth.Family{
			ID: rand.Text(), ClientID: id, Subject: user, Scope: []string{"api"},
			AuthTime: hub.Now(), Offline: true, EndsAt: time.Now().Add(time.Hour),
		}
		token, err := server.Families.SaveRefresh(b.Context(), family)
		if err != nil {
			b.Fatal(err)
		}
		tokens <- token
	}
	b.ReportAllocs()
	b.SetParallelism(connections)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			token := <-tokens
			response, err := server.Token(b.Context(), &oauth.TokenRequest{
				Auth: oauth.ClientAuth{ID: id, Secret: text}, GrantType: "refresh_token", RefreshToken: token,
			})
			if err != nil {
				b.Error(err)
				return
			}
			tokens <- response.RefreshToken
		}
	})
}
