package described

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.org/hub/api"
)

// Document is the description as it is written.
func Document() (*openapi3.T, error) {
	text, err := api.JSON()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
}

// forms are the document in the forms in which answers are held against it: what it does not name must not be answered.
type forms struct {
	whole *openapi3.T
	cut   *openapi3.T // nothing is required: what ?fields= leaves
}

// read reads the document once for all tests.
var read = sync.OnceValues(func() (*forms, error) {
	d := &forms{}
	carried, err := api.JSON()
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		into  **openapi3.T
		loose bool
	}{{&d.whole, false}, {&d.cut, true}} {
		var text map[string]any
		if err := json.Unmarshal(carried, &text); err != nil {
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

// Answer holds an answer against what the document says of what was asked. Addresses that are not described, such as those of
// pages, are passed over; below /api/rest they must be refused in its one form.
func Answer(t testing.TB, method string, asked *url.URL, status int, header http.Header, body []byte) {
	t.Helper()
	documents, err := read()
	if err != nil {
		t.Fatal(err)
	}
	document := documents.whole
	if asked.Query().Has("fields") && status < http.StatusBadRequest {
		document = documents.cut
	}
	if wrong := compare(document, method, asked.Path, status, header, body); wrong != "" {
		t.Errorf("%s %s: %d is not what api/openapi.yaml says: %s\n%s", method, asked.Path, status, wrong, body)
	}
}

// compare says what is wrong with an answer; empty if nothing is.
func compare(document *openapi3.T, method, path string, status int, header http.Header, body []byte) string {
	said := responseOf(document, method, path, status)
	switch {
	case said == nil:
		return ""
	case said.Value == nil:
		return "the document knows no such answer"
	}
	for name, of := range said.Value.Headers {
		if of.Value.Required && header.Get(name) == "" {
			return "the header " + name + " is missing"
		}
	}
	if len(said.Value.Content) == 0 || method == http.MethodHead {
		return ""
	}
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	form := said.Value.Content[media]
	if form == nil {
		return "the document does not know it in the form " + media
	}
	if media != "application/json" {
		return ""
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err.Error()
	}
	if err := form.Schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
		return err.Error()
	}
	return ""
}

// responseOf finds what the document says of an answer: nil where it does not speak of the address, which package rest and
// test/matrix hold against what there is; an empty reference where it knows no such answer there.
func responseOf(document *openapi3.T, method, path string, status int) *openapi3.ResponseRef {
	refused := status >= http.StatusBadRequest
	item := itemOf(document, method, path)
	if item == nil {
		if refused && isREST(path) {
			return document.Components.Responses["Refused"]
		}
		return nil
	}
	operation := item.GetOperation(method)
	if operation == nil && method == http.MethodHead {
		operation = item.Get
	}
	if operation == nil && refused { // another method: that is refused in the form of the address
		for _, operation = range item.Operations() {
			break
		}
	}
	switch {
	case operation == nil:
		return &openapi3.ResponseRef{}
	case operation.Responses.Status(status) != nil:
		return operation.Responses.Status(status)
	case status == http.StatusNotFound && !isREST(path):
		return nil // of an environment that this hub does not have
	case refused:
		return operation.Responses.Default()
	}
	return &openapi3.ResponseRef{}
}

// isREST reports whether a path is one of the REST resources.
func isREST(path string) bool {
	_, below, found := strings.Cut(path, "/api/rest/")
	return found && !strings.HasPrefix(below, "oauth2/")
}

// itemOf finds the address that is asked for, below any base path that hubs have in tests. Of several that fit, it is the one
// with the fewest {places}; of those, one that has the method.
func itemOf(document *openapi3.T, method, path string) *openapi3.PathItem {
	for {
		var found *openapi3.PathItem
		fewest := -1
		given := strings.Split(path, "/")
		for pattern, item := range document.Paths.Map() {
			places, fits := match(strings.Split(pattern, "/"), given)
			if item.GetOperation(method) == nil {
				places += len(given)
			}
			if fits && (fewest < 0 || places < fewest) {
				found, fewest = item, places
			}
		}
		first := given[min(1, len(given)-1)]
		if found != nil || !slices.Contains([]string{"test", "hub"}, first) {
			return found
		}
		path = strings.TrimPrefix(path, "/"+first)
	}
}

// match counts the {places} of a pattern that a path fits; names stand in any letter case.
func match(wanted, given []string) (places int, fits bool) {
	if len(wanted) != len(given) {
		return 0, false
	}
	for i := range wanted {
		if strings.HasPrefix(wanted[i], "{") {
			places++
		} else if !strings.EqualFold(wanted[i], given[i]) {
			return 0, false
		}
	}
	return places, true
}
