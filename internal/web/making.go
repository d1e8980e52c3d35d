package web

import "html/template"

// newThingForm asks for the name of something that is about to be made.
type newThingForm struct {
	Action, Back string
	Title, Text  template.HTML
	Name         field
	Note         template.HTML
	Do           template.HTML
	Wrong        mistakes
}

// ticketView shows a secret once.
type ticketView struct {
	Back, BackPath string
	Title, Text    template.HTML
	ID             string // that belongs to the secret and may be seen again; empty: there is none
	Label          template.HTML
	Value          string
	Copy, Copied   template.HTML // on the button; when it was copied
	Guard          template.HTML // to who closes it without having copied it
	Remark         template.HTML
	Snippet        *snippet
}
