package signin_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

const correct = "correct horse battery"

var (
	here  = netip.MustParseAddr("192.0.2.1")
	there = netip.MustParseAddr("198.51.100.7")
)

// from is a browser at an address.
func from(address netip.Addr) signin.Origin {
	return signin.Origin{Environment: hub.Production, Door: "page", Address: address, Agent: "Test/1"}
}

// throttle fills the port as the program does: wrong credentials per source, and per source and name.
type throttle struct{ accounts, places *limit.Keeper }

func (t throttle) Blocked(source netip.Addr, name string) time.Duration {
	_, wait := t.places.Peek(limit.Key{From: source}, time.Now())
	if name != "" {
		_, account := t.accounts.Peek(limit.Key{Name: name, From: source}, time.Now())
		wait = max(wait, account)
	}
	return wait
}

func (t throttle) Left(source netip.Addr, name string) (int, time.Duration) {
	return t.accounts.Rate().Count - t.accounts.Count(limit.Key{Name: name, From: source}, time.Now()), 90 * time.Second
}

func (t throttle) Failed(source netip.Addr, name string) {
	t.places.Hit(limit.Key{From: source}, time.Now())
	t.accounts.Hit(limit.Key{Name: name, From: source}, time.Now())
}

// bench is a desk on a database with ada, who has a password, and boss, who has too.
type bench struct {
	*testing.T
	*signin.Desk
	store  *store.Store
	master *secret.Master
	lock   sync.Mutex
	sent   []signin.Letter
	noMail error
}

func newBench(t *testing.T, database storetest.Database) *bench {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, store: database.Open(t), master: master}
	b.Desk = signin.New(signin.Options{
		Store: b.store, Master: master,
		Throttle: throttle{
			accounts: limit.NewKeeper(limit.Rate{Count: 10, Per: 15 * time.Minute}, 1024),
			places:   limit.NewKeeper(limit.Rate{Count: 50, Per: time.Minute}, 1024),
		},
		MailReady: func() error { return b.noMail },
		Post: func(_ context.Context, _ *store.Tx, letter signin.Letter) error {
			b.lock.Lock()
			defer b.lock.Unlock()
			b.sent = append(b.sent, letter)
			return nil
		},
	})
	b.addUser(hub.User{ID: "0190-ADA", Login: "ada", Email: "ada@example.test", Kind: hub.Person}, correct)
	return b
}

func (b *bench) tx(do func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Tx(b.Context(), do); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) addUser(user hub.User, password string) {
	b.Helper()
	user.CreatedAt, user.UpdatedAt = hub.Now(), hub.Now()
	b.tx(func(tx *store.Tx) error {
		if err := tx.InsertUser(b.Context(), user); err != nil || password == "" {
			return err
		}
		return tx.SetPassword(b.Context(), hub.Password{UserID: user.ID, Hash: hashOf(password), ChangedAt: hub.Now()})
	})
}

// must gives a value or ends the test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// signIn proves ada by password in a new browser.
func (b *bench) signIn() secret.Value {
	b.Helper()
	cookie, err := b.SignIn(b.Context(), "", "ada", correct, false, from(here))
	if err != nil {
		b.Fatal(err)
	}
	return cookie
}

func (b *bench) next(cookie secret.Value) signin.Step {
	b.Helper()
	visit, err := b.Visit(b.Context(), cookie)
	if err != nil {
		b.Fatal(err)
	}
	return visit.Next
}

// actions lists the events about ada, oldest first.
func (b *bench) actions() []string {
	b.Helper()
	events, err := b.store.Events(b.Context(), store.EventFilter{Target: "0190-ADA"}, store.EventMark{}, 100)
	if err != nil {
		b.Fatal(err)
	}
	var actions []string
	for _, event := range slices.Backward(events) {
		actions = append(actions, event.Action+" "+event.Result)
	}
	return actions
}

// reason is what a refusal keeps from its sender.
func reason(err error) string {
	var refusal *signin.Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

func wantKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// hashOf hashes a password; the one that most tests use was hashed before.
func hashOf(password string) string {
	if password == correct {
		return "$argon2id$v=19$m=19456,t=2,p=1$TqOlX+NVz8pkTfI5++mBSA$/p0YJNJZKREv2wnS7eXlKm2atMonOaKZcW8oC1YY+RE"
	}
	return secret.HashPassword(password)
}
