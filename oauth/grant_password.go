package oauth

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Password is the grant of RFC 6749 section 4.3. It is off for a service until its owner switches it on.
type Password struct{}

// Type is "password".
func (Password) Type() string { return "password" }

// maxPassword is the most bytes of a name or password that are looked at; hashing longer ones would be work for nothing.
const maxPassword = 1024

// Passwords checks what people type, under the same rules as the sign-in page.
type Passwords interface {
	// SignIn finds the user whom a name (login, id or e-mail address) and a password or application password prove.
	// ErrNotFound, after about the same time, for everything that is wrong: unknown, wrong, banned, a password where a second
	// factor is needed. It counts failures itself, by account and address, and answers *Error with too_many_requests or
	// temporarily_unavailable where it will not look at a password now.
	SignIn(ctx context.Context, origin Origin, client *Client, name, password string) (*SignedIn, error)
}

// SignedIn is who was proven by a password.
type SignedIn struct {
	Subject  *Subject
	AuthTime time.Time // zero where it was no sign-in of a person: an application password
	Methods  []string
	Level    string
	Proof    any // becomes Family.Proof
}

// Prove checks a person's name and password.
func (Password) Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error) {
	switch {
	case request.Username == "":
		return nil, refusal(InvalidRequest, "username is missing")
	case request.Password == "":
		return nil, refusal(InvalidRequest, "password is missing")
	}
	wrong := refusal(InvalidGrant, "the resource owner credentials are invalid")
	if len(request.Username) > maxPassword || len(request.Password) > maxPassword {
		return nil, wrong.because(Explanation{Reason: "the user name or password is longer than any"})
	}
	proven, err := s.Passwords.SignIn(ctx, request.Origin, client, request.Username, request.Password)
	if errors.Is(err, ErrNotFound) || err == nil && !proven.Subject.Active {
		return nil, wrong.because(Explanation{Reason: "no user who may sign in this way has that name and password"})
	}
	if err != nil {
		return nil, err
	}
	wanted := request.Scope
	if strings.TrimSpace(wanted) == "" {
		wanted = client.ID // the service itself, and never all that the person may use
	}
	scope, err := s.resolveScope(ctx, client, proven.Subject, wanted, s.reservedItems(client))
	if err != nil {
		return nil, err
	}
	family := s.newFamily(request.Origin, client, proven.Subject, scope.Items)
	family.AuthTime, family.Methods, family.Level, family.Proof = proven.AuthTime, proven.Methods, proven.Level, proven.Proof
	a := &Authorization{
		Client: client, Subject: proven.Subject, Scope: scope,
		AuthTime: family.AuthTime, Methods: family.Methods, Level: family.Level, Family: family, First: true,
	}
	switch {
	case s.wantsOffline(client, request.AccessType, scope):
		s.keepOffline(family)
		a.Refresh, err = s.Families.SaveRefresh(ctx, family)
	case s.Families != nil:
		err = s.Families.Holds(ctx, family)
	}
	if errors.Is(err, ErrEnded) {
		return nil, wrong.because(Explanation{Reason: "the password was changed at the same moment"})
	}
	return a, err
}

// wantsOffline reports whether a refresh token was asked for by a client that may have one.
func (s *Server) wantsOffline(client *Client, accessType string, scope Scope) bool {
	return s.Families != nil && client.MayUse(RefreshToken{}.Type()) && (accessType == Offline || scope.has(ScopeOffline))
}
