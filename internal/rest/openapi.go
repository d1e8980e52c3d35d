package rest

import (
	"bytes"
	"io"

	"example.org/hub/api"
)

func (a *API) openAPIRoutes() []Route {
	return []Route{{Method: "GET", Path: "/openapi.json", Need: Anyone, Handle: a.openAPI}}
}

// describedServer is the base URL in the document as it is written; the one that is served names its own.
const describedServer = "https://localhost:8443\""

// openAPI answers with the description of this API, for the environment that is asked.
func (a *API) openAPI(*call) (any, error) {
	text, err := api.JSON()
	if err != nil {
		return nil, err
	}
	return &document{contentType: "application/json", write: func(to io.Writer) error {
		_, err := to.Write(bytes.Replace(text, []byte(describedServer), []byte(a.Server.Issuer+"\""), 1))
		return err
	}}, nil
}
