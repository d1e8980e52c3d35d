package signin

import (
	"cmp"
	"context"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Throttle counts failures, over all doors. Nothing it says tells whether an account exists.
type Throttle interface {
	// Blocked is how long a source must wait after too many failures, alone (name "") or with this name; zero if it need not.
	Blocked(source netip.Addr, name string) time.Duration
	// Failed counts a wrong credential.
	Failed(source netip.Addr, name string)
	// Left is how many more may fail from a source with a name before it must wait, and then how long; it is the same whether or not
	// anybody has the name. A negative number: any number may.
	Left(source netip.Addr, name string) (attempts int, wait time.Duration)
}

// Options is what a Desk is made of.
type Options struct {
	Store    *store.Store
	Master   *secret.Master
	Throttle Throttle

	// MailReady is nil if letters can leave, else fault.Unavailable with what to do about it.
	MailReady func() error
	// Post puts a letter into the outbox, in the transaction of what caused it.
	Post func(ctx context.Context, tx *store.Tx, letter Letter) error

	// MayAct is credential.MayAct: the rule who may set up or take away the second factor of whom, where no browser is signed in.
	MayAct func(ctx context.Context, tx *store.Tx, actor hub.Actor, userID string) (hub.User, error)

	// Sites are where the pages of this hub are, one for each environment: passkeys of another host, which the hub may have had
	// before, are no second factor any more. nil: every passkey counts.
	Sites []Site

	Hashes int // password hashes at once; 0: one less than there are processors, and at least one
}

// Desk is where people sign in; one for all environments, as people are shared. It is safe for concurrent use.
type Desk struct {
	Options
	gate    gate
	nobody  string        // the hash that is checked when there is no other, so that it takes as long
	factors *limit.Keeper // wrong second factors per account, from wherever they come
	mailed  *limit.Keeper // letters to who forgot the password, per account

	lock  sync.Mutex
	setUp []byte // digest of the code in the set-up link; nil: there is none
}

// The limits per account that hold against many sources together.
const (
	factorsCount, factorsPer = 20, time.Hour
	mailedCount, mailedPer   = 3, time.Hour
	accountsCounted          = 1 << 13
)

// New makes a Desk.
func New(options Options) *Desk {
	if options.Hashes <= 0 {
		options.Hashes = max(runtime.GOMAXPROCS(0)-1, 1)
	}
	return &Desk{
		Options: options,
		gate:    newGate(options.Hashes),
		nobody:  secret.NobodysHash(),
		factors: limit.NewKeeper(limit.Rate{Count: factorsCount, Per: factorsPer}, accountsCounted),
		mailed:  limit.NewKeeper(limit.Rate{Count: mailedCount, Per: mailedPer}, accountsCounted),
	}
}

// Origin says where something comes from, for events, for counting and for lists of sessions.
type Origin struct {
	Environment hub.Environment
	Door        string // "page" for browsers
	Address     netip.Addr
	Agent       string // of the browser or program, as it calls itself
}

// actor is a user who acts on the own account, in a browser that is signed in or about to be.
func (o Origin) actor(user hub.User, sessionID string) hub.Actor {
	return hub.Actor{
		User: user, Name: cmp.Or(user.Name, user.Login), Environment: o.Environment,
		Door: o.Door, Credential: sessionID, Address: o.Address,
	}
}

// Refusal is what was really wrong, for the owner of the account and for the log. It is the cause of errors whose message
// does not tell.
type Refusal struct {
	UserID string // empty: nobody has that name
	Reason string

	// What may be said to anybody: how many more attempts there are before the source must wait, and then how long. None: it is not said.
	Left int
	Wait time.Duration
}

func (r *Refusal) Error() string { return r.Reason }

// The machine words of errors that pages have words of their own for.
const (
	CodeWrong        = "wrong_credentials"
	CodeWrongFactor  = "wrong_code"
	CodeTooMany      = "too_many_attempts"
	CodeBusy         = "busy"
	CodeWeak         = "weak_password"
	CodeSame         = "same_password"
	CodeWrongCurrent = "wrong_current_password"
	CodeEnded        = "link_ended"
	CodeNoMail       = "no_mail"
	CodeWrongPasskey = "wrong_passkey"
	CodeNoPasskey    = "no_passkey"
)

// ReasonWrong is why most sign-ins are refused.
const ReasonWrong = "the password is wrong"

// wrong is the one refusal of a name with a password.
func wrong(userID, reason string) error {
	return wrongFor(&Refusal{UserID: userID, Reason: reason})
}

func wrongFor(refusal *Refusal) error {
	return &fault.Error{
		Kind: fault.Unauthenticated, Code: CodeWrong,
		Message: "The username or the password is not right. Check both and try again.", Cause: refusal,
	}
}

// tooMany refuses a source that has failed too often.
func tooMany(wait time.Duration, userID string) error {
	return &fault.Error{
		Kind: fault.Limited, Code: CodeTooMany, Message: "There were too many wrong attempts. Wait a while and try again.",
		RetryAfter: wait, Cause: &Refusal{UserID: userID, Reason: "too many wrong attempts"},
	}
}

// Letter is something to tell a person by mail. What it says is up to the room that sends it.
type Letter struct {
	Kind    string // one of the Letter kinds
	To      string // e-mail address; empty: to nobody, it is dropped
	Name    string // of the addressee
	Login   string
	Link    string // to follow, if there is something to do
	Address string // whence it was caused
	At      time.Time
	EndsAt  time.Time // what the link opens is open until then
}

// The kinds of letter.
const (
	LetterRestore         = "restore"          // you forgot your password: follow the link
	LetterPasswordChanged = "password-changed" // somebody, probably you, changed it
	LetterFactorChanged   = "factor-changed"   // the second factor was set up or taken away
	LetterRecoveryUsed    = "recovery-used"    // a recovery code was used
	LetterPasskeySuspect  = "passkey-suspect"  // a passkey was used that somebody may have copied
)

// tell writes to a user what happened to the account, if letters leave and the user can be reached.
func (d *Desk) tell(ctx context.Context, tx *store.Tx, user hub.User, kind string, o Origin) error {
	if user.Email == "" || d.MailReady() != nil {
		return nil
	}
	return d.Post(ctx, tx, Letter{Kind: kind, To: user.Email, Name: user.Name, Login: user.Login, Address: o.Address.String(), At: d.Store.Now()})
}
