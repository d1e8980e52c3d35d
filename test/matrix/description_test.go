package matrix_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.org/hub/api"
	"example.org/hub/test/blackbox"
)

// TestWhatIsDescribedBesideRESTIsThere asks the program for every address of the description that is not one of the REST
// resources, whose own tests hold each answer against it.
func TestWhatIsDescribedBesideRESTIsThere(t *testing.T) {
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	text, err := api.JSON()
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	hub := blackbox.Serve(t, "", "--registration", "open")
	asked := 0
	for path, item := range document.Paths {
		if strings.HasPrefix(path, "/api/rest/") && !strings.HasPrefix(path, "/api/rest/oauth2/") {
			continue
		}
		for method := range item {
			if method == "parameters" {
				continue
			}
			asked++
			answer := hub.Do(t, strings.ToUpper(method), strings.ReplaceAll(path, "{client}", "nobody"), "",
				blackbox.Header("Content-Type", "application/json"))
			if answer.Text("error") == "not_found" || answer.Status == http.StatusMethodNotAllowed ||
				answer.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s is described, and answers %d: %s", strings.ToUpper(method), path, answer.Status, answer.Body)
			}
		}
	}
	if asked < 30 {
		t.Errorf("%d addresses were asked", asked)
	}
}
