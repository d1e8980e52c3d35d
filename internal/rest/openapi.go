package rest

import (
	"io"

	"example.org/hub/api"
)

func (a *API) openAPIRoutes() []Route {
	return []Route{{Method: "GET", Path: "/openapi.json", Need: Anyone, Handle: a.openAPI}}
}

// openAPI answers with the description of this API, for the environment that is asked.
func (a *API) openAPI(*call) (any, error) {
	return &document{contentType: "application/json", write: func(to io.Writer) error { return api.Write(to, a.Server.Issuer) }}, nil
}
