package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// The population of a measured hub, derived from numbers alone so that it is the same on every machine: one API with
// permissions ("payments"), services that ask for tokens to it, and a developer with API clients and apps.

const (
	user       = "bench"
	operator   = "payments-operator"
	payments   = "payments"
	developers = 10 // API clients and apps of the user
	batchSize  = 2000
)

// credential is what a machine authenticates with.
type credential struct{ id, secret string }

func service(n int) credential { return credential{number("service", n), secretOf("service", n)} }
func apiClient(n int) credential {
	return credential{number("api client", n), secretOf("api client", n)}
}
func app(n int) credential { return credential{fmt.Sprintf("%08d", 70000000+n), secretOf("app", n)} }

// number gives a UUID for the n-th of a kind.
func number(kind string, n int) string {
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, n))
	digest[6] = digest[6]&0x0f | 0x80 // version 8: made as the maker likes
	digest[8] = digest[8]&0x3f | 0x80
	text := hex.EncodeToString(digest[:16])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

func secretOf(kind string, n int) string {
	digest := sha256.Sum256(fmt.Appendf(nil, "secret of %s %d", kind, n))
	return hex.EncodeToString(digest[:20])
}

// declarePeople writes the hub.yaml of everything but the services beyond the first, which is the API.
func declarePeople(w io.Writer) error {
	api := service(0)
	_, err := fmt.Fprintf(w, `version: 1
roles:
  - {key: %s, name: Payments operator, permissions: ["%s:create", "%s:read"]}
users:
  - {id: %s, login: %s, name: Bench, kind: bot, roles: [{role: %s}]}
services:
  - {id: %s, environment: production, key: %s, name: Payments API, homeUrl: "https://payments.example.test",
     secrets: ["%s"], permissions: [{key: create, name: Create payment}, {key: read, name: Read payment}]}
apiClients:
`, operator, payments, payments, number("user", 0), user, operator, api.id, payments, api.secret)
	for n := range developers {
		client := apiClient(n)
		if err == nil {
			_, err = fmt.Fprintf(w, "  - {id: %s, environment: production, user: %s, label: Export %d, secret: %q}\n",
				client.id, user, n, client.secret)
		}
	}
	if err == nil {
		_, err = fmt.Fprintln(w, "apps:")
	}
	for n := range developers {
		if err == nil {
			_, err = fmt.Fprintf(w, "  - {appId: \"%s\", environment: production, user: %s, label: Shop %d, appKey: %q, allowlist: [\"127.0.0.0/8\", \"::1/128\"]}\n",
				app(n).id, user, n, app(n).secret)
		}
	}
	return err
}

// declareServices writes the hub.yaml of services from a number up to another, which is left out.
func declareServices(w io.Writer, from, to int) error {
	_, err := fmt.Fprint(w, "version: 1\nservices:\n")
	for n := from; n < to && err == nil; n++ {
		_, err = fmt.Fprintf(w, "  - {id: %s, environment: production, key: service-%06d, name: Service %06d, homeUrl: \"https://service-%06d.example.test\", secrets: [%q]}\n",
			service(n).id, n, n, n, service(n).secret)
	}
	return err
}
