package server

import (
	"encoding/json"
	"net/http"

	"example.org/hub/internal/fault"
)

// errorID is the header that every refusal carries, from whatever room.
const errorID = "Hub-Error-Id"

// answer is the writer that handlers get. It knows whether something was written, and gives a refusal an id when its
// handler gave it none.
type answer struct {
	http.ResponseWriter
	wrote bool
}

func (a *answer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.wrote = true
	}
	if status >= http.StatusBadRequest {
		if header := a.Header(); header.Get(errorID) == "" {
			header.Set(errorID, fault.NewID())
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(body []byte) (int, error) {
	a.wrote = true
	return a.ResponseWriter.Write(body)
}

// Flush sends what was written so far.
func (a *answer) Flush() {
	a.wrote = true
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// refusal is the body of what the edge refuses by itself, in the form of an OAuth error.
type refusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	ID          string `json:"error_id"`
}

// refuse answers for the edge. Description says what is wrong and what to do, and nothing about the hub inside.
func refuse(w http.ResponseWriter, status int, code, description string) {
	header := w.Header()
	id := header.Get(errorID)
	if id == "" {
		id = fault.NewID()
		header.Set(errorID, id)
	}
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	body, _ := json.Marshal(refusal{Error: code, Description: description, ID: id}) // three strings always marshal
	_, _ = w.Write(append(body, '\n'))                                              // a client that left is no trouble of ours
}
