package rest

import "example.org/hub/internal/hub"

func (a *API) sessionRoutes() []Route {
	const path = "/users/{user}/sessions"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.sessions)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: ofUser(a.deleteSessions)},
		{Method: "DELETE", Path: path + "/{session}", Need: Bearer, Handle: a.deleteSession},
	}
}

// sessionJSON is a browser in which a user is signed in.
type sessionJSON struct {
	Type           string   `json:"type"`
	ID             string   `json:"id"`
	Address        string   `json:"address"`
	UserAgent      string   `json:"userAgent"`
	Remembered     bool     `json:"remembered"`
	Methods        []string `json:"methods"` // RFC 8176: pwd, otp, mfa
	CreationTime   int64    `json:"creationTime"`
	SignInTime     int64    `json:"signInTime"`
	LastAccessTime int64    `json:"lastAccessTime"`
	ExpiresOn      int64    `json:"expiresOn"`
}

func sessionView(s hub.Session) sessionJSON {
	return sessionJSON{
		Type: "session", ID: s.ID, Address: s.Address, UserAgent: s.Agent,
		Remembered: s.Remembered, Methods: emptyNotNull(s.Methods),
		CreationTime: s.CreatedAt.UnixMilli(), SignInTime: s.SignedInAt.UnixMilli(),
		LastAccessTime: s.LastSeenAt.UnixMilli(), ExpiresOn: s.ExpiresAt.UnixMilli(),
	}
}

func (a *API) sessions(c *call, userID string) (any, error) {
	sessions, err := a.Credentials.Sessions(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "sessions", sessions, sessionView)
}

// deleteSessions signs a user out everywhere.
func (a *API) deleteSessions(c *call, userID string) (any, error) {
	ended, err := a.Credentials.DeleteSessions(c.Context(), c.actor, userID, "")
	return deletedJSON{ended}, err
}

func (a *API) deleteSession(c *call) (any, error) {
	return c.ended("session", func(userID, id string) error {
		return a.Credentials.DeleteSession(c.Context(), c.actor, userID, id)
	})
}
