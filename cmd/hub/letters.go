package main

import (
	"context"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/mail"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
)

// post puts a letter of the desk where people sign in into the outbox.
func (p *program) post(ctx context.Context, tx *store.Tx, letter signin.Letter) error {
	return p.outbox.Post(ctx, tx, mail.Letter{Kind: letter.Kind, To: letter.To, Name: letter.Name, Login: letter.Login, Link: letter.Link,
		Address: letter.Address, At: letter.At, EndsAt: letter.EndsAt})
}

// tell writes to a user, if letters leave and the user can be reached.
func (p *program) tell(ctx context.Context, tx *store.Tx, to hub.User, kind, what string) error {
	if to.Email == "" || p.outbox.Ready() != nil {
		return nil
	}
	return p.outbox.Post(ctx, tx, mail.Letter{Kind: kind, To: to.Email, Name: to.Name, Login: to.Login, What: what, At: hub.Now()})
}

// tellChanged writes to whose way in was changed.
func (p *program) tellChanged(ctx context.Context, tx *store.Tx, notice directory.Notice) error {
	if p.outbox.Ready() != nil {
		return nil
	}
	return p.outbox.Post(ctx, tx, mail.Letter{
		Kind: notice.Kind, To: notice.To.Email, Name: notice.To.Name, Login: notice.To.Login,
		Address: notice.From, At: hub.Now(),
	})
}

// tellStolen writes to whom a code or refresh token was stolen from.
func (p *program) tellStolen(ctx context.Context, tx *store.Tx, user hub.User, service hub.Service) error {
	return p.tell(ctx, tx, user, "token-stolen", service.Name)
}

// tellLeaked writes to whose a secret was that was found where it does not belong, and to administrators.
func (p *program) tellLeaked(ctx context.Context, tx *store.Tx, to hub.User, notice credential.LeakNotice) error {
	kind := "secret-leaked"
	if !notice.Owner {
		kind = "secret-leaked-report"
	}
	return p.tell(ctx, tx, to, kind, notice.What)
}
