package credential

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
)

// Sessions lists the browsers in which a user is signed in, oldest first: the own ones, or by hub:user-update or hub:admin-read
// those of others. Sessions are of both environments, as people are. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) Sessions(ctx context.Context, actor hub.Actor, userID string) ([]hub.Session, error) {
	return read(ctx, cs, actor, userID, func(r *reading) ([]hub.Session, error) {
		sessions, err := r.SessionsOfUser(ctx, userID)
		shown := slices.DeleteFunc(sessions, func(s hub.Session) bool { return s.Half() || !s.Live(r.now) })
		for i := range shown {
			shown[i].Digest = nil
		}
		return shown, err
	})
}

// Opened lists the services to which a user signed in with each session, the latest first, to who may see the sessions. What was
// opened within the last minute may not be there yet. Errors: those of Sessions.
func (cs *Credentials) Opened(ctx context.Context, actor hub.Actor, userID string) ([]hub.Opened, error) {
	return read(ctx, cs, actor, userID, func(r *reading) ([]hub.Opened, error) { return r.OpenedByUser(ctx, userID) })
}

// DeleteSession signs a user out in one browser, by hub:self-update, or hub:user-update for someone else's. What services were
// given in it lives on: see DeleteRefreshToken. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteSession(ctx context.Context, actor hub.Actor, userID, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		if err := c.ofBoth(userID); err != nil {
			return err
		}
		session, err := c.Session(ctx, id)
		if err := theirs(err, session.UserID == userID, "session", id); err != nil {
			return err
		}
		return c.endSession(session)
	})
}

// DeleteSessions signs a user out everywhere but in one browser ("": in all), and gives how many there were. Errors:
// fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteSessions(ctx context.Context, actor hub.Actor, userID, keep string) (int, error) {
	ended := 0
	err := cs.do(ctx, actor, func(c *change) error {
		ended = 0
		if err := c.ofBoth(userID); err != nil {
			return err
		}
		sessions, err := c.SessionsOfUser(ctx, userID)
		for _, session := range sessions {
			if err == nil && session.ID != keep {
				err = c.endSession(session)
				ended++
			}
		}
		return err
	})
	return ended, err
}

func (c *change) endSession(session hub.Session) error {
	if err := c.DeleteSession(c.ctx, session.ID); err != nil || session.Half() {
		return err
	}
	return c.told("", "session.end", "user", c.owner.ID, c.owner.Login, map[string]any{"session": session.ID})
}
