package oauth_test

import (
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// The allocation budgets of the two requests that machines send all day, ports included as they are in memory. A token
// costs one ES256 signature, whose 56 allocations are the standard library's; ours are 18. Introspection of a
// token seen before costs no signature. Whoever needs more says why here.
const (
	tokenBudget      = 82 // with the race detector; without it 76
	introspectBudget = 12
)

func TestATokenKeepsItsAllocationBudget(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	request := d.request()
	request.Scope = "payments"
	keepsBudget(t, tokenBudget, func() error { _, err := d.Token(t.Context(), request); return err })
}

func TestIntrospectionKeepsItsAllocationBudget(t *testing.T) {
	d := newDesk(t, oauthtest.Service{Key: "payments"})
	request := &oauth.IntrospectionRequest{Origin: here, Auth: d.auth(), Token: d.token(t)}
	keepsBudget(t, introspectBudget, func() error { _, err := d.Introspect(t.Context(), request); return err })
}

func keepsBudget(t *testing.T, budget float64, request func() error) {
	t.Helper()
	got := testing.AllocsPerRun(200, func() {
		if err := request(); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%.0f allocations", got)
	if got > budget {
		t.Errorf("%.0f allocations, the budget is %.0f", got, budget)
	}
}

func BenchmarkToken(b *testing.B) {
	d := newDesk(b, oauthtest.Service{Key: "payments"})
	request := d.request()
	request.Scope = "payments"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Token(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIntrospect(b *testing.B) {
	d := newDesk(b, oauthtest.Service{Key: "payments"})
	request := &oauth.IntrospectionRequest{Origin: here, Auth: d.auth(), Token: d.token(b)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Introspect(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}
