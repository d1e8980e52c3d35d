package oauthhttp

import (
	"net/http"
	"strconv"
	"time"

	"example.org/hub/oauth"
)

// The values of headers that every answer has, kept as the slices the header map wants, so that setting them costs nothing.
var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
	noCache  = []string{"no-cache"}
	cached   = []string{"public, max-age=" + strconv.Itoa(int(CacheTime/time.Second))}
	anywhere = []string{"*"}
)

// CacheTime is how long anybody may keep the key set and the metadata. A new signing key is to be published for twice as long
// before it signs.
const CacheTime = 5 * time.Minute

// WriteJSON writes an answer that nobody may keep (RFC 6749 section 5.1).
func WriteJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header()["Pragma"] = noCache
	writeUnkept(w, status, body)
}

// writeUnkept is WriteJSON without what only caches of HTTP/1.0 read: for the answer that machines ask for all day. The bytes are
// free again when it returns.
func writeUnkept(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Cache-Control"] = noStore
	setLength(header, body)
	w.WriteHeader(status)
	w.Write(body) // the client is gone if this fails; there is nobody to tell
}

// setLength tells the length of an answer that net/http would send in chunks; that of a shorter one it finds out itself, for less.
func setLength(header http.Header, body []byte) {
	const chunk = 2 << 10
	if len(body) > chunk {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
}

// WriteToken writes a successful answer of the token endpoint (RFC 6749 section 5.1), with or without its scope.
func WriteToken(w http.ResponseWriter, response *oauth.TokenResponse, withScope bool) {
	body := make([]byte, 0, len(response.AccessToken)+len(response.Scope)+96)
	body = append(body, `{"access_token":"`...)
	body = append(body, response.AccessToken...) // base64url and dots, or base62: nothing to escape
	body = append(body, `","token_type":"`...)
	body = append(body, response.TokenType...)
	body = append(body, `","expires_in":`...)
	body = strconv.AppendInt(body, int64(response.ExpiresIn/time.Second), 10)
	if response.RefreshToken != "" {
		body = oauth.AppendString(append(body, `,"refresh_token":`...), response.RefreshToken)
	}
	if response.IDToken != "" {
		body = oauth.AppendString(append(body, `,"id_token":`...), response.IDToken)
	}
	if withScope {
		body = append(body, `,"scope":`...)
		body = oauth.AppendString(body, response.Scope)
	}
	WriteJSON(w, http.StatusOK, append(body, '}'))
}

// writePublic writes a document that everybody may read and keep for CacheTime, from pages of any origin too.
func writePublic(w http.ResponseWriter, body []byte) {
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Cache-Control"] = cached
	header["Access-Control-Allow-Origin"] = anywhere
	setLength(header, body)
	w.Write(body) // the client is gone if this fails; there is nobody to tell
}
