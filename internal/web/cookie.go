package web

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"example.org/hub/internal/hub"
)

// What a browser keeps for a moment, between a form that was sent and the page that answers. Hub keeps nothing of it, so that
// any node may answer. Each is sealed, belongs to one page, and is taken away when that page has read it.
const (
	saidCookie   = "__Host-hub-said"   // what has just been done
	keptCookie   = "__Host-hub-kept"   // a form that waits for a sign-in
	ticketCookie = "__Host-hub-ticket" // a secret that is shown once
)

const (
	moments     = 5 * time.Minute
	mostKept    = 3800           // bytes of a cookie, name and all, that every browser takes
	mostUnfold  = 4 * maxOwnForm // what is written once more as a form, and as JSON, is longer than it was
	keptMinutes = 15
)

// slip is the text of such a cookie.
type slip struct {
	Path string    `json:"p"` // the page that may read it
	Ends time.Time `json:"e"`
	Text []string  `json:"t"`
}

// hand gives a browser a slip for one page. False: it is more than a cookie holds.
func (p *Pages) hand(v *visitor, name, path string, lasts time.Duration, text ...string) bool {
	plain, err := json.Marshal(slip{Path: path, Ends: hub.Now().Add(lasts), Text: text})
	if err != nil {
		return false
	}
	sealed := base64.RawURLEncoding.EncodeToString(p.Master.Seal(p.purpose(v, name), folded(plain)))
	if len(name)+len(sealed) > mostKept {
		return false
	}
	http.SetCookie(v.out, &http.Cookie{
		Name: name, Value: sealed, Path: "/", MaxAge: int(lasts / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return true
}

// take reads what was handed to a browser for this page, which is taken away when the page is drawn; nil if there is nothing.
func (p *Pages) take(v *visitor, name, path string) []string {
	cookie, err := v.Cookie(name)
	if err != nil {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	small, err := p.Master.Open(p.purpose(v, name), sealed)
	if err != nil {
		return nil
	}
	plain, err := unfolded(small)
	if err != nil {
		return nil
	}
	var found slip
	if json.Unmarshal(plain, &found) != nil || found.Path != path || hub.Now().After(found.Ends) {
		return nil
	}
	v.taken = append(v.taken, name)
	return found.Text
}

// given takes what the page at hand has read away from the browser. A page that could not be drawn has read nothing, and of one that
// was asked for by HEAD nobody sees anything.
func (v *visitor) given() {
	if v.Method == http.MethodHead {
		return
	}
	for _, name := range v.taken {
		http.SetCookie(v.out, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	v.taken = nil
}

// folded makes a text small.
func folded(text []byte) []byte {
	var small bytes.Buffer
	deflate, err := flate.NewWriter(&small, flate.BestCompression)
	if err != nil {
		return nil // there is such a level
	}
	_, _ = deflate.Write(text) // into memory: it does not fail
	_ = deflate.Close()
	return small.Bytes()
}

// unfolded is a text that was folded.
func unfolded(small []byte) ([]byte, error) {
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(small)), mostUnfold))
}

// purpose binds a slip to its kind; a secret to the session in which it was made, too. A form waits for whoever signs in again
// in this browser, and a remark may outlive the session that it tells of.
func (p *Pages) purpose(v *visitor, name string) string {
	purpose := "page/" + name
	if name == ticketCookie {
		purpose += "/" + v.Session.ID
	}
	return purpose
}
