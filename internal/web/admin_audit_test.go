package web_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

func (b *bench) happen(action, name, result string) {
	b.Helper()
	b.tx(func(tx *store.Tx) error {
		return tx.Record(b.Context(), hub.Event{
			ID: hub.NewID(), At: hub.Now(), Environment: hub.Production, AuthorID: "0190-ADA", AuthorName: "Ada Demo",
			Action: action, TargetType: "service", TargetID: wikiID, TargetName: name,
			Door: "rest", Address: "203.0.113.24", Result: result, Reason: "<i>why</i>",
		})
	})
}

func TestTheAuditLogIsFilteredAndCarriedAway(t *testing.T) {
	bench := newBench(t)
	b := bench.administer()
	bench.happen("service.update", "=1+1 <b>", hub.Success)
	bench.happen("service.delete", "Tracker", hub.Refused)
	page := b.get("/admin/audit").want(t, 200, "=1+1 &lt;b&gt;", "Tracker", "203.0.113.24", "Ada Demo", "&lt;i&gt;why",
		"times in UTC · kept for 400 days")
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	for query, want := range map[string]string{
		"?result=refused": "Tracker", "?action=service.delete": "Tracker",
		"?what=service.*&result=success": "=1+1", "?target=" + wikiID + "&result=refused": "Tracker",
		"?q=tracker": "Tracker", "?what=refused": "Tracker", "?door=rest&from=2020-01-01&to=2199-01-01": "Tracker",
	} {
		found := b.get("/admin/audit"+query).want(t, 200, want)
		if query != "?door=rest&from=2020-01-01&to=2199-01-01" && strings.Contains(found.text, "Tracker") && strings.Contains(found.text, "=1+1") {
			t.Errorf("%s finds both", query)
		}
	}
	b.get("/admin/audit?author=nobody-of-this-name").want(t, 200, "No event matches.", "Clear filters")
	b.get("/admin/audit?from=yesterday").want(t, 422, `value="yesterday"`)
	b.get("/admin/audit?to=31.1.2026").want(t, 422, `id="to-e"`)
	file := b.get("/admin/audit.csv?what=service.*").want(t, 200, "'=1+1 <b>", "service.delete,service,"+wikiID)
	if file.Header.Get("Content-Disposition") != `attachment; filename="audit.csv"` {
		t.Errorf("%v", file.Header)
	}
	b.post("/admin/audit/export").want(t, 200, `"hash":`, `"action":"service.delete"`)
	bench.age()
	b.post("/admin/audit/export").leads(bench, "/auth/login?back=%2Fadmin%2Faudit%2Fexport")
	b.get("/admin/audit/export").leads(bench, "/admin/audit")
	b.get("/admin/audit.csv").leads(bench, "/auth/login?back=%2Fadmin%2Faudit.csv")
}

func TestWhatNobodyNeedsIsShownWithWhereToEndIt(t *testing.T) {
	bench := newBench(t)
	b := bench.administer()
	bench.tx(func(tx *store.Tx) error {
		return tx.InsertAPIClient(t.Context(), hub.APIClient{
			ID: "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", Environment: hub.Production,
			UserID: "0190-ADA", Label: "Old <sync>", CreatedAt: hub.Now(),
		})
	})
	page := b.get("/admin/hygiene").want(t, 200, "Old &lt;sync&gt;", "Never used", "/admin/users/0190-ADA/api-clients")
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	b.get("/admin/hygiene?flag=owner-gone").want(t, 200, "Everything is in use")
	b.get("/admin/hygiene?flag=nonsense&after=nonsense").want(t, 200, "Old &lt;sync&gt;")
	poor := newBench(t).browser()
	poor.signIn()
	poor.get("/admin/hygiene").want(t, 403)
	poor.get("/admin/audit").want(t, 403)
	poor.get("/admin/audit.csv").want(t, 403)
}
