package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
)

// interaction is the port oauth.Interaction: the one place that decides what a person must do next. A session is a
// signin.Visit, with what is pending for the request, or the error that kept it from being found; nil is a browser nobody
// knows.
type interaction struct{ view }

// preview is a session with which a request is only looked at: nobody is signed in, and nobody can be.
type preview struct{}

// interactionSteps are the questions in the order in which they are asked. The first that has something for the person to do
// decides; when none has, the client gets its answer.
var interactionSteps = []func(*dialogue, context.Context) (*oauth.Step, error){
	lookedAt, guestInstead, mustSignIn, mustProveMore, hasRefused, mustSignInAnew, mustChoose, strongEnough, mustConsent,
}

// dialogue is one request and the browser that brought it.
type dialogue struct {
	view
	asked    *oauth.Asked
	visit    signin.Visit
	only     bool // to be looked at
	who      *person
	fresh    bool   // signed in for this very request
	approved string // id of what the person allowed the client before, if it is why nobody is asked
	now      time.Time
}

// SignedIn reports whether a person is signed in with a session.
func (interaction) SignedIn(session any) bool {
	visit, found := session.(signin.Visit)
	return found && visit.SignedIn()
}

// Next gives the next step of a request.
func (i interaction) Next(ctx context.Context, asked *oauth.Asked, session any) (*oauth.Step, error) {
	d := &dialogue{view: i.view, asked: asked, now: i.Store.Now()}
	switch session := session.(type) {
	case nil:
	case preview:
		d.only = true
	case signin.Visit:
		d.visit = session
	case error:
		return nil, fromStore(session)
	default:
		return nil, fmt.Errorf("a session is a signin.Visit, not %T", session)
	}
	for _, step := range interactionSteps {
		next, err := step(d, ctx)
		if next != nil || err != nil {
			return next, err
		}
	}
	return d.issue(), nil
}

func lookedAt(d *dialogue, _ context.Context) (*oauth.Step, error) {
	if d.only {
		return &oauth.Step{Kind: oauth.StepLogin}, nil
	}
	return nil, nil
}

// guestInstead answers for the guest where nobody is signed in, the request allows it and an administrator has allowed the
// guest. Nobody can consent for the guest, whose name is all there is to know.
func guestInstead(d *dialogue, ctx context.Context) (*oauth.Step, error) {
	if d.visit.SignedIn() || d.asked.RequestCredentials != "skip" && d.asked.RequestCredentials != "silent" {
		return nil, nil
	}
	guest, err := d.person(ctx, hub.GuestID)
	if errors.Is(err, oauth.ErrNotFound) || err == nil && !guest.subject.Active {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &oauth.Step{Kind: oauth.StepIssue, Subject: &guest.subject}, nil
}

func mustSignIn(d *dialogue, ctx context.Context) (*oauth.Step, error) {
	login := &oauth.Step{Kind: oauth.StepLogin}
	if d.visit.Next == signin.SignIn {
		return login, nil
	}
	var err error
	d.who, err = d.person(ctx, d.visit.User.ID)
	if errors.Is(err, oauth.ErrNotFound) || err == nil && !d.who.subject.Active {
		return login, nil
	}
	return nil, err
}

func mustProveMore(d *dialogue, _ context.Context) (*oauth.Step, error) {
	switch d.visit.Next {
	case signin.SecondFactor, signin.Enrol:
		return &oauth.Step{Kind: oauth.StepSecondFactor}, nil
	case signin.NewPassword:
		return &oauth.Step{Kind: oauth.StepSetPassword}, nil
	}
	return nil, nil
}

func hasRefused(d *dialogue, _ context.Context) (*oauth.Step, error) {
	if d.visit.Pending.DeniedAt.IsZero() {
		return nil, nil
	}
	return &oauth.Step{Kind: oauth.StepDeny}, nil
}

// mustSignInAnew holds the session against what the request says of it: how fresh it must be, and whose.
func mustSignInAnew(d *dialogue, _ context.Context) (*oauth.Step, error) {
	asked, session, pending := d.asked, d.visit.Session, d.visit.Pending
	d.fresh = !pending.AskedAt.IsZero() && !session.SignedInAt.Before(pending.AskedAt)
	another := asked.HintedSubject != "" && asked.HintedSubject != d.who.user.ID
	tooOld := asked.MaxAge != nil && (*asked.MaxAge == 0 || !signin.Recent(session.SignedInAt, d.now, *asked.MaxAge))
	if another || !d.fresh && (tooOld || asked.Prompts("login") || asked.RequestCredentials == "required") {
		return &oauth.Step{Kind: oauth.StepLogin}, nil
	}
	return nil, nil
}

func mustChoose(d *dialogue, _ context.Context) (*oauth.Step, error) {
	if d.asked.Prompts("select_account") && !d.fresh && d.visit.Pending.ChosenAt.IsZero() {
		return &oauth.Step{Kind: oauth.StepSelectAccount}, nil
	}
	return nil, nil
}

// strongEnough refuses a request for which only a stronger proof would do (OpenID Connect Core 1.0 section 5.5.1.1): who has a
// second factor was asked for it, so there is nothing more to ask for.
func strongEnough(d *dialogue, _ context.Context) (*oauth.Step, error) {
	wish := d.asked.Claims.IDToken["acr"]
	if level := Level(d.visit.Session.Methods); wish.Essential && len(wish.Values) > 0 && !slices.Contains(wish.Values, level) {
		return nil, &oauth.Error{
			Code: oauth.AccessDenied, Description: "the person cannot sign in at the level that is asked for",
			Explanation: oauth.Explanation{
				Reason:   "the claim acr is essential, and the sign-in is of another level",
				Expected: fmt.Sprint(wish.Values), Received: level,
			},
		}
	}
	return nil, nil
}

func mustConsent(d *dialogue, ctx context.Context) (*oauth.Step, error) {
	consent := &oauth.Step{Kind: oauth.StepConsent, Subject: &d.who.subject}
	if d.asked.Prompts("consent") {
		if d.visit.Pending.AllowedAt.IsZero() {
			return consent, nil
		}
		return nil, nil
	}
	if d.trusts() {
		return nil, nil
	}
	missing, approved, err := d.unapproved(ctx, d.asked, d.who)
	d.approved = approved
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	return consent, nil
}

// trusts reports whether the client is one for which nobody is asked.
func (d *dialogue) trusts() bool {
	behind, known := d.asked.Client.Detail.(*client)
	return d.asked.Client.Trusted || known && behind.service.SkipConsent
}

// issue says for whom the client gets its answer.
func (d *dialogue) issue() *oauth.Step {
	session, pending := d.visit.Session, d.visit.Pending
	seen := d.trusts() || !pending.AllowedAt.IsZero() || !pending.ChosenAt.IsZero()
	return &oauth.Step{
		Kind: oauth.StepIssue, Subject: &d.who.subject, AuthTime: session.SignedInAt, Fresh: d.fresh, Seen: seen,
		Methods: session.Methods, Level: Level(session.Methods), Session: session.ID, Proof: inSession(session, d.approved),
	}
}

// The levels of a sign-in ("acr"): one factor, or two.
const (
	LevelOne = "1"
	LevelTwo = "2"
)

// Level is how much the methods of a sign-in prove.
func Level(methods []string) string {
	if slices.Contains(methods, signin.MethodMultiple) {
		return LevelTwo
	}
	return LevelOne
}
