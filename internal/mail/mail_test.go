package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/mail"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func newOutbox(t *testing.T, carrier mail.Carrier) *mail.Outbox {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &mail.Outbox{Store: storetest.SQLite(t).Open(t), Master: master, Carrier: carrier}
}

func restore(to string) mail.Letter {
	now := hub.Now()
	return mail.Letter{
		Kind: "restore", To: to, Name: "Ada\r\nBcc: all@example.test", Login: "ada",
		Link: "https://hub.example.test/auth/restore/x", Address: "192.0.2.1", At: now, EndsAt: now.Add(30 * time.Minute),
	}
}

func post(t *testing.T, o *mail.Outbox, letter mail.Letter) {
	t.Helper()
	if err := o.Store.Tx(t.Context(), func(tx *store.Tx) error { return o.Post(t.Context(), tx, letter) }); err != nil {
		t.Fatal(err)
	}
}

func left(t *testing.T, o *mail.Outbox) int64 {
	t.Helper()
	n, err := o.Store.Letters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWithoutACarrierTheFlagToSetIsNamed(t *testing.T) {
	o := newOutbox(t, nil)
	for _, err := range []error{
		o.Ready(),
		o.Store.Tx(t.Context(), func(tx *store.Tx) error { return o.Post(t.Context(), tx, restore("ada@example.test")) }),
	} {
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "--smtp") {
			t.Errorf("%v", err)
		}
	}
}

func TestALetterLeavesWithItsTransactionAndOnce(t *testing.T) {
	box := new(mail.Mailbox)
	o := newOutbox(t, box)
	refused := errors.New("refused")
	if err := o.Store.Tx(t.Context(), func(tx *store.Tx) error {
		if err := o.Post(t.Context(), tx, restore("ada@example.test")); err != nil {
			return err
		}
		return refused
	}); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	post(t, o, restore("ada@example.test"))
	post(t, o, restore("")) // to nobody
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := o.Deliver(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	messages := box.Messages()
	if len(messages) != 1 || messages[0].To != "ada@example.test" || messages[0].Subject != "Choose a new password for Hub" ||
		!strings.Contains(messages[0].Text, "\n\nhttps://hub.example.test/auth/restore/x\n\n") ||
		!strings.Contains(messages[0].Text, "for 30 minutes") || left(t, o) != 0 {
		t.Errorf("%+v, %d left", messages, left(t, o))
	}
}

func TestEveryKindOfLetterHasWords(t *testing.T) {
	for _, kind := range []string{"restore", "password-changed", "address-changed", "factor-changed", "recovery-used"} {
		letter := restore("ada@example.test")
		letter.Kind = kind
		message, err := letter.Message()
		if err != nil || message.Subject == "" || !strings.Contains(message.Text, "192.0.2.1") || strings.Contains(message.Text, "<no value>") {
			t.Errorf("%s: %+v, %v", kind, message, err)
		}
	}
}

// breaking is a carrier whose road is cut, or closed for good.
type breaking struct {
	tries int
	err   error
}

func (b *breaking) Carry(context.Context, mail.Message) error { b.tries++; return b.err }

func TestALetterThatCannotLeaveWaitsAndOneThatNeverWillGoes(t *testing.T) {
	carrier := &breaking{err: errors.New("cut")}
	o := newOutbox(t, carrier)
	post(t, o, restore("ada@example.test"))
	if err := o.Deliver(t.Context()); err == nil || carrier.tries != 1 || left(t, o) != 1 {
		t.Errorf("%v after %d tries, %d left", err, carrier.tries, left(t, o))
	}
	if err := o.Deliver(t.Context()); err != nil || carrier.tries != 1 {
		t.Errorf("at once again: %v after %d tries", err, carrier.tries)
	}
	carrier.err = fault.New(fault.Invalid, "no such mailbox")
	post(t, o, restore("nobody@example.test"))
	if err := o.Deliver(t.Context()); err == nil || carrier.tries != 2 || left(t, o) != 1 {
		t.Errorf("%v after %d tries, %d left", err, carrier.tries, left(t, o))
	}
}

func TestSMTPSettingsAreRefusedByName(t *testing.T) {
	for _, try := range []struct{ url, from, names string }{
		{"smtp.example.com", "hub@example.com", "--smtp"},
		{"http://smtp.example.com", "hub@example.com", "--smtp"},
		{"smtp://user@smtp.example.com", "hub@example.com", "--smtp"},
		{"smtp://smtp.example.com:99999", "hub@example.com", "--smtp"},
		{"smtp://u:topsecret@smtp.example.com/?x", "hub@example.com", "--smtp"},
		{"smtp://smtp.example.com", "hub", "--mail-from"},
		{"smtp://smtp.example.com", "", "--mail-from"},
	} {
		_, err := mail.NewSMTP(try.url, try.from)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), try.names) || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s from %q: %v", try.url, try.from, err)
		}
	}
}

// server is a mail server on the loopback that takes one letter, or answers RCPT with reply.
func server(t *testing.T, reply string) (address string, letter chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	letter = make(chan string, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		lines := bufio.NewScanner(connection)
		say := func(text string) { fmt.Fprintf(connection, "%s\r\n", text) }
		say("220 mail.example.test ESMTP")
		var text strings.Builder
		inLetter := false
		for lines.Scan() {
			line := lines.Text()
			switch {
			case inLetter && line == ".":
				inLetter = false
				letter <- text.String()
				say("250 taken")
			case inLetter:
				text.WriteString(line + "\n")
			case strings.HasPrefix(line, "DATA"):
				inLetter = true
				say("354 go on")
			case strings.HasPrefix(line, "RCPT") && reply != "":
				say(reply)
			case strings.HasPrefix(line, "QUIT"):
				say("221 bye")
				return
			default:
				text.WriteString(line + "\n")
				say("250 ok")
			}
		}
	}()
	return "smtp://" + listener.Addr().String(), letter
}

func TestSMTPCarriesALetterAsItIs(t *testing.T) {
	address, arrived := server(t, "")
	carrier, err := mail.NewSMTP(address, "Hub <hub@example.test>")
	if err != nil {
		t.Fatal(err)
	}
	message, err := restore("ada@example.test").Message()
	if err != nil {
		t.Fatal(err)
	}
	if err := carrier.Carry(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	text := <-arrived
	for _, want := range []string{
		"MAIL FROM:<hub@example.test>", "RCPT TO:<ada@example.test>", "Subject: Choose a new password for Hub",
		"Auto-Submitted: auto-generated", "https://hub.example.test/auth/restore/x",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if head, _, _ := strings.Cut(text, "\n\n"); strings.Contains(head, "all@example.test") {
		t.Errorf("a name broke into the header:\n%s", head)
	}
}

func TestSMTPTellsARefusalForGoodFromTroubleThatPasses(t *testing.T) {
	for reply, forGood := range map[string]bool{"550 no such mailbox": true, "451 try later": false} {
		address, _ := server(t, reply)
		carrier, err := mail.NewSMTP(address, "hub@example.test")
		if err != nil {
			t.Fatal(err)
		}
		if err := carrier.Carry(t.Context(), mail.Message{
			To: "ada@example.test", Subject: "x", Text: "y", At: time.Now(),
		}); err == nil || fault.Is(err, fault.Invalid) != forGood {
			t.Errorf("%s: %v", reply, err)
		}
	}
	carrier, err := mail.NewSMTP("smtp://127.0.0.1:1", "hub@example.test")
	if err != nil {
		t.Fatal(err)
	}
	if err := carrier.Carry(t.Context(), mail.Message{
		To: "ada@example.test", Subject: "x", Text: "y", At: time.Now(),
	}); err == nil || fault.Is(err, fault.Invalid) {
		t.Errorf("nobody listens: %v", err)
	}
	if err := carrier.Carry(t.Context(), mail.Message{To: "not an address"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no address: %v", err)
	}
}

func TestAServerIsReachedWithoutALetter(t *testing.T) {
	address, arrived := server(t, "")
	for _, try := range []struct {
		address string
		reached bool
	}{{address, true}, {"smtp://127.0.0.1:1", false}} {
		carrier, err := mail.NewSMTP(try.address, "hub@example.test")
		if err != nil {
			t.Fatal(err)
		}
		if err := carrier.Reach(t.Context()); (err == nil) != try.reached {
			t.Errorf("%s: %v", try.address, err)
		}
	}
	if len(arrived) > 0 {
		t.Errorf("a letter was sent: %s", <-arrived)
	}
}
