package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/oauth"
)

func TestTheAuditLogIsAskedByQueryNewestFirst(t *testing.T) {
	d := newHub(t)
	ada, adasBearer := d.person("ada")
	d.want(http.StatusOK, d.root, "POST", "/users/"+ada, values{"name": "Ada Demo"})
	d.want(http.StatusOK, d.root, "POST", "/users/"+ada, values{"banned": true, "banReason": "for a test"})
	d.want(http.StatusOK, d.root, "POST", "/users/"+ada, values{"banned": false})
	root := d.want(http.StatusOK, d.root, "GET", "/users/me", nil).at("id").(string)
	page := d.want(http.StatusOK, d.root, "GET", "/events?query=author:+"+root+"+and+action:+user.*&$top=2", nil)
	if got := page.names("events", "action"); len(got) != 2 || page.at("next") == nil {
		t.Fatalf("%s", page.text)
	}
	newest := page.at("events").([]any)[0].(map[string]any)
	for name, want := range map[string]any{"type": "event", "door": "rest", "result": "success"} {
		if newest[name] != want {
			t.Errorf("%s is %v", name, newest[name])
		}
	}
	if target := newest["target"].(map[string]any); target["id"] != ada || target["type"] != "user" {
		t.Errorf("target %v", target)
	}
	one := d.want(http.StatusOK, d.root, "GET", "/events/"+newest["id"].(string), nil)
	if one.at("action") != newest["action"] || one.at("author", "id") != root || one.at("credential") == nil {
		t.Errorf("%s", one.text)
	}
	day := time.Now().UTC().Format(time.DateOnly)
	for query, some := range map[string]bool{
		"target:+" + ada: true, "kind:+user": true, "kind:+service+and+target:+" + ada: false, "door:+rest": true, "door:+page": false,
		"result:+success": true, "result:+refused": false, "after:+" + day: true, "before:+" + day: false, "after:+2999-01-01": false,
		"credential:+" + newest["credential"].(string): true, "credential:+nobodys": false,
	} {
		if found := d.want(http.StatusOK, d.root, "GET", "/events?query="+query, nil); (len(found.names("events", "id")) > 0) != some {
			t.Errorf("%s: %s", query, found.text)
		}
	}
	d.want(http.StatusBadRequest, d.root, "GET", "/events?query=password:+x", nil)
	d.want(http.StatusNotFound, d.root, "GET", "/events/nobodys", nil)

	own := d.want(http.StatusOK, adasBearer, "GET", "/events?$top=-1", nil)
	for _, event := range own.json["events"].([]any) {
		event := event.(map[string]any)
		details, _ := event["details"].(map[string]any)
		if event["target"].(map[string]any)["id"] != ada && event["author"].(map[string]any)["id"] != ada && details["user"] != ada {
			t.Errorf("ada sees %v", event)
		}
	}
	if !slices.Contains(own.names("events", "action"), newest["action"].(string)) {
		t.Errorf("ada does not see what was done to her: %s", own.text)
	}
}

func TestTheExportOfTheAuditLogIsVerifiedWithoutAServer(t *testing.T) {
	d := newHub(t)
	_, bearer := d.person("ada")
	d.want(http.StatusForbidden, bearer, "GET", "/events/export", nil)
	d.want(http.StatusForbidden, d.token(d.want(http.StatusOK, d.root, "GET", "/users/me", nil).at("id").(string), "Hub"),
		"GET", "/events/export", nil)
	export := d.want(http.StatusOK, d.root, "GET", "/events/export", nil)
	report, err := audit.VerifyFile("audit.jsonl", strings.NewReader(export.text))
	if err != nil || !report.Holds() || report.Events == 0 {
		t.Errorf("%v %v", report, err)
	}
	if !strings.Contains(export.header.Get("Content-Disposition"), "audit.jsonl") {
		t.Errorf("%v", export.header)
	}
}

// refused sends a person to a service with a redirect URI that it has not, and gives the error id.
func (d *desk) refused(serviceID, redirectURI string) string {
	d.Helper()
	answer := d.api.Server.Authorize(d.Context(), &oauth.AuthorizeRequest{
		Origin:     oauth.Origin{Door: "authorize", Address: address},
		Parameters: oauth.Parameters{"client_id": {serviceID}, "redirect_uri": {redirectURI}, "response_type": {"code"}},
	})
	if answer.Problem == nil {
		d.Fatalf("it was not refused: %+v", answer)
	}
	return answer.Problem.ID
}

func TestARefusalIsExplainedToWhoMayChangeTheService(t *testing.T) {
	d := newHub(t)
	service := d.want(http.StatusOK, d.root, "POST", "/services", values{"name": "Wiki", "redirectUris": []string{"https://wiki.example.test/cb"}})
	id := service.at("id").(string)
	_, keeper := d.person("keeper", "hub:service-read", "hub:service-update")
	_, reader := d.person("reader", "hub:service-read")
	refused := d.refused(id, "https://wiki.example.test/cb/")
	told := d.want(http.StatusOK, keeper, "GET", "/explain/"+refused, nil)
	if told.at("client", "id") != id || told.at("expected") != "https://wiki.example.test/cb" ||
		!strings.Contains(told.at("difference").(string), "a slash at the end of the path") ||
		told.at("setting", "page") != issuer+"/admin/services/"+id || !strings.Contains(told.at("setting", "hubYaml").(string), "redirectUris") ||
		told.at("setting", "rest") != "POST /services/"+id+" redirectUris" {
		t.Errorf("%s", told.text)
	}
	d.want(http.StatusNotFound, reader, "GET", "/explain/"+refused, nil)
	d.want(http.StatusNotFound, keeper, "GET", "/explain/aaaaaaaaaaaaaaaa", nil)
	d.want(http.StatusUnauthorized, "", "GET", "/explain/"+refused, nil)

	d.must(d.api.Provider.FlushRefusals(t.Context()))
	list := d.want(http.StatusOK, keeper, "GET", "/services/"+id+"/refusals", nil)
	if got := list.names("refusals", "id"); !slices.Equal(got, []string{refused}) {
		t.Errorf("%s", list.text)
	}
	d.want(http.StatusForbidden, reader, "GET", "/services/"+id+"/refusals", nil)
}
