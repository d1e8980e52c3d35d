package signin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"sort"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// CookieName is the cookie that holds a session. Its prefix makes browsers refuse one that was set by another host, for
// another path or over http.
const CookieName = "__Host-hub-session"

// How long sessions last. A half-finished sign-in has a session too, which opens nothing and ends soon.
const (
	SessionLife    = 12 * time.Hour
	RememberedLife = 30 * 24 * time.Hour
	halfLife       = 15 * time.Minute

	// FreshFor is how long after signing in a session may do what needs a fresh sign-in.
	FreshFor = 15 * time.Minute

	seenEvery       = 5 * time.Minute // how exact LastSeenAt is
	mostSessions    = 50              // per user; beyond it the one unseen for longest ends
	mostAgent       = 256             // bytes of what a browser calls itself
	cookieBytes     = 32
	cookieCharacter = 43 // cookieBytes in base64
)

// Methods of a sign-in (RFC 8176 section 2).
const (
	MethodPassword    = "pwd"
	MethodOTP         = "otp"
	MethodHardwareKey = "hwk"
	MethodSoftwareKey = "swk"
	MethodPresence    = "user"
	MethodMultiple    = "mfa"
)

// newCode makes 256 random bits that can stand in a cookie or a URL.
func newCode() string {
	var random [cookieBytes]byte
	rand.Read(random[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// digest is what is kept of a cookie.
func (d *Desk) digest(cookie secret.Value) []byte {
	return d.Master.Digest("session/" + cookie.Reveal())
}

// find gives the live session of a cookie. Errors: fault.NotFound if there is none.
func (d *Desk) find(ctx context.Context, q store.Reader, cookie secret.Value) (hub.Session, error) {
	if len(cookie) != cookieCharacter {
		return hub.Session{}, fault.New(fault.NotFound, "there is no such session")
	}
	session, err := q.SessionByDigest(ctx, d.digest(cookie))
	if err != nil {
		return hub.Session{}, err
	}
	if !session.Live(d.Store.Now()) {
		return hub.Session{}, fault.New(fault.NotFound, "the session has ended")
	}
	return session, nil
}

// seen notes that a session is in use, at most every few minutes. It reads the session anew, so that it undoes nothing
// another tab has done meanwhile.
func (d *Desk) seen(ctx context.Context, s hub.Session) error {
	if now := d.Store.Now(); now.Sub(s.LastSeenAt) < seenEvery {
		return nil
	}
	err := d.Store.Tx(ctx, func(tx *store.Tx) error {
		current, err := tx.Session(ctx, s.ID)
		if err != nil {
			return err
		}
		current.LastSeenAt = d.Store.Now()
		return tx.UpdateSession(ctx, current)
	})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Unavailable) {
		return nil // it has just ended, or nothing can be written now: neither is worth a refusal
	}
	return err
}

// rise writes a session that has come further, under a new cookie, so that one that was seen or planted before opens
// nothing now. Without an id it is a new one. If SignedInAt is now, its life begins anew.
func (d *Desk) rise(ctx context.Context, tx *store.Tx, s *hub.Session, o Origin, now time.Time) (secret.Value, error) {
	cookie := secret.Value(newCode())
	s.Digest, s.LastSeenAt, s.Address, s.Agent = d.digest(cookie), now, o.Address.Unmap().String(), clip(o.Agent)
	switch {
	case s.Half():
		s.ExpiresAt = now.Add(halfLife)
	case s.SignedInAt.Equal(now) && s.Remembered:
		s.ExpiresAt = now.Add(RememberedLife)
	case s.SignedInAt.Equal(now):
		s.ExpiresAt = now.Add(SessionLife)
	}
	if s.SignedInAt.Equal(now) && !s.Half() {
		if err := firstPlace(ctx, tx, *s, now); err != nil {
			return "", err
		}
	}
	if s.ID != "" {
		return cookie, tx.UpdateSession(ctx, *s)
	}
	s.ID, s.CreatedAt = hub.NewRandomID(), now
	if err := d.crowd(ctx, tx, s.UserID); err != nil {
		return "", err
	}
	return cookie, tx.InsertSession(ctx, *s)
}

// crowd makes room for one more session of a user. Sign-ins that have only begun give way first: whoever knows the password and lacks
// the second factor can begin any number of them, and must not sign the user out by it.
func (d *Desk) crowd(ctx context.Context, tx *store.Tx, userID string) error {
	sessions, err := tx.SessionsOfUser(ctx, userID)
	if err != nil || len(sessions) < mostSessions {
		return err
	}
	sort.Slice(sessions, func(i, j int) bool {
		if a, b := sessions[i].Half(), sessions[j].Half(); a != b {
			return a
		}
		return sessions[i].LastSeenAt.Before(sessions[j].LastSeenAt)
	})
	for _, s := range sessions[:len(sessions)-mostSessions+1] {
		if err := tx.DeleteSession(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// clip bounds what a browser can make us keep.
func clip(agent string) string {
	if len(agent) > mostAgent {
		agent = agent[:mostAgent]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(agent, "\x00", "?"), "?")
}

// Sessions lists the sessions in which a user is signed in, oldest first.
func (d *Desk) Sessions(ctx context.Context, userID string) ([]hub.Session, error) {
	sessions, err := d.Store.SessionsOfUser(ctx, userID)
	now := d.Store.Now()
	return slices.DeleteFunc(sessions, func(s hub.Session) bool { return s.Half() || !s.Live(now) }), err
}

// SignOut ends the session of a cookie, if there is one.
func (d *Desk) SignOut(ctx context.Context, cookie secret.Value, o Origin) error {
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		session, err := d.find(ctx, tx.Reader, cookie)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		user, err := tx.User(ctx, session.UserID)
		if err != nil {
			return err
		}
		return endSession(ctx, tx, o.actor(user, session.ID), user, session)
	})
}

func endSession(ctx context.Context, tx *store.Tx, actor hub.Actor, user hub.User, session hub.Session) error {
	if err := tx.DeleteSession(ctx, session.ID); err != nil {
		return err
	}
	if session.Half() {
		return nil
	}
	event := actor.Did("session.end", "user", user.ID, user.Login, "")
	event.Details = hub.Details(map[string]string{"session": session.ID})
	return tx.Record(ctx, event)
}
