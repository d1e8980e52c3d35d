package web_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

func TestWhoUsesAServiceIsShownToWhoMayKnow(t *testing.T) {
	bench, ada := office(t, "hub:service-read", "hub:admin-read")
	bench.addWiki()
	at := "/admin/services/" + wikiID
	ada.get(at).want(t, 200, "Who uses it", "Nobody uses it now")
	bench.tx(func(tx *store.Tx) error {
		for i := range 60 {
			id := fmt.Sprintf("id-%03d", i)
			user := hub.User{
				ID: id, Login: id, Name: strings.Repeat("<b>\u202e", i%3*80) + id,
				Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
			}
			if err := tx.InsertUser(t.Context(), user); err != nil {
				return err
			}
			if err := tx.SetApprovedScope(t.Context(), hub.ApprovedScope{
				ID: "a-" + id, Environment: hub.Production, ClientID: wikiID, UserID: id,
				CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	page := ada.get(at).want(t, 200, "Approved scope", "/admin/users/id-000/security", at+"/users")
	if strings.Contains(page.text, "id-005") {
		t.Error("the page of the service lists all who use it")
	}
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	first := ada.get(at+"/users").want(t, 200, "Who uses Wiki", "id-049", "Next")
	if strings.Contains(first.text, "id-050") || strings.Contains(first.text, "<b><b>") {
		t.Error("the first page holds more than a page, or markup of a name")
	}
	for _, problem := range lint(first.text) {
		t.Error(problem)
	}
	ada.get(at+"/users?after=id-049").want(t, 200, "id-050", "id-059", "Back to the beginning")
	ada.get(at+"/users?after="+strings.Repeat("x", 5000)).want(t, 200, "Nobody uses it now")

	bench, reader := office(t, "hub:service-read")
	bench.addWiki()
	if page := reader.get(at).want(t, 200, "Wiki"); strings.Contains(page.text, "Who uses it") {
		t.Error("who may not see credentials is told who uses a service")
	}
	reader.get(at+"/users").want(t, 403)
}

func TestServicesAreFoundByAFlow(t *testing.T) {
	bench, ada := office(t, "hub:service-read")
	bench.addService(wikiID, "Wiki", func(s *hub.Service) { s.Flows = []hub.Flow{hub.Implicit} })
	bench.addService("0190-TRACKER", "Tracker", func(s *hub.Service) { s.Flows = hub.ModernFlows() })
	page := ada.get("/admin/services?flow=implicit").want(t, 200, `value="implicit" selected`, "Wiki")
	if strings.Contains(page.text, "Tracker") {
		t.Error("a service without the flow is found")
	}
	ada.get("/admin/services?flow=device_code").want(t, 200, "No service matches.")
	ada.get("/admin/services?flow=nonsense").want(t, 422)
}

func TestWhoGaveARoleStandsBesideIt(t *testing.T) {
	_, ada := office(t, "*")
	ada.follow(ada.post("/admin/users/0190-BEN/groups/roles/grant", "role", "contributor", "organisation", "", "environment", "")).
		want(t, 200, "Granted by", "Ada Demo")
}
