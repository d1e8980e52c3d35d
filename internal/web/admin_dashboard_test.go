package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/web"
)

func (b *bench) people(ctx context.Context) (all, secured int64, err error) {
	counted, err := b.store.People(ctx)
	return counted.All, counted.Secured, err
}

// office fills what only the program knows.
func (b *bench) office() (rotated *int) {
	rotated = new(int)
	curves := store.NewCurves(b.store)
	b.pages.Office = web.Office{
		History: curves.History, Busiest: curves.Busiest, People: b.people,
		TurnedAway: curves.TurnedAway,
		Census: func(ctx context.Context, environment hub.Environment) (web.Census, error) {
			counted, err := curves.Census(ctx, environment)
			return web.Census(counted), err
		},
		System: func(context.Context) (web.System, error) {
			return web.System{
				FailureLimits: "account=10/15m,address=50/1m", RateLimit: "off", Registration: "off",
				Version: "1.0", Database: "SQLite", ReadOnly: true,
				Jobs: []web.Job{{Name: "chain-events", Ran: hub.Now()}, {Name: "deliver-mail"}},
				Keys: []web.SigningKey{
					{ID: "key-a", Algorithm: "ES256", Environment: hub.Production, Stage: web.KeyActive, Created: hub.Now()},
					{ID: "key-b", Algorithm: "ES256", Environment: hub.Production, Stage: web.KeyNext, Created: hub.Now()},
					{
						ID: "key-c", Algorithm: "ES256", Environment: hub.Production, Stage: web.KeyChecks,
						Created: hub.Now(), Ends: hub.Now(),
					},
				},
			}, nil
		},
		Rotate: func(context.Context, hub.Actor) error { *rotated++; return nil },
	}
	return rotated
}

func TestTheDashboardDrawsWhatWasMeasuredWithTheTableBehindIt(t *testing.T) {
	bench := newBench(t)
	bench.office()
	bench.addWiki()
	b := bench.administer()
	empty := b.get("/admin").want(t, 200, "Dashboard", "Sign-ins and tokens issued", "Nothing was counted in this period",
		"People with a second factor", "Nothing to compare with yet")
	for _, problem := range lint(empty.text) {
		t.Error(problem)
	}
	now := time.Now()
	err := bench.store.AddHistory(t.Context(), []hub.Measured{
		{Environment: hub.Production, Measure: hub.MeasuredTokens, At: now, Label: "login", Count: 1200},
		{Environment: hub.Production, Measure: hub.MeasuredTokens, At: now, Label: "login", Count: 34},
		{Environment: hub.Production, Measure: hub.MeasuredTokens, At: now.AddDate(0, 0, -20), Label: "token", Count: 617},
		{Environment: hub.Test, Measure: hub.MeasuredTokens, At: now, Label: "token", Count: 5000},
		{Measure: hub.MeasuredRefusals, At: now, Label: "invalid_client", Count: 48},
		{Measure: hub.MeasuredRefusals, At: now, Label: "<odd>", Count: 2},
		{Measure: hub.MeasuredHashes, At: now, Label: "done", Count: 77},
		{Environment: hub.Production, Measure: hub.MeasuredServices, At: now, Label: "none", Count: 4321},
		{Environment: hub.Production, Measure: hub.MeasuredServices, At: now, Label: wikiID, Count: 98765},
		{Environment: hub.Production, Measure: hub.MeasuredOpened, At: now, Label: wikiID, Count: 2345},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, period := range []string{"", "?period=24h", "?period=90d", "?period=nonsense"} {
		page := b.get("/admin"+period).want(t, 200, ">1,", "/login", "Client not known, or wrong secret", "&lt;odd&gt;",
			"<td>77</td>", "Show as table", `role="img"`,
			"Busiest services", "Wiki", "98,765", ">2,345</td>", ">98,765</td>", "A service that is gone")
		for _, problem := range lint(page.text) {
			t.Errorf("%s: %s", period, problem)
		}
		if strings.Contains(page.text, "5,000") {
			t.Errorf("%s: the other environment is counted too", period)
		}
	}
	b.get("/admin").want(t, 200, "100% more than before")
}

func TestSystemSaysHowHubIsAndRotatesKeysAfterAFreshSignIn(t *testing.T) {
	bench := newBench(t)
	rotated := bench.office()
	b := bench.administer()
	page := b.get("/admin/system").want(t, 200, "Nothing can be written at this moment", "key-a", "Active",
		"Next, published already", "Only checks old tokens", "chain-events", "Never", `value="modern" checked`,
		"Sign-in rules", "--failure-limits", "account=10/15m", "12 hours, or 4 hours unused; 30 days on a remembered device",
		"<dd>1 minute</dd>", "<dd>1 hour</dd>", "90 days, or 30 days unused", "<dd>400 days</dd>")
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	b.get("/admin/system/rotate").want(t, 200, "Rotate the signing keys?")
	b.follow(b.post("/admin/system/rotate")).want(t, 200, "New keys are published")
	b.follow(b.post("/admin/system", "flows", "classic")).want(t, 200, "The settings are saved.", `value="classic" checked`)
	b.post("/admin/system", "flows", "other").want(t, 422)
	bench.age()
	b.post("/admin/system/rotate").leads(bench, "/auth/login?back=%2Fadmin%2Fsystem%2Frotate")
	b.post("/admin/system", "flows", "modern").leads(bench, "/auth/login?back=%2Fadmin%2Fsystem")
	if *rotated != 1 {
		t.Errorf("keys were rotated %d times", *rotated)
	}

	poor := newBench(t)
	poor.office()
	poor.allow("hub:admin-read")
	reader := poor.browser()
	reader.signIn()
	if page := reader.get("/admin/system").want(t, 200, "key-a"); strings.Contains(page.text, "Rotate now") {
		t.Error("who may only read is offered to rotate")
	}
	reader.post("/admin/system/rotate").want(t, 403)
	reader.post("/admin/system", "flows", "classic").want(t, 403)
}

func TestProgramsAreExplainedToWhoWritesThem(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	for path, want := range map[string][]string{
		"/help/api":  {"/api/rest/services", "POST", "/oauth/create_token", "/login", "/api/forward-auth", "openapi.json"},
		"/help/flow": {"Step 1: Obtain your app_id and app_key values", "Step 5", "<svg", `role="img"`, "You develop…"},
	} {
		page := b.get(path).want(t, 200, want...)
		for _, problem := range lint(page.text) {
			t.Errorf("%s: %s", path, problem)
		}
	}
}
