package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// drawnForm is a form of a page as a browser without scripts has it: what it would send, and where.
type drawnForm struct {
	action  string
	fields  url.Values // as they are filled; buttons not among them
	texts   []string   // names of the fields into which people type, secrets not among them
	secrets []string
	known   []string // names of all fields
}

// formAt finds the form of a page that posts to an address.
func formAt(t testing.TB, page answer, action string) *drawnForm {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page.text))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && node.Data == "form" && attribute(node, "method") == "post" && attribute(node, "action") == action {
			form := &drawnForm{action: action, fields: url.Values{}}
			for control := range node.Descendants() {
				form.take(control)
			}
			return form
		}
	}
	t.Errorf("%s %s: %d has no form that posts to %s", page.Request.Method, page.Request.URL, page.StatusCode, action)
	return nil
}

// take reads one control.
func (f *drawnForm) take(control *html.Node) {
	name := attribute(control, "name")
	if control.Type != html.ElementNode || name == "" || has(control, "disabled") {
		return
	}
	f.known = append(f.known, name)
	kind := attribute(control, "type")
	switch control.Data {
	case "textarea":
		f.fields.Add(name, textOf(control))
		f.texts = append(f.texts, name)
	case "select":
		chosen, first := "", true
		for option := range control.Descendants() {
			if option.Data == "option" && (first || has(option, "selected")) {
				chosen, first = attribute(option, "value"), false
			}
		}
		f.fields.Add(name, chosen)
	case "input":
		if (kind == "checkbox" || kind == "radio") && !has(control, "checked") {
			return
		}
		if kind == "password" {
			f.secrets = append(f.secrets, name)
		}
		value := attribute(control, "value")
		if kind == "checkbox" && !has(control, "value") {
			value = "on"
		}
		f.fields.Add(name, value)
		if slices.Contains([]string{"text", "email", "url", "number"}, kind) &&
			attribute(control, "autocomplete") != "one-time-code" && !has(control, "readonly") && !has(control, "hidden") {
			f.texts = append(f.texts, name)
		}
	}
}

// fill types into the form, or chooses in it: names and values by turns, a name that stands several times gets them all.
func (f *drawnForm) fill(typed ...string) url.Values {
	sent := url.Values{}
	for name, values := range f.fields {
		sent[name] = slices.Clone(values)
	}
	begun := map[string]bool{}
	for i := 0; i < len(typed); i += 2 {
		if !begun[typed[i]] {
			sent.Del(typed[i])
		}
		begun[typed[i]] = true
		sent.Add(typed[i], typed[i+1])
	}
	return sent
}

// send posts it.
func (b *browser) send(action string, fields url.Values) answer {
	b.Helper()
	var typed []string
	for name, values := range fields {
		for _, value := range values {
			typed = append(typed, name, value)
		}
	}
	return b.post(action, typed...)
}

func attribute(node *html.Node, key string) string {
	for _, one := range node.Attr {
		if one.Key == key {
			return one.Val
		}
	}
	return ""
}

func has(node *html.Node, key string) bool {
	return slices.ContainsFunc(node.Attr, func(one html.Attribute) bool { return one.Key == key })
}

func textOf(node *html.Node) string {
	var text strings.Builder
	for part := range node.Descendants() {
		if part.Type == html.TextNode {
			text.WriteString(part.Data)
		}
	}
	return text.String()
}
