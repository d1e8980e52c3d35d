package credential

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
)

// Sessions lists the browsers in which a user is signed in, oldest first: the own ones, or by hub:user-update or hub:admin-read
// those of others. Sessions are of both environments, as people are. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) Sessions(ctx context.Context, actor hub.Actor, userID string) ([]hub.Session, error) {
	return read(ctx, cs, actor, userID, (*reading).sessions)
}

func (r *reading) sessions() ([]hub.Session, error) {
	sessions, err := r.q.SessionsOfUser(r.ctx, r.owner.ID)
	shown := slices.DeleteFunc(sessions, func(s hub.Session) bool { return s.Half() || !s.Live(r.now) })
	for i := range shown {
		shown[i].Digest = nil
	}
	return shown, err
}

// SignIns are where a user is signed in.
type SignIns struct {
	Sessions []hub.Session // as Sessions gives them
	Opened   []hub.Opened  // the services to which the user signed in with each, the latest first; those of the last minute may not be there yet
}

// SignIns gives the sessions of a user with what was opened by them. Errors: those of Sessions.
func (cs *Credentials) SignIns(ctx context.Context, actor hub.Actor, userID string) (SignIns, error) {
	return read(ctx, cs, actor, userID, func(r *reading) (found SignIns, err error) {
		if found.Sessions, err = r.sessions(); err == nil && len(found.Sessions) > 0 {
			found.Opened, err = r.q.OpenedByUser(r.ctx, r.owner.ID)
		}
		return found, err
	})
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
