package hub

import "time"

// UserKind tells people from machines that act under their own name.
type UserKind string

// The kinds of user. A bot cannot sign in with a password; the guest exists from the start and is banned until an
// administrator allows it.
const (
	Person UserKind = "person"
	Bot    UserKind = "bot"
	Guest  UserKind = "guest"
)

// GuestID is the id of the one guest user.
const GuestID = "guest"

// User is someone who can hold rights: a person, a bot or the guest. Login, id and e-mail address are one namespace,
// compared without letter case.
type User struct {
	ID            string
	Login         string
	Name          string
	Email         string // empty: none
	EmailVerified bool
	Kind          UserKind
	Organisation  string // organisation id, empty: none
	Banned        bool
	BanReason     string
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Active reports whether the user may act at all.
func (u User) Active() bool { return !u.Banned }

// Password is what a person signs in with: an argon2id PHC string, and when it came to be.
type Password struct {
	UserID     string
	Hash       string
	ChangedAt  time.Time
	MustChange bool
}

// TOTP is a second factor. Sealed is the seed under the master key; LastStep is the newest time step a code was
// accepted for, so that no code is accepted twice.
type TOTP struct {
	UserID      string
	Sealed      []byte
	LastStep    int64
	ConfirmedAt time.Time
}
