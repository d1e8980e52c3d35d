package main

import (
	"crypto/sha256"
	"net/http"
	"strings"
)

// person is the answer of /me: the fields in which hub tells callers who they are.
type person struct {
	Type         string  `json:"type"`
	ID           string  `json:"id"`
	Login        string  `json:"login"`
	Name         string  `json:"name"`
	Guest        bool    `json:"guest"`
	Banned       bool    `json:"banned"`
	Avatar       picture `json:"avatar"`
	Profile      profile `json:"profile"`
	UserType     thing   `json:"userType"`
	CreationTime int64   `json:"creationTime"`
	UpdateTime   int64   `json:"updateTime,omitempty"`
	Agreement    agreed  `json:"endUserAgreementConsent"`
	Roles        []role  `json:"projectRoles"`
}

type picture struct {
	URL        string `json:"url"`
	PictureURL string `json:"pictureUrl"`
}

type profile struct {
	Avatar picture  `json:"avatar"`
	Email  *address `json:"email,omitempty"`
}

type address struct {
	Email    string `json:"email"`
	Verified bool   `json:"verified"`
}

type agreed struct {
	Accepted     bool `json:"accepted"`
	MajorVersion int  `json:"majorVersion"`
	MinorVersion int  `json:"minorVersion"`
}

type thing struct {
	ID string `json:"id"`
}

type role struct {
	Type    string     `json:"type"`
	ID      string     `json:"id"`
	Role    reference  `json:"role"`
	Project reference  `json:"project"`
	Owner   *reference `json:"owner,omitempty"`
}

type reference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Key  string `json:"key,omitempty"`
	Name string `json:"name,omitempty"`
}

// me finds the row of a bearer in memory by its hash, and answers who it is.
func (f *floor) me(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, known := f.rows[sha256.Sum256([]byte(token))]; !bearer || !known {
		http.Error(w, `{"error":"invalid_token"}`, http.StatusUnauthorized)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, f.person)
}
