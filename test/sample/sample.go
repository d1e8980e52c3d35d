package sample

import (
	"testing"

	"example.org/hub/test/blackbox"
)

// Client is who authenticates with a secret: a service or an API client.
type Client struct{ ID, Secret string }

// Payments is the API that tokens are for.
func Payments() Client {
	return Client{"6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de001", "payments-secret-of-the-sample"}
}

// Shop is a trusted service that holds payments:create and payments:read, and gets JWTs.
func Shop() Client {
	return Client{"6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de002", "shop-secret-of-the-sample"}
}

// Till is a trusted service whose access tokens are opaque, each a row in the database.
func Till() Client {
	return Client{"6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de003", "till-secret-of-the-sample"}
}

// Export is an API client of Robin, Exchange one of Sam.
func Export() Client {
	return Client{"6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de004", "export-secret-of-the-sample"}
}

// Exchange is an API client of Sam.
func Exchange() Client {
	return Client{"6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de005", "exchange-secret-of-the-sample"}
}

// The users: both are bots with the role of an operator of Payments. Robin has a permanent token for Payments.
const (
	Robin          = "robin"
	Sam            = "sam"
	PermanentToken = "permanent-token-of-the-sample"
)

const population = `version: 1
roles:
  - {key: operator, name: Operator, permissions: ["payments:create", "payments:read"]}
users:
  - {login: robin, name: Robin, kind: bot, roles: [{role: operator}],
     permanentTokens: [{name: sample, scope: payments, environment: production, value: permanent-token-of-the-sample}]}
  - {login: sam, name: Sam, kind: bot, roles: [{role: operator}]}
services:
  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de001, environment: production, key: payments, name: Payments, secrets: [payments-secret-of-the-sample],
     permissions: [{key: create, name: Create}, {key: read, name: Read}]}
  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de002, environment: production, key: shop, name: Shop, trusted: true, secrets: [shop-secret-of-the-sample],
     flows: [client_credentials], roles: [{role: operator}]}
  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de003, environment: production, key: till, name: Till, trusted: true, secrets: [till-secret-of-the-sample],
     flows: [client_credentials], accessToken: opaque}
apiClients:
  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de004, environment: production, user: robin, label: Export, secret: export-secret-of-the-sample}
  - {id: 6f1c2f0e-51c5-4f3c-9c0f-0b8f6a1de005, environment: production, user: sam, label: Exchange, secret: exchange-secret-of-the-sample}
`

// Declare puts the population into the database that these settings name.
func Declare(t testing.TB, settings ...string) { t.Helper(); Change(t, population, settings...) }

// Change applies a piece of a hub.yaml, as an operator would beside a running hub.
func Change(t testing.TB, document string, settings ...string) {
	t.Helper()
	blackbox.MustRun(t, document, append([]string{"apply", "-f", "-"}, settings...)...)
}
