package oauthhttp

import (
	"net/http"
	"net/netip"

	"example.org/hub/oauth"
)

// introspect is the introspection endpoint (RFC 7662).
func (h *Handler) introspect(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "introspect")
	request, err := readIntrospection(r, origin)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	answer, err := h.Server.Introspect(r.Context(), request)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	buffer, is := h.buffers.Get().(*[]byte)
	if !is {
		buffer = new([]byte)
	}
	*buffer = appendIntrospection((*buffer)[:0], answer)
	writeUnkept(w, http.StatusOK, *buffer)
	if cap(*buffer) <= maxBuffer {
		h.buffers.Put(buffer)
	}
}

// maxBuffer bounds what is kept for the next answer, in bytes.
const maxBuffer = 4 << 10

func readIntrospection(r *http.Request, origin oauth.Origin) (*oauth.IntrospectionRequest, error) {
	form, auth, err := readAuthenticated(r)
	if err != nil {
		return nil, err
	}
	request := &oauth.IntrospectionRequest{Origin: origin, Auth: auth, Token: form.Get("token")}
	if text := form.Get("client_address"); text != "" {
		if request.ClientAddress, err = netip.ParseAddr(text); err != nil {
			return nil, invalid("client_address is not an IP address")
		}
	}
	return request, nil
}

// appendIntrospection writes the answer by hand: it is what online resource servers ask for with every request.
func appendIntrospection(b []byte, answer *oauth.Introspection) []byte {
	if !answer.Active {
		return append(b, `{"active":false}`...)
	}
	token := answer.Token
	b = append(b, `{"active":true,"iss":`...)
	b = oauth.AppendString(b, answer.Issuer)
	b = oauth.AppendString(append(b, `,"sub":`...), token.Subject)
	b = oauth.AppendString(append(b, `,"username":`...), answer.Username)
	if token.ClientID != "" {
		b = oauth.AppendString(append(b, `,"client_id":`...), token.ClientID)
	}
	b = oauth.AppendStrings(append(b, `,"aud":`...), token.Audience)
	b = oauth.AppendString(append(b, `,"scope":`...), token.Scope)
	b = oauth.AppendStrings(append(b, `,"permissions":`...), answer.Permissions)
	b = oauth.AppendString(append(b, `,"token_type":`...), answer.TokenType)
	b = oauth.AppendTime(b, `,"iat":`, token.IssuedAt)
	b = oauth.AppendTime(b, `,"exp":`, token.ExpiresAt)
	b = oauth.AppendTime(b, `,"auth_time":`, token.AuthTime)
	b = oauth.AppendString(append(b, `,"jti":`...), token.ID)
	b = oauth.AppendString(append(b, `,"env":`...), answer.Environment)
	if token.Restricted {
		b = append(b, `,"ip_restricted":true`...)
	}
	return append(b, '}')
}
