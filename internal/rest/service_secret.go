package rest

import (
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// secretJSON is what can be told of a secret that was shown once.
type secretJSON struct {
	ID             string `json:"id"`
	Hint           string `json:"hint"` // its last four characters
	CreationTime   int64  `json:"creationTime"`
	ExpiresOn      int64  `json:"expiresOn,omitempty"`
	LastAccessTime int64  `json:"lastAccessTime,omitempty"`
	Suspended      bool   `json:"suspended,omitempty"`
}

func secretView(one hub.Secret) secretJSON {
	return secretJSON{ID: one.ID, Hint: one.Hint, CreationTime: one.CreatedAt.UnixMilli(), ExpiresOn: epoch(one.ExpiresAt),
		LastAccessTime: epoch(one.LastUsedAt), Suspended: one.Suspended}
}

// epoch is a time in milliseconds; none is 0, which is left out.
func epoch(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// serviceSecrets lists the secrets of a service, oldest first: while one is being changed there are two, and the time when
// the old one was used last says whether it can go.
func (a *API) serviceSecrets(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	if !seen.Whole {
		return nil, c.actor.Require("service-read", seen.Organisation)
	}
	return whole(a, c, "secrets", seen.Secrets, secretView)
}

// rotateServiceSecret makes a new secret and shows it this once. {"overlap": "24h"} keeps the old one alive so long.
func (a *API) rotateServiceSecret(c *call, in object) (any, error) {
	overlap, err := readOverlap(in)
	if err != nil {
		return nil, err
	}
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	fresh, err := a.Credentials.RotateServiceSecret(c.Context(), c.actor, a.Environment, seen.ID, overlap)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": seen.ID, "secret": fresh.Reveal()}, nil
}

// readOverlap reads for how long an old secret is to be taken beside the new one; it is not, unless somebody says so.
func readOverlap(in object) (time.Duration, error) {
	var text string
	in.text("overlap", &text)
	if err := in.wrong(); err != nil || text == "" {
		return 0, err
	}
	overlap, err := time.ParseDuration(text)
	if err != nil {
		return 0, &fault.Error{Kind: fault.Invalid, Message: "overlap must be a time such as 24h or 30m",
			Fields: []fault.Field{{Name: "overlap", Reason: "must be a time such as 24h or 30m"}}}
	}
	return overlap, nil
}

func (a *API) deleteServiceSecret(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Credentials.DeleteServiceSecret(c.Context(), c.actor, a.Environment, seen.ID, c.place("secret"))
}
