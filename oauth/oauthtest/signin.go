package oauthtest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// Session is a browser session in memory, to be given as AuthorizeRequest.Session; nil is a browser in which nobody is signed
// in.
type Session struct {
	ID        string
	UserID    string
	AuthTime  time.Time
	Methods   []string
	Level     string
	Fresh     bool     // signed in for this very request
	Seen      bool     // did something for this very request
	Consented bool     // was asked for consent and gave it
	Denied    bool     // was asked and refused
	Items     []string // what consent was given to; nil: everything asked for
}

// interaction is the port oauth.Interaction in memory: whoever is signed in consents to what trusted clients want.
type interaction struct{ *Memory }

func (m interaction) Next(_ context.Context, asked *oauth.Asked, session any) (*oauth.Step, error) {
	browser, _ := session.(*Session)
	switch {
	case browser == nil:
		return &oauth.Step{Kind: oauth.StepLogin}, nil
	case browser.Denied:
		return &oauth.Step{Kind: oauth.StepDeny}, nil
	case asked.RequestCredentials == "required" && !browser.Fresh:
		return &oauth.Step{Kind: oauth.StepLogin}, nil
	case asked.Prompts("select_account") && !browser.Fresh:
		return &oauth.Step{Kind: oauth.StepSelectAccount}, nil
	case !browser.Consented && (!asked.Client.Trusted || asked.Prompts("consent")):
		return &oauth.Step{Kind: oauth.StepConsent}, nil
	}
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	user := m.people.users[browser.UserID]
	if user == nil || !user.subject.Active {
		return &oauth.Step{Kind: oauth.StepDeny}, nil
	}
	return &oauth.Step{
		Kind: oauth.StepIssue, Subject: &user.subject, AuthTime: browser.AuthTime, Fresh: browser.Fresh, Seen: browser.Seen,
		Methods: browser.Methods, Level: browser.Level, Session: browser.ID, Items: browser.Items,
	}, nil
}

func (interaction) SignedIn(session any) bool {
	browser, _ := session.(*Session)
	return browser != nil
}

// persons is the port oauth.People in memory.
type persons struct{ *Memory }

func (m persons) Profile(_ context.Context, subject *oauth.Subject) (map[string]any, error) {
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	user := m.people.users[subject.ID]
	if user == nil {
		return nil, oauth.ErrNotFound
	}
	return map[string]any{
		"name": user.subject.Username, "preferred_username": user.subject.Username, "email": user.subject.Username + "@example.test",
		"email_verified": true, "groups": []string{"everyone"}, "sub": "never taken from here",
	}, nil
}

func (persons) Claims() []string {
	return []string{"name", "preferred_username", "email", "email_verified", "groups"}
}

// requests is the port oauth.Requests in memory; objects are what stands at the addresses of clients.
type requests struct{ *Memory }

type pushed struct {
	request oauth.PushedRequest
	ends    time.Time
	opened  bool
	used    bool
}

func (m requests) Push(_ context.Context, request *oauth.PushedRequest) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	handle := rand.Text()
	m.pushes[handle] = &pushed{request: *request, ends: request.Ends}
	return handle, nil
}

func (m requests) Open(_ context.Context, handle string, now time.Time, pending time.Duration) (*oauth.PushedRequest, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.pushes[handle]
	if entry == nil || entry.used || !now.Before(entry.ends) {
		return nil, oauth.ErrNotFound
	}
	if !entry.opened {
		entry.opened, entry.ends = true, now.Add(pending)
	}
	request := entry.request
	return &request, nil
}

func (m requests) Use(_ context.Context, handle string, _ time.Time) (bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.pushes[handle]
	if entry == nil || entry.used {
		return false, nil
	}
	entry.used = true
	return true, nil
}

func (m requests) Fetch(_ context.Context, _ *oauth.Client, uri string) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	object, there := m.objects[uri]
	if !there {
		return "", &oauth.Error{Code: oauth.InvalidRequestURI, Description: "nothing is at request_uri"}
	}
	return object, nil
}

// Serve puts a request object at an address of a client.
func (m *Memory) Serve(uri, object string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.objects[uri] = object
}

// IDSigner gives the key of an algorithm. It is made when it is asked for first, since making one for RS256 takes a while.
func (m *memoryKeys) IDSigner(_ context.Context, algorithm jose.Algorithm) (*jose.Signer, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if signer := m.id[algorithm]; signer != nil {
		return signer, nil
	}
	key, err := jose.Generate(algorithm)
	if err != nil {
		return nil, err
	}
	signer, errSigner := jose.NewSigner(key, oauth.TypeIDToken)
	published, errSet := jose.NewKeySet(append(slices.Clone(m.published.Keys()), key.Public())...)
	if err := errors.Join(errSigner, errSet); err != nil {
		return nil, err
	}
	m.id[algorithm], m.published = signer, published
	return signer, nil
}
