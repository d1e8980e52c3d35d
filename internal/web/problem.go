package web

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/fault"
	"example.org/hub/oauth"
)

// problemPage tells a person why a service cannot sign them in. Nothing in the URL is shown but a known code and the id:
// else anybody could put words into our mouth.
type problemPage struct {
	frame
	Text    template.HTML
	Code    string
	ErrorID string
	Problem *Problem // nil: no more is known
	HomeURL string
	When    *moment

	// What Problem says, in the language of the page.
	Message, Reason, Expected, Setting remark
	Difference                         string
}

// tell says what is known of the refusal.
func (page *problemPage) tell(v *visitor, problem *Problem) {
	page.Problem, page.Code, page.When = problem, problem.Code, newMoment(problem.At)
	page.Message, page.Reason, page.Expected, page.Setting = v.tell(problem.Message).begun(),
		v.tell(problem.Reason).begun(), v.tell(problem.Expected), v.tell(problem.Setting).begun()
	page.Difference = v.difference(audit.Compare(problem.Expected, problem.Received))
}

// moment is a time for people and for programs.
type moment struct{ Words, Machine string }

func newMoment(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{Words: t.UTC().Format("2 Jan 2006, 15:04:05 UTC"), Machine: t.UTC().Format(time.RFC3339)}
}

func (p *Pages) problem(v *visitor) error {
	page := &problemPage{Code: "invalid_request"}
	if code := v.query.Get("error"); slices.Contains(oauth.Codes(), oauth.Code(code)) {
		page.Code = code
	}
	if id := v.query.Get("error_id"); fault.IsID(id) {
		page.ErrorID = id
		v.out.Header().Set(errorHeader, id)
		problem, err := p.Problem(v.Context(), id, v.Visit)
		if err == nil {
			page.tell(v, problem)
		} else if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	status := http.StatusBadRequest
	switch {
	case page.Code == "server_error" || page.Code == "temporarily_unavailable":
		status = http.StatusServiceUnavailable
		page.Title, page.Text = v.plain("problem.ours"), v.say("problem.ours.text")
	case page.Problem != nil && page.Problem.Service != nil:
		page.Title, page.Text = v.plain("problem.title", "service", page.Problem.Service.Name),
			v.say("problem.text", "service", page.Problem.Service.Name)
		page.HomeURL = page.Problem.Service.HomeURL
	default:
		page.Title, page.Text = v.plain("problem.unknown"), v.say("problem.unknown.text")
	}
	return p.draw(v, status, "problem", page)
}
