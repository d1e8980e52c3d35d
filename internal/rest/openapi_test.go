package rest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.org/hub/api"
)

var update = flag.Bool("update", false, "write api/openapi.json.gz anew")

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
			if other := operations[operation.OperationID]; other != "" || operation.OperationID == "" ||
				operation.Summary == "" || len(operation.Tags) == 0 {
				t.Errorf("%s: the operation %q has no name, summary or tag, or the name of %s", place, operation.OperationID, other)
			}
			operations[operation.OperationID] = place
		}
	}
}

// TestGeneratorsFindANameForEachThing: those that make clients of the document put all components, and what a property of one
// holds, into one space of names, and take 32 bits for a number that does not say more.
func TestGeneratorsFindANameForEachThing(t *testing.T) {
	components := loaded(t).Components
	taken := map[string]string{}
	take := func(kind, name string) {
		exported := strings.ToUpper(name[:1]) + name[1:]
		if other := taken[exported]; other != "" {
			t.Errorf("%s %s has the name of one of the %s", kind, name, other)
		}
		taken[exported] = kind
	}
	for name := range components.Schemas {
		take("schemas", name)
	}
	for name := range components.Parameters {
		take("parameters", name)
	}
	for name := range components.Responses {
		take("responses", name)
	}
	for name, schema := range components.Schemas {
		for key, property := range schema.Value.Properties {
			if inner := name + strings.ToUpper(key[:1]) + key[1:]; taken[inner] != "" && property.Ref != "#/components/schemas/"+inner {
				t.Errorf("%s of %s is no %s", key, name, inner)
			}
			if strings.HasSuffix(key, "Time") && property.Value.Type.Is("integer") && property.Value.Format != "int64" {
				t.Errorf("%s of %s has more than 32 bits", key, name)
			}
		}
	}
}

// TestEveryAnswerThatTellsSomethingHasAnExample ranges over all doors; that examples fit, the validation above holds.
func TestEveryAnswerThatTellsSomethingHasAnExample(t *testing.T) {
	for path, item := range loaded(t).Paths.Map() {
		for method, operation := range item.Operations() {
			answer := operation.Responses.Status(http.StatusOK)
			if answer == nil || answer.Value == nil || path == "/api/rest/openapi.json" {
				continue
			}
			form := answer.Value.Content["application/json"]
			if form != nil && form.Example == nil && form.Schema.Ref != "#/components/schemas/Nothing" {
				t.Errorf("%s %s answers without an example", method, path)
			}
		}
	}
}

// TestBothFormsOfTheDocumentAreOne writes openapi.json.gz with -update.
func TestBothFormsOfTheDocumentAreOne(t *testing.T) {
	text, err := loaded(t).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		var packed bytes.Buffer
		packer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		_, failed := packer.Write(text)
		if err := errors.Join(failed, packer.Close(), os.WriteFile("../../api/openapi.json.gz", packed.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	carried, err := api.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var written, kept any
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(carried, &kept); err != nil || !reflect.DeepEqual(written, kept) {
		t.Errorf("api/openapi.json.gz is not what api/openapi.yaml says: run make generate (%v)", err)
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
