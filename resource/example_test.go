package resource_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"example.org/hub/resource"
)

// An API that anybody with a token for it may read, and only holders of a permission may change.
func Example() {
	hub := newIssuer(nil) // stands for https://hub.example.com
	server := httptest.NewServer(hub)
	defer server.Close()
	hub.url = server.URL

	verifier, err := resource.New(resource.Options{Issuer: hub.url, Audience: "payments"})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/payments", func(w http.ResponseWriter, r *http.Request) {
		token, _ := resource.FromContext(r.Context())
		_ = json.NewEncoder(w).Encode(map[string]string{"reader": token.Subject})
	})
	mux.Handle("POST /v1/payments", verifier.Require("payments:create")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"link_id": "1"})
	})))
	api := httptest.NewServer(verifier.Middleware(mux))
	defer api.Close()

	for _, try := range []struct{ method, token string }{
		{http.MethodGet, ""},
		{http.MethodGet, hub.token(map[string]any{"entitlements": []string{}})},
		{http.MethodPost, hub.token(map[string]any{"entitlements": []string{}})},
		{http.MethodPost, hub.token(nil)},
	} {
		request, err := http.NewRequest(try.method, api.URL+"/v1/payments", nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		if try.token != "" {
			request.Header.Set("Authorization", "Bearer "+try.token)
		}
		response, err := api.Client().Do(request)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = response.Body.Close()
		fmt.Println(try.method, response.Status)
	}
	// Output:
	// GET 401 Unauthorized
	// GET 200 OK
	// POST 403 Forbidden
	// POST 200 OK
}
