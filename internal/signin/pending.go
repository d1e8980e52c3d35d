package signin

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// Pending is what has happened since a service's request sent a browser to these pages: whether a sign-in or an answer is
// one for this very request. It travels with the request, sealed and bound to it, and is good for a quarter of an hour.
type Pending struct {
	AskedAt   time.Time // when the browser was first sent to a page; zero: it was not
	UserID    string    // whose answers the following are
	ChosenAt  time.Time // the user chose to go on with the account that is signed in
	AllowedAt time.Time // the user allowed what the request asks for
	DeniedAt  time.Time // the user refused it
}

// pendingLife is how long a person may take for the pages of one request.
const pendingLife = 15 * time.Minute

// sealedPending is Pending as it travels, in milliseconds.
type sealedPending struct {
	AskedAt   int64  `json:"a"`
	UserID    string `json:"u,omitempty"`
	ChosenAt  int64  `json:"c,omitempty"`
	AllowedAt int64  `json:"y,omitempty"`
	DeniedAt  int64  `json:"n,omitempty"`
}

// SealPending writes what is pending as text for a URL. request is the request it belongs to, in one fixed spelling.
func (d *Desk) SealPending(request string, p Pending) string {
	plain, err := json.Marshal(sealedPending{
		AskedAt: p.AskedAt.UnixMilli(), UserID: p.UserID,
		ChosenAt: orZero(p.ChosenAt), AllowedAt: orZero(p.AllowedAt), DeniedAt: orZero(p.DeniedAt),
	})
	if err != nil {
		return "" // numbers and text: it does not happen
	}
	return base64.RawURLEncoding.EncodeToString(d.Master.Seal("pending/"+request, plain))
}

// OpenPending reads what SealPending wrote for the same request, for the user who is signed in now. What cannot be read,
// belongs to another request or is too old counts for nothing; answers of another user do neither.
func (d *Desk) OpenPending(request, text, userID string) Pending {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Pending{}
	}
	plain, err := d.Master.Open("pending/"+request, sealed)
	if err != nil {
		return Pending{}
	}
	var s sealedPending
	if err := json.Unmarshal(plain, &s); err != nil {
		return Pending{}
	}
	p := Pending{AskedAt: orNever(s.AskedAt)}
	if now := d.Store.Now(); now.Sub(p.AskedAt) > pendingLife || p.AskedAt.Sub(now) > time.Minute*2 {
		return Pending{}
	}
	if s.UserID == userID {
		p.UserID, p.ChosenAt, p.AllowedAt, p.DeniedAt = s.UserID, orNever(s.ChosenAt), orNever(s.AllowedAt), orNever(s.DeniedAt)
	}
	return p
}

func orZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func orNever(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
