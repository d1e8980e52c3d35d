package browser_test

import (
	"fmt"
	"testing"

	"example.org/hub/test/blackbox"
)

// team is what the console is opened on: an administrator, somebody without rights, a bot, services.
const team = `version: 1
organisations:
  - {key: demo, name: Demo Ltd, retiredApiKeys: [{label: "2016 key", value: "legacy-key-1"}]}
groups:
  - {name: developers, roles: [{role: contributor}]}
  - {name: bots}
users:
  - {login: ada, name: Ada Demo, email: ada@example.test, password: "correct horse battery", roles: [{role: system-admin}], groups: [developers],
     permanentTokens: [{name: nightly-export, scope: "Tracker Wiki", environment: production, hash: "sha256:%[1]s01"}, {name: release-notes, scope: "Builds Tracker", environment: production, hash: "sha256:%[1]s02"}, {name: old-dashboard, scope: Metrics, environment: production, hash: "sha256:%[1]s03"}]}
  - {login: ben, name: Ben Sample, email: ben@example.test, password: "correct horse battery", totp: "JBSWY3DPEHPK3PXP", roles: [{role: contributor}],
     applicationPasswords: [{name: Calendar on phone, value: "calendar-on-phone"}]}
  - {login: cleo, name: Cleo Example, email: cleo@example.test, password: "correct horse battery", roles: [{role: observer}]}
  - {login: build-bot, name: build-bot, kind: bot, groups: [bots], roles: [{role: contributor}]}
services:
  - {id: 98071167-004c-4ddf-ba37-5d4599fdf319, key: wiki, name: Wiki, homeUrl: "https://wiki.example.test", description: Pages and handbooks, vendor: Example Works, redirectUris: ["https://wiki.example.test/cb"], secrets: [a-long-secret]}
  - {id: 0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41, key: tracker, name: Tracker, homeUrl: "https://tracker.example.test", description: Issues and boards, secrets: [another-long-secret]}
  - {id: 0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a42, key: builds, name: Builds, homeUrl: "https://builds.example.test", description: Pipelines and artifacts, secrets: [another-long-secret-2]}
  - {id: 0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a43, key: metrics, name: Metrics, homeUrl: "https://metrics.example.test", description: Dashboards and alerts, secrets: [another-long-secret-3]}
apiClients:
  - {id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, environment: production, user: ada, label: Payroll sync, secret: "payroll-sync-secret"}
apps:
  - {appId: "98434376", environment: production, user: ada, label: Payments, appKey: "843a8f1c9e60d24b7753aa19c0de55f2", allowlist: ["203.0.113.24", "198.51.100.0/28"]}
  - {appId: "20117745", environment: test, user: ada, label: Payments, appKey: "t5b19c0de55f2843a8f1c9e60d24b7753", allowlist: ["127.0.0.0/8", "::1/128"]}
`

const someDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0ab"

var office = blackbox.Declared(fmt.Sprintf(team, someDigest))

// console starts the program itself with a team in it.
func console(t *testing.T) *blackbox.Hub {
	t.Helper()
	return office.Serve(t)
}

// enter signs somebody in, with a code if one is asked for.
func (b *tab) enter(h *blackbox.Hub, login string) {
	b.Helper()
	b.open(h.URL + "/auth/login")
	b.fill("username", login)
	b.fill("password", correct)
	b.send()
	b.see("#code, .shell")
	if b.text(`document.getElementById("code") !== null`) == "true" {
		b.fill("code", code(b, seed))
		b.send()
	}
	b.until("the console", `document.querySelector(".shell")`)
}

// escape is the key that closes dialogs.
const escape = "\u001b"

// tabTo presses the tabulator until an expression holds, as somebody does who uses no mouse.
func (b *tab) tabTo(expression string) {
	b.Helper()
	for range 200 {
		if b.holds(expression) {
			return
		}
		b.press("\t")
	}
	b.Fatalf("by keyboard nothing leads to %s", expression)
}
