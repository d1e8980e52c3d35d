package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.org/hub/internal/fault"
)

// homePage is where people start.
type homePage struct {
	frame
	Services []Service
}

func (p *Pages) home(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	services, err := p.Services(v.Context(), v.Visit)
	if err != nil {
		return err
	}
	page := &homePage{Services: services}
	page.Title = v.plain("nav.home")
	return p.show(v, "home", page)
}

// NotFound answers paths that nothing is at: people with a page, programs with a small body.
func (p *Pages) NotFound(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		p.page(func(*visitor) error { return fault.New(fault.NotFound, "there is nothing at this address") })(w, r)
		return
	}
	id := fault.NewID()
	header := w.Header()
	header.Set(errorHeader, id)
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": "not_found", "error_description": "There is nothing at this address.", "error_id": id})
}
