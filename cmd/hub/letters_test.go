package main

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"example.org/hub/internal/config"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/mail"
	"example.org/hub/oauth"
)

// openPost opens a program whose letters come into a mailbox, with a person who has an address.
func openPost(t *testing.T) (*program, *mail.Mailbox, hub.User) {
	t.Helper()
	settings := &config.Settings{Data: t.TempDir(), Listen: "localhost:8443", TLS: "off", MetricsListen: "off", TestURL: "none",
		FailureLimits: "off", RateLimit: "off", Registration: "off", LogLevel: "error"}
	box := &mail.Mailbox{}
	p, err := openProgram(t.Context(), &Terminal{Out: io.Discard, Err: t.Output()}, settings, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	if err := p.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada, err := p.directory.CreateUser(t.Context(), hub.System("test"), hub.User{Login: "ada", Name: "Ada Demo", Email: "ada@example.test"})
	if err != nil {
		t.Fatal(err)
	}
	return p, box, ada
}

// delivered gives the one letter that was written.
func delivered(t *testing.T, p *program, box *mail.Mailbox) mail.Message {
	t.Helper()
	if err := p.outbox.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	letters := box.Messages()
	if len(letters) != 1 {
		t.Fatalf("%d letters: %+v", len(letters), letters)
	}
	return letters[0]
}

func TestWhoseCodeComesTwiceIsWrittenTo(t *testing.T) {
	p, box, ada := openPost(t)
	service, _, err := p.directory.CreateService(t.Context(), hub.System("test"),
		hub.Service{Environment: hub.Production, Key: "wiki", Name: "The Wiki"}, "")
	if err != nil {
		t.Fatal(err)
	}
	families := p.provider.Server(hub.Production, p.resolved.URL).Families
	now := hub.Now()
	code, err := families.SaveCode(t.Context(), &oauth.Family{
		ID: "f", ClientID: service.ID, Subject: ada.ID, Offline: true, EndsAt: now.Add(hub.SessionIdle),
	}, now.Add(hub.SessionIdle))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := families.RedeemCode(t.Context(), oauth.Origin{}, code, service.ID, now); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second replay has nothing left to end
		if _, _, err := families.RedeemCode(t.Context(), oauth.Origin{}, code, service.ID, now); !errors.Is(err, oauth.ErrUsed) {
			t.Fatal(err)
		}
	}
	letter := delivered(t, p, box)
	if letter.To != "ada@example.test" || !strings.Contains(letter.Subject, "The Wiki") || !strings.Contains(letter.Text, "Hello Ada Demo") ||
		!strings.Contains(letter.Text, "came twice") || strings.Contains(letter.Subject+letter.Text, code) {
		t.Errorf("%+v", letter)
	}
}

func TestWhoseSecretLeakedIsWrittenTo(t *testing.T) {
	p, box, ada := openPost(t)
	_, token, err := p.credentials.CreatePermanentToken(t.Context(), hub.System("test"), credential.NewPermanentToken{UserID: ada.ID,
		Environment: hub.Production, Name: "Deploy", Scope: []string{"hub"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.credentials.ReportLeak(t.Context(), netip.MustParseAddr("198.51.100.7"), token.Reveal(), "https://evil.example.test"); err != nil {
		t.Fatal(err)
	}
	for _, job := range p.jobs() {
		if job.Name == "end-leaked-secrets" {
			if err := job.Do(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	letter := delivered(t, p, box)
	if !strings.Contains(letter.Text, `the permanent token "Deploy" of ada`) ||
		strings.Contains(letter.Text, "evil") || strings.Contains(letter.Text, token.Reveal()) {
		t.Errorf("%+v", letter)
	}
}
