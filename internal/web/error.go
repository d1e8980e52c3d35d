package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// errorHeader carries the id of a refusal.
const errorHeader = oauthhttp.ErrorHeader

// Machine words of refusals that arise here.
const (
	codeMedia = "media_type"
	codeLong  = "too_long"
)

// shapes is the one table from kind to page; a test ranges over all kinds. Kinds that lead to a sign-in have none.
var shapes = map[fault.Kind]struct {
	status int
	page   string // key of words for title and text
}{
	fault.Internal:        {http.StatusInternalServerError, "error.internal"},
	fault.Invalid:         {http.StatusUnprocessableEntity, "error.invalid"},
	fault.Unauthenticated: {http.StatusUnauthorized, "error.unauthenticated"},
	fault.Forbidden:       {http.StatusForbidden, "error.forbidden"},
	fault.StepUp:          {http.StatusForbidden, "error.step-up"},
	fault.NotFound:        {http.StatusNotFound, "error.not-found"},
	fault.Conflict:        {http.StatusUnprocessableEntity, "error.conflict"},
	fault.Limited:         {http.StatusTooManyRequests, "error.limited"},
	fault.Unavailable:     {http.StatusServiceUnavailable, "error.unavailable"},
}

// statusOf gives the status of an error.
func statusOf(err error) int {
	var known *fault.Error
	if errors.As(err, &known) {
		switch known.Code {
		case codeMedia:
			return http.StatusUnsupportedMediaType
		case codeLong:
			return http.StatusRequestEntityTooLarge
		case signin.CodeWrong, signin.CodeWrongFactor:
			return http.StatusUnprocessableEntity // a form to fill in again, not a page that wants a sign-in
		}
	}
	return shapes[fault.KindOf(err)].status
}

// page turns a page's function into a handler, which answers for the errors it returns.
func (p *Pages) page(answer func(*visitor) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, answer) }
}

// serve is what all those handlers do. It stands by itself so that the program holds it once, not once for each page.
func (p *Pages) serve(w http.ResponseWriter, r *http.Request, answer func(*visitor) error) {
	v, err := p.visitor(w, r)
	var preferred []string
	if v.asked != nil {
		preferred = v.asked.Locales
	}
	words, mistake := p.Material.words()
	v.tongue = words.tongue(preferred, r)
	if err == nil {
		err = mistake
	}
	if err == nil && !isText(r.URL.Path) {
		err = fault.New(fault.NotFound, "there is no such page")
	}
	if err == nil {
		err = answer(v)
	}
	if err != nil {
		p.fail(v, toFault(err))
	}
}

// fail answers with the page for an error. Who has to sign in, or sign in again, is sent there and comes back.
func (p *Pages) fail(v *visitor, err error) {
	v.taken = nil // whoever comes again finds it
	kind := fault.KindOf(err)
	if kind == fault.Unauthenticated || kind == fault.StepUp {
		p.keepForm(v)
		see(v.out, p.Issuer+loginPath+p.comeBack(v))
		return
	}
	kept := kind != fault.NotFound && kind != fault.Invalid && p.ofConsole(v) && p.keepForm(v)
	id := p.refused(v, err)
	shape := shapes[kind]
	page := &errorPage{Status: statusOf(err), Text: v.say(shape.page+".text", "minutes", minutes(err)), ErrorID: id}
	page.Title = v.plain(shape.page)
	var known *fault.Error
	if errors.As(err, &known) && kind != fault.Internal && kind != fault.NotFound && kind != fault.Unavailable {
		page.Text = v.words(known)
	}
	var lack *lacking
	if errors.As(err, &lack) {
		page.Lacks = lack.permission
		if name := p.pageName(v); name != "" {
			page.Title = v.plain("error.lacking.title", "page", name)
		}
		page.Text = v.say("error.lacking", "permission", v.permission(lack.permission), "name", newPerson(v.User).Name)
	}
	if known != nil && (known.Code == signin.CodeEnded || known.Code == signin.CodeNoMail) {
		page.Title, page.Text = v.plain("error."+known.Code+".title"), v.words(known)
	}
	if mailless := known != nil && known.Code == signin.CodeNoMail; kept || kind == fault.Unavailable && !mailless {
		page.Form, page.Kept = own(v), kept
	}
	if err := p.draw(v, page.Status, "error", page); err != nil {
		p.Log.Error("the page of an error could not be drawn", "error_id", id, "error", err)
		http.Error(v.out, "Something went wrong. "+id, http.StatusInternalServerError)
	}
}

// Refusal answers people with a page for what the edge refuses with this status. It reports false for programs. What was posted is not
// kept: it may be another site's.
func (p *Pages) Refusal(w http.ResponseWriter, r *http.Request, status int) bool {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	p.page(func(v *visitor) error {
		err, key := fault.New(fault.NotFound, "there is nothing at this address"), "error.not-found"
		switch status {
		case http.StatusForbidden:
			err, key = fault.New(fault.Forbidden, "the form was sent from another site"), "error.cross-origin"
		case http.StatusMethodNotAllowed:
			err, key = fault.New(fault.Invalid, "the method %s is not for this address", r.Method), "error.method"
		}
		page := &errorPage{Status: status, Text: v.say(key + ".text"), ErrorID: p.refused(v, err)}
		page.Title = v.plain(key)
		return p.draw(v, status, "error", page)
	})(w, r)
	return true
}

// errorPage is for what went wrong with no form to show again.
type errorPage struct {
	frame
	Status  int
	Text    template.HTML
	ErrorID string
	Lacks   string // the permission that is missing, which another account may have; empty: none
	Form    string // where to try again; empty: that would not help
	Kept    bool   // the form there waits filled as it was
}

// Solo says that the page stands alone, since nobody is signed in whose navigation it could stand beside.
func (e *errorPage) Solo() bool { return e.Person == nil }

// kinds says what kind of error a refusal of the protocol is.
var kinds = map[oauth.Code]fault.Kind{
	oauth.InvalidRequest: fault.Invalid, oauth.InvalidScope: fault.Invalid,
	oauth.AccessDenied: fault.Forbidden, oauth.UnauthorizedClient: fault.Forbidden,
	oauth.TooManyRequests: fault.Limited, oauth.TemporarilyUnavailable: fault.Unavailable, oauth.ServerError: fault.Internal,
}

// toFault gives a refusal of the protocol the form that pages know.
func toFault(err error) error {
	var refusal *oauth.Error
	if !errors.As(err, &refusal) {
		return err
	}
	kind, known := kinds[refusal.Code]
	if !known {
		kind = fault.Invalid
	}
	return &fault.Error{Kind: kind, Message: upper(refusal.Description), RetryAfter: refusal.RetryAfter, Cause: refusal}
}

// refused gives an error its id, logs what is our fault, and tells whoever keeps account of refusals.
func (p *Pages) refused(v *visitor, err error) string {
	id, told := fault.NewID(), false
	var refusal *oauth.Error
	if errors.As(err, &refusal) && refusal.ID != "" {
		id, told = refusal.ID, true
	}
	v.out.Header().Set(errorHeader, id)
	if again := retryAfter(err); again > 0 {
		v.out.Header().Set("Retry-After", strconv.Itoa(int((again+time.Second-1)/time.Second)))
	}
	kind := fault.KindOf(err)
	ours := kind == fault.Internal || kind == fault.Unavailable
	if ours && v.left() {
		return id
	}
	if ours {
		p.Log.Error("a page failed", "error_id", id, "page", v.Pattern, "error", err)
	}
	if told {
		return id
	}
	account := hub.Refusal{
		ErrorID: id, At: hub.Now(), Environment: p.Environment, Door: door,
		UserID: v.User.ID, Address: oauthhttp.Address(v.Request).String(),
		Code: kind.String(), Reason: err.Error(), Count: 1,
	}
	if v.asked != nil {
		account.ClientID = v.asked.Service.ID
	}
	var behind *signin.Refusal
	if errors.As(err, &behind) {
		account.UserID, account.Reason = behind.UserID, behind.Reason
	}
	var known *fault.Error
	if behind != nil && errors.As(err, &known) {
		account.Code = known.Code // by which the owner of the account finds it
	}
	p.Refused(account)
	return id
}

// left reports whether the browser has gone before it was answered. What fails for that reason is nobody's trouble: it is neither
// logged nor counted.
func (v *visitor) left() bool { return errors.Is(v.Context().Err(), context.Canceled) }

func retryAfter(err error) time.Duration {
	var known *fault.Error
	if !errors.As(err, &known) {
		return 0
	}
	if known.RetryAfter == 0 && known.Kind == fault.Unavailable {
		return 5 * time.Second
	}
	return known.RetryAfter
}

// minutes is how long to wait, as people say it.
func minutes(err error) string {
	return strconv.Itoa(max(int((retryAfter(err)+time.Minute-1)/time.Minute), 1))
}

// words says what is wrong: in the words of the language if there are any for it, else in its own.
func (t tongue) words(err *fault.Error) template.HTML {
	if key := "error." + err.Code; err.Code != "" && t.has(key) {
		return t.say(key, "minutes", minutes(err)) + t.warning(err)
	}
	return template.HTML(template.HTMLEscapeString(sentence(t.told(err))))
}

// warning says how many attempts are left where they are few; else it is empty.
func (t tongue) warning(err error) template.HTML {
	var behind *signin.Refusal
	if !errors.As(err, &behind) || behind.Left == 0 {
		return ""
	}
	return " " + t.N("error.attempts", behind.Left, "wait", t.span(max(behind.Wait.Round(time.Minute), time.Minute)))
}

// told is the message of an error in the language of the page, without its full stop. Of one that lists what is wrong with which field,
// it is that list.
func (t tongue) told(err error) string {
	var known *fault.Error
	if !errors.As(err, &known) {
		return ""
	}
	message := strings.TrimSuffix(known.Message, ".")
	if text, said := t.translated(message); said {
		return text
	}
	var list []string
	for _, field := range known.Fields {
		if !strings.Contains(message, field.Name+" "+field.Reason) {
			return message
		}
		reason, _ := t.translated(field.Reason)
		list = append(list, t.fieldName(field.Name)+" "+reason)
	}
	if list == nil {
		return message
	}
	return strings.Join(list, ". ")
}

// fieldName is what people call a field.
func (t tongue) fieldName(name string) string {
	if text := t.text("field." + name); text != "" {
		return text
	}
	return name
}

// again shows a form once more with what is wrong in it. Errors that no filling in can mend are returned as they are.
func (p *Pages) again(v *visitor, err error, name string, page framed, wrong *mistakes) error {
	found, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	*wrong = found
	return p.draw(v, statusOf(err), name, page)
}

// mistakes says what is wrong with a form, and tells whoever keeps account of refusals. mends is false for errors that no
// filling in can mend.
func (p *Pages) mistakes(v *visitor, err error) (wrong mistakes, mends bool) {
	var known *fault.Error
	if !errors.As(err, &known) {
		return wrong, false
	}
	form := known.Code == signin.CodeWrong || known.Code == signin.CodeWrongFactor || known.Code == signin.CodeWrongPasskey
	switch known.Kind {
	case fault.Invalid, fault.Conflict, fault.Limited:
		form = true
	case fault.Unavailable:
		form = known.Code == signin.CodeBusy
	}
	if !form {
		return wrong, false
	}
	p.refused(v, err)
	wrong.Summary = v.words(known)
	wrong.Wait = int(retryAfter(err) / time.Second)
	wrong.Fields = map[string]template.HTML{}
	for _, field := range known.Fields {
		wrong.Fields[field.Name] = v.reason(field.Reason)
		if len(known.Fields) > 1 {
			wrong.Links = append(wrong.Links, link{"#" + field.Name, text(v.fieldName(field.Name))})
		}
	}
	return wrong, true
}

// chosenGone makes an error about something that is not there one that filling in mends, where it can only be what the form names or
// chooses, since what the form is about was found.
func chosenGone(typed form, err error) error {
	var known *fault.Error
	if !errors.As(err, &known) || known.Kind != fault.NotFound || !typed.filled() {
		return err
	}
	return &fault.Error{Kind: fault.Conflict, Code: known.Code, Message: known.Message, Fields: known.Fields, Cause: err}
}

// reason says what is wrong with a field, in the language of the page as far as it has words for it.
func (t tongue) reason(english string) template.HTML {
	text, _ := t.translated(english)
	return template.HTML(template.HTMLEscapeString(sentence(text)))
}

// wrongField is the error of one field, in words.
func wrongField(name, reason string) error {
	return &fault.Error{Kind: fault.Invalid, Message: reason, Fields: []fault.Field{{Name: name, Reason: strings.TrimSuffix(reason, ".")}}}
}

// sentence makes one of words.
func sentence(words string) string { return upper(words) + "." }

// upper begins a sentence. What is spelled as programs spell it, redirect_uri for one, stays as it is.
func upper(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if text == "" || strings.ContainsAny(first, "_=/") {
		return text
	}
	_, size := utf8.DecodeRuneInString(text)
	return initial(text) + text[size:]
}
