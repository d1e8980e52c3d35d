package oauth

import (
	"context"
	"errors"
	"time"
)

// StepKind says what is next for an authorization request.
type StepKind string

// The steps. Issue and Deny end the request; the others are pages.
const (
	StepIssue         StepKind = "issue"
	StepDeny          StepKind = "deny" // the person refused, or may not
	StepLogin         StepKind = "login"
	StepSelectAccount StepKind = "select_account"
	StepSecondFactor  StepKind = "second_factor"
	StepSetPassword   StepKind = "set_password"
	StepConsent       StepKind = "consent"
)

// Step is what is next, and for Issue who allowed what.
type Step struct {
	Kind StepKind

	Subject  *Subject
	AuthTime time.Time
	Fresh    bool     // the person signed in for this very request
	Seen     bool     // the person did something for this very request, or somebody answers for the client
	Methods  []string // RFC 8176
	Level    string   // "acr"
	Session  string
	Items    []string // scope items the person allows; nil: all that were asked for
	Detail   any      // what the owner of the port wants to find again
	Proof    any      // becomes Family.Proof
}

// Interaction decides what a person must do before a client gets its answer.
type Interaction interface {
	// Next gives the next step of a request that passed all checks, for this browser session. It may not show pages, count or
	// change anything; what request_credentials, prompt and acr_values mean for a session is its to decide. The library holds
	// its answer against max_age, prompt and id_token_hint once more, and turns a page into an error where none may be shown.
	Next(ctx context.Context, asked *Asked, session any) (*Step, error)
	// SignedIn reports whether a person is signed in with this browser session.
	SignedIn(session any) bool
}

// unanswered is the error for a page that may not be shown (OpenID Connect Core 1.0 section 3.1.2.6).
func unanswered(page StepKind) Code {
	switch page {
	case StepLogin:
		return LoginRequired
	case StepSelectAccount:
		return AccountSelectionRequired
	case StepConsent:
		return ConsentRequired
	}
	return InteractionRequired
}

// nextStep asks what is next, and sees to it that neither a person who is not the one meant, nor a sign-in that is too old,
// is taken for an answer.
func (s *Server) nextStep(ctx context.Context, a *authorization) (*Step, error) {
	asked := a.asked
	step, err := s.Interaction.Next(ctx, asked, a.request.Session)
	if err != nil {
		return nil, err
	}
	switch {
	case step.Kind == StepIssue && !step.Subject.Active:
		step = &Step{Kind: StepDeny}
	case step.Kind == StepIssue && !s.answers(asked, step):
		step = &Step{Kind: StepLogin}
	}
	if step.Kind == StepIssue && asked.Client.Public && isNative(asked.RedirectURI) { // RFC 6749 section 10.2, RFC 8252 section 8.6
		switch {
		case asked.silent():
			return nil, refusal(InteractionRequired, "a program on the person's own machine must let the person see that it asks")
		case !step.Seen && !step.Fresh:
			step = &Step{Kind: StepConsent, Subject: step.Subject}
		}
	}
	switch {
	case step.Kind == StepDeny:
		return nil, refusal(AccessDenied, "the person, or the server on the person's behalf, refused").because(Explanation{
			Reason:   "the person did not allow on the consent page what the service asks for, or is banned",
			Received: asked.Scope.String(), Setting: SettingConsent,
		})
	case step.Kind == StepIssue || !asked.silent():
		return step, nil
	case asked.Prompts("none"):
		return nil, refusal(unanswered(step.Kind), "the person would have to be asked, and prompt=none forbids it").because(Explanation{
			Reason:   "prompt=none forbids to ask the person, who has to sign in, to choose or to consent first",
			Expected: "a person who is signed in and has consented",
			Received: string(unanswered(step.Kind)), Setting: SettingConsent,
		})
	}
	return nil, refusal(AccessDenied, "nobody is signed in, and request_credentials=silent forbids to ask")
}

// answers reports whether the one who is signed in is meant, and signed in recently enough.
func (s *Server) answers(asked *Asked, step *Step) bool {
	if asked.HintedSubject != "" && asked.HintedSubject != step.Subject.ID {
		return false
	}
	if want := asked.Claims.subject(); want != "" && want != step.Subject.ID {
		return false
	}
	if step.Fresh {
		return true
	}
	age := s.now().Sub(step.AuthTime) // below zero by more than nodes differ: the clock was set back since
	return !asked.Prompts("login") && (asked.MaxAge == nil || *asked.MaxAge > 0 && age <= *asked.MaxAge && age > -nodeLeeway)
}

// allowed is the scope a person's answer grants.
func (s *Server) allowed(ctx context.Context, asked *Asked, step *Step) (Scope, error) {
	scope, err := s.withinReach(ctx, asked, step)
	var wrong *Error
	if errors.As(err, &wrong) && wrong.Code == InvalidScope {
		return Scope{}, refusal(AccessDenied, "the person may use none of the services that scope names").because(Explanation{
			Reason: "the person is no viewer of, and holds no permission in, any service of the scope", Received: asked.Scope.String(),
			Setting: SettingViewersOrRoles,
		})
	}
	return scope, err
}
