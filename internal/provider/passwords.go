package provider

import (
	"context"
	"errors"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// passwords is the port oauth.Passwords: the desk where people sign in on pages, for programs.
type passwords struct {
	view
	desk *signin.Desk
}

// Passwords gives the port of the password grant in an environment.
func (p *Provider) Passwords(environment hub.Environment, desk *signin.Desk) oauth.Passwords {
	return passwords{view{p.node, environment}, desk}
}

// SignIn proves who a name and a password mean. An application password is no sign-in of a person: what it opens is as old as
// the password itself, so nothing that needs a fresh sign-in can come of it.
func (p passwords) SignIn(ctx context.Context, origin oauth.Origin, client *oauth.Client, name, password string) (*oauth.SignedIn, error) {
	if !isText(name) {
		name = "" // nobody's, and counted as such
	}
	proven, err := p.desk.Program(ctx, name, password, origin.Address)
	if err != nil {
		return nil, p.refused(origin, client, err)
	}
	who, err := p.person(ctx, proven.User.ID)
	if err != nil {
		return nil, err
	}
	if proven.ApplicationPassword != "" {
		origin.Service = client.ID
		p.ledger.used(useKey{kind: store.ApplicationPasswordUsed, environment: p.environment, id: proven.ApplicationPassword}, origin)
		return &oauth.SignedIn{Subject: &who.subject, Proof: byApplicationPassword(proven)}, nil
	}
	return &oauth.SignedIn{
		Subject: &who.subject, AuthTime: p.Store.Now(), Methods: []string{signin.MethodPassword},
		Level: LevelOne, Proof: byPassword(proven),
	}, nil
}

// refused turns an error of the desk into what the port promises. What was really wrong is kept for the owner of the account
// alone: a service that could read it would learn whose name it is.
func (p passwords) refused(origin oauth.Origin, client *oauth.Client, err error) error {
	var known *fault.Error
	if !errors.As(err, &known) {
		return err
	}
	var behind *signin.Refusal
	if errors.As(err, &behind) {
		p.ledger.refused(hub.Refusal{
			ErrorID: fault.NewID(), At: hub.Now(), Environment: p.environment, Door: origin.Door, UserID: behind.UserID,
			Address: origin.Address.String(), Code: known.Code, Reason: behind.Reason,
			Received: "a password, from the service " + clip(client.Name), Count: 1,
		})
	}
	switch known.Kind {
	case fault.Unauthenticated:
		return oauth.ErrNotFound
	case fault.Limited:
		return &oauth.Error{
			Code: oauth.TooManyRequests, RetryAfter: known.RetryAfter,
			Description: "too many wrong passwords; wait before trying again", Cause: err,
		}
	case fault.Unavailable:
		return oauth.Unavailable(err, known.RetryAfter)
	}
	return err
}
