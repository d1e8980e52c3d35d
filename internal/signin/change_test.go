package signin_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

const another = "another password 9"

// mustChange makes ada's password one that has to be changed first.
func (b *bench) mustChange() {
	b.Helper()
	b.tx(func(tx *store.Tx) error {
		password := must(tx.Password(b.Context(), "0190-ADA"))
		password.MustChange = true
		return tx.SetPassword(b.Context(), password)
	})
}

func TestChangingThePasswordEndsWhatTheOldOneOpened(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie, other := b.signIn(), b.signIn()
	next, err := b.ChangePassword(t.Context(), cookie, correct, another, from(here))
	if err != nil || b.next(next) != signin.Done || b.next(cookie) != signin.SignIn || b.next(other) != signin.SignIn {
		t.Fatalf("%v", err)
	}
	if _, err := b.Password(t.Context(), "ada", correct, here); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := b.Password(t.Context(), "ada", another, here); err != nil {
		t.Errorf("the new password: %v", err)
	}
	cut := must(b.store.RevokedTokens(t.Context(), hub.Now()))
	if len(cut) != 1 || !strings.Contains(cut[0].TokenID, "0190-ADA") || b.actions()[2] != "user.password-change success" ||
		b.sent[0].Kind != signin.LetterPasswordChanged {
		t.Errorf("tokens ended of %v, events %v, letters %v", cut, b.actions(), b.sent)
	}
}

func TestAChangeOfPasswordIsRefusedFieldByField(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	for name, try := range map[string]struct{ current, password, field string }{
		"wrong current": {"wrong", another, "currentPassword"},
		"the old one":   {correct, correct, "newPassword"},
		"short":         {correct, "short", "newPassword"},
		"long":          {correct, strings.Repeat("ab", 600), "newPassword"},
		"common":        {correct, "Password123", "newPassword"},
		"one letter":    {correct, "aaaaaaaaaaaa", "newPassword"},
		"own address":   {correct, "ADA@example.test", "newPassword"},
		"blank":         {correct, "          ", "newPassword"},
		"not text":      {correct, "abcdefgh\xff\xfe", "newPassword"},
	} {
		_, err := b.ChangePassword(t.Context(), cookie, try.current, try.password, from(here))
		var known *fault.Error
		if wantKind(t, name, err, fault.Invalid); err != nil {
			known, _ = err.(*fault.Error)
		}
		if known == nil || len(known.Fields) != 1 || known.Fields[0].Name != try.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b.next(cookie) != signin.Done {
		t.Error("a refusal ended the session")
	}
}

func TestAnOldSessionWithTwoFactorsMustSignInAgainToChangeThePassword(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.enrol()
	cookie := must(b.SecondFactor(t.Context(), b.signIn(), code(0), from(here)))
	b.age(cookie, time.Hour, 0, 0)
	_, err := b.ChangePassword(t.Context(), cookie, correct, another, from(here))
	wantKind(t, "change", err, fault.StepUp)
}

func TestAPasswordThatMustBeChangedLetsNobodyInBefore(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	old := b.signIn()
	b.age(old, time.Hour, 0, 0)
	b.mustChange()
	if b.next(old) != signin.SignIn {
		t.Errorf("an old session may go on to %s", b.next(old))
	}
	cookie := b.signIn()
	if b.next(cookie) != signin.NewPassword {
		t.Fatalf("%s", b.next(cookie))
	}
	_, err := b.ChangePassword(t.Context(), cookie, correct, another, from(here))
	wantKind(t, "by the other page", err, fault.Unauthenticated)
	_, err = b.SetPassword(t.Context(), cookie, correct, from(here))
	wantKind(t, "the same again", err, fault.Invalid)
	next, err := b.SetPassword(t.Context(), cookie, another, from(here))
	if err != nil || b.next(next) != signin.Done {
		t.Errorf("%v", err)
	}
}

func TestAForgottenPasswordIsReplacedByAMailedLinkOnce(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.enrol()
	b.signIn()
	if err := b.AskRestore(t.Context(), "ADA@example.test", "https://hub.example.test/auth/restore/", from(here)); err != nil {
		t.Fatal(err)
	}
	letter := b.sent[0]
	link, found := strings.CutPrefix(letter.Link, "https://hub.example.test/auth/restore/")
	if !found || letter.To != "ada@example.test" || letter.Kind != signin.LetterRestore || letter.EndsAt.Sub(letter.At) != 30*time.Minute {
		t.Fatalf("%+v", letter)
	}
	sent := secret.Value(link)
	for range 2 {
		if user, err := b.RestoreUser(t.Context(), sent); err != nil || user.Login != "ada" {
			t.Errorf("looking at it: %v", err)
		}
	}
	wantKind(t, "a weak one", b.Restore(t.Context(), sent, "short", from(here)), fault.Invalid)
	wantKind(t, "altered", b.Restore(t.Context(), sent[1:], another, from(here)), fault.NotFound)
	var won atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := b.Restore(t.Context(), sent, another, from(here)); err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.NotFound) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("it was good %d times", won.Load())
	}
	cookie, err := b.SignIn(t.Context(), "", "ada", another, false, from(here))
	if err != nil || b.next(cookie) != signin.SecondFactor {
		t.Errorf("afterwards the second factor is not asked for: %v", err)
	}
}

func TestAskingForALinkTellsNothingAboutTheAccount(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.addUser(hub.User{ID: "banned", Login: "banned", Email: "banned@example.test", Kind: hub.Person, Banned: true}, correct)
	b.addUser(hub.User{ID: "mailless", Login: "mailless", Kind: hub.Person}, correct)
	b.addUser(hub.User{ID: "bot", Login: "bot", Email: "bot@example.test", Kind: hub.Bot}, "")
	for _, alias := range []string{"nobody", "banned", "mailless", "bot", ""} {
		if err := b.AskRestore(t.Context(), alias, "https://hub.example.test/", from(here)); err != nil {
			t.Errorf("%s: %v", alias, err)
		}
	}
	for _, letter := range b.sent {
		if letter.To != "" {
			t.Errorf("a letter goes to %s", letter.To)
		}
		if err := b.Restore(
			t.Context(), secret.Value(strings.TrimPrefix(letter.Link, "https://hub.example.test/")), another, from(here),
		); !fault.Is(err, fault.NotFound) {
			t.Errorf("its link opens something: %v", err)
		}
	}
	if len(b.sent) != 5 {
		t.Errorf("%d letters for 5 names: the work tells them apart", len(b.sent))
	}
}

func TestAMailboxIsNotFloodedWithLinks(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	for i := range 6 {
		o := from(here)
		if i%2 == 1 {
			o = from(there)
		}
		if err := b.AskRestore(t.Context(), []string{"ada", "ada@example.test"}[i%2], "https://hub.example.test/", o); err != nil {
			t.Errorf("%v", err)
		}
	}
	sent := slices.DeleteFunc(b.sent, func(l signin.Letter) bool { return l.To == "" })
	if len(sent) != 3 {
		t.Errorf("%d letters were sent", len(sent))
	}
}

func TestWithoutMailALinkCannotBeAskedFor(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.noMail = fault.New(fault.Unavailable, "this hub sends no mail: --smtp")
	for _, alias := range []string{"ada", "nobody"} {
		wantKind(t, alias, b.AskRestore(t.Context(), alias, "https://hub.example.test/", from(here)), fault.Unavailable)
	}
	if _, err := b.ChangePassword(t.Context(), b.signIn(), correct, another, from(here)); err != nil || len(b.sent) != 0 {
		t.Errorf("a change that would be told of by mail: %v", err)
	}
}

func TestASetUpLinkMakesOneAdministrator(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		b := newBench(t, database)
		b.tx(func(tx *store.Tx) error { return tx.InsertRole(t.Context(), hub.DefaultRoles()[0]) })
		link := b.OpenSetUp()
		wantKind(t, "another code", b.CheckSetUp(t.Context(), link[1:]), fault.NotFound)
		if err := b.CheckSetUp(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		_, err := b.SetUp(t.Context(), link, hub.User{Login: "a b", Email: "nonsense"}, "short", from(here))
		var known *fault.Error
		if wantKind(t, "all wrong", err, fault.Invalid); err != nil {
			known, _ = err.(*fault.Error)
		}
		if known == nil || len(known.Fields) != 3 {
			t.Errorf("%v", err)
		}
		_, err = b.SetUp(t.Context(), link, hub.User{Login: "ada"}, another, from(here))
		wantKind(t, "a taken name", err, fault.Conflict)
		second := signin.New(b.Options) // another node with a link of its own
		links := []func() error{
			func() error {
				_, err := b.SetUp(t.Context(), link, hub.User{Login: "root"}, another, from(here))
				return err
			},
			func() error {
				_, err := second.SetUp(t.Context(), second.OpenSetUp(), hub.User{Login: "toor"}, another, from(here))
				return err
			},
		}
		var won atomic.Int64
		var all sync.WaitGroup
		for _, use := range links {
			all.Go(func() {
				if err := use(); err == nil {
					won.Add(1)
				} else if !fault.Is(err, fault.NotFound) {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || !must(b.HasAdministrator(t.Context())) {
			t.Errorf("%d administrators were made", won.Load())
		}
		wantKind(t, "used", b.CheckSetUp(t.Context(), link), fault.NotFound)
	})
}
