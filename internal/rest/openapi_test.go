package rest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.org/hub/api"
)

var update = flag.Bool("update", false, "write api/openapi.json anew")

// undescribed are the routes that the document does not describe yet. A route that is in neither fails the test, and so does
// one that is in both.
func undescribed() []string { return nil }

func loaded(t testing.TB) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(filepath.Join("..", "..", "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestTheDocumentIsValidOpenAPI(t *testing.T) {
	document := loaded(t)
	if err := document.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Error(err)
	}
	if document.OpenAPI != "3.1.0" {
		t.Errorf("it is of OpenAPI %s", document.OpenAPI)
	}
	operations := map[string]string{}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			place := method + " " + path
			if other := operations[operation.OperationID]; other != "" || operation.OperationID == "" || operation.Summary == "" || len(operation.Tags) == 0 {
				t.Errorf("%s: the operation %q has no name, summary or tag, or the name of %s", place, operation.OperationID, other)
			}
			operations[operation.OperationID] = place
		}
	}
}

// TestBothFormsOfTheDocumentAreOne writes openapi.json with -update.
func TestBothFormsOfTheDocumentAreOne(t *testing.T) {
	text, err := loaded(t).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		var tidy bytes.Buffer
		if err := json.Indent(&tidy, text, "", ""); err != nil {
			t.Fatal(err)
		}
		tidy.WriteByte('\n')
		if err := os.WriteFile("../../api/openapi.json", tidy.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	var written, kept any
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(api.JSON, &kept); err != nil || !reflect.DeepEqual(written, kept) {
		t.Errorf("api/openapi.json is not what api/openapi.yaml says: run make generate (%v)", err)
	}
}

func TestTheDocumentIsServedWithTheBaseURLOfTheEnvironment(t *testing.T) {
	d := newHub(t)
	answer := d.want(http.StatusOK, "", "GET", "/openapi.json", nil)
	if url := answer.json["servers"].([]any)[0].(map[string]any)["url"]; url != issuer {
		t.Errorf("the server is %v", url)
	}
}

// TestEveryRouteIsDescribedAndTheReverse holds the table of routes and the document against each other.
func TestEveryRouteIsDescribedAndTheReverse(t *testing.T) {
	described := map[string]bool{}
	for path, item := range loaded(t).Paths.Map() {
		below, ours := strings.CutPrefix(path, "/api/rest")
		if !ours || strings.HasPrefix(below, "/oauth2/") {
			continue // of other rooms: test/matrix asks there
		}
		for method := range item.Operations() {
			described[method+" "+below] = true
		}
	}
	for _, route := range newHub(t).api.Routes() {
		place := route.Method + " " + route.Path
		switch known := slices.Contains(undescribed(), place); {
		case described[place] == known && known:
			t.Errorf("%s is described, and listed as not described", place)
		case !described[place] && !known:
			t.Errorf("%s is not described", place)
		}
		delete(described, place)
	}
	for place := range described {
		t.Errorf("%s is described, and there is no such route", place)
	}
}

// description is the document in the form in which answers are held against it: what it does not name must not be answered.
type description struct {
	whole *openapi3.T
	cut   *openapi3.T // nothing is required: what ?fields= leaves
}

// describe reads the document once for all tests.
var describe = sync.OnceValues(func() (*description, error) {
	d := &description{}
	for _, one := range []struct {
		into  **openapi3.T
		loose bool
	}{{&d.whole, false}, {&d.cut, true}} {
		var text map[string]any
		if err := json.Unmarshal(api.JSON, &text); err != nil {
			return nil, err
		}
		for _, schema := range text["components"].(map[string]any)["schemas"].(map[string]any) {
			closed(schema.(map[string]any), one.loose)
		}
		strict, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		if *one.into, err = openapi3.NewLoader().LoadFromData(strict); err != nil {
			return nil, err
		}
	}
	return d, nil
})

// closed makes an object that says nothing of further names take none.
func closed(schema map[string]any, loose bool) {
	if _, said := schema["additionalProperties"]; !said && schema["type"] == "object" {
		schema["additionalProperties"] = false
	}
	if loose {
		delete(schema, "required")
	}
}

// check holds an answer against what the document says of its route.
func (d *desk) check(request *http.Request, answer *httptest.ResponseRecorder) {
	d.Helper()
	document, err := describe()
	if err != nil {
		d.Fatal(err)
	}
	which := document.whole
	if request.URL.Query().Has("fields") && answer.Code < http.StatusBadRequest {
		which = document.cut
	}
	var content openapi3.Content
	operation := operationOf(which, request)
	switch {
	case operation != nil:
		said := operation.Responses.Status(answer.Code)
		if said == nil {
			said = operation.Responses.Default()
		}
		if answer.Code < http.StatusBadRequest && said == operation.Responses.Default() {
			d.Errorf("%s %s: the document knows no answer %d", request.Method, request.URL.Path, answer.Code)
			return
		}
		content = said.Value.Content
	case answer.Code >= http.StatusBadRequest: // there is nothing at the address, or another method: that is refused in the one form too
		content = which.Components.Responses["Error"].Value.Content
	default:
		return // a route that TestEveryRouteIsDescribedAndTheReverse tells of
	}
	media, _, _ := strings.Cut(answer.Header().Get("Content-Type"), ";")
	form := content[media]
	if form == nil {
		d.Errorf("%s %s: %d in %s, and the document knows no such form", request.Method, request.URL.Path, answer.Code, media)
		return
	}
	if media != "application/json" {
		return
	}
	var value any
	d.must(json.Unmarshal(answer.Body.Bytes(), &value))
	if err := form.Schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
		d.Errorf("%s %s: the answer is not what the document says: %v\n%s", request.Method, request.URL.Path, err, answer.Body)
	}
}

func TestAnAnswerThatIsNotDescribedIsNoticed(t *testing.T) {
	document, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		value any
		fits  bool
		cut   bool
	}{
		"another name":          {values{"id": "1", "secret": "S", "odd": "O"}, false, false},
		"one is missing":        {values{"id": "1"}, false, false},
		"another type":          {values{"id": 1, "secret": "S"}, false, false},
		"whole":                 {values{"id": "1", "secret": "S"}, true, false},
		"cut":                   {values{"id": "1"}, true, true},
		"cut, and another name": {values{"id": "1", "odd": "O"}, false, true},
	} {
		which := document.whole
		if tc.cut {
			which = document.cut
		}
		var value any
		text, err := json.Marshal(tc.value)
		if err == nil {
			err = json.Unmarshal(text, &value)
		}
		if err != nil {
			t.Fatal(err)
		}
		err = which.Components.Schemas["FreshSecret"].Value.VisitJSON(value, openapi3.EnableJSONSchema2020())
		if (err == nil) != tc.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// operationOf finds what a request asks for: of several paths that fit, the one with the fewest {places}.
func operationOf(document *openapi3.T, request *http.Request) *openapi3.Operation {
	var found *openapi3.Operation
	fewest := -1
	given := strings.Split(request.URL.Path, "/")
	for path, item := range document.Paths.Map() {
		wanted, places := strings.Split(path, "/"), 0
		fits := len(wanted) == len(given)
		for i := 0; fits && i < len(wanted); i++ {
			place := strings.HasPrefix(wanted[i], "{")
			if place {
				places++
			}
			fits = place || strings.EqualFold(wanted[i], given[i])
		}
		operation := item.GetOperation(request.Method)
		if fits && operation != nil && (fewest < 0 || places < fewest) {
			found, fewest = operation, places
		}
	}
	return found
}
