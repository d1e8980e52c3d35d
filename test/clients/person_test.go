package clients_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"
)

// person has a browser that keeps cookies and runs no scripts.
type person struct {
	testing.TB
	login, seed string
	password    string
	client      *http.Client
	home        string            // where the hub's pages are
	seen        []string          // paths of the pages that were shown
	decision    string            // what to say when asked to allow something
	shown       page              // the last of them
	pages       map[string]string // what they said, by path
	stuck       bool              // a page that refuses is an answer like any other
}

// page is what a browser shows.
type page struct {
	status int
	text   string
}

func newPerson(t testing.TB, h *site, login, seed string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *h.Client
	client.Jar = jar
	return &person{TB: t, login: login, seed: seed, password: password, client: &client, home: h.URL, decision: "accept"}
}

// goTo opens an address, fills in every form the hub shows, and gives the request with which the browser leaves the hub, or that
// for the page where there is nothing more to do.
func (p *person) goTo(address string) *http.Request {
	p.Helper()
	return p.walk(p.request(http.MethodGet, address, nil))
}

// walk is goTo from any request on.
func (p *person) walk(request *http.Request) *http.Request {
	p.Helper()
	p.seen, p.shown, p.pages = nil, page{}, map[string]string{}
	for range 20 {
		if !strings.HasPrefix(request.URL.String(), p.home+"/") {
			return request
		}
		response, err := p.client.Do(request)
		if err != nil {
			p.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			p.Fatal(err)
		}
		if response.StatusCode == http.StatusSeeOther || response.StatusCode == http.StatusFound {
			next, err := response.Location()
			if err != nil {
				p.Fatal(err)
			}
			request = p.request(http.MethodGet, next.String(), nil)
			continue
		}
		path := strings.TrimPrefix(request.URL.Path, "/")
		p.seen, p.pages[path] = append(p.seen, path), string(text)
		if p.shown = (page{response.StatusCode, string(text)}); p.stuck && response.StatusCode >= http.StatusBadRequest {
			return request
		}
		if response.StatusCode != http.StatusOK {
			p.Fatalf("%s %s: %s\n%s", request.Method, request.URL, response.Status, words(string(text)))
		}
		form, found := readForm(p, string(text))
		if !found {
			return request
		}
		p.fill(form)
		action, err := request.URL.Parse(form.action)
		if err != nil {
			p.Fatal(err)
		}
		from := request.URL
		request = p.request(http.MethodPost, action.String(), form.fields)
		request.Header.Set("Origin", from.Scheme+"://"+from.Host)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	p.Fatalf("after twenty steps still at the hub: %s", request.URL.Redacted())
	return nil
}

func (p *person) request(method, address string, form url.Values) *http.Request {
	p.Helper()
	request, err := http.NewRequestWithContext(p.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

// fill writes into the fields that are to be seen.
func (p *person) fill(form form) {
	p.Helper()
	for _, name := range form.shown {
		switch fields := form.fields; name {
		case "username":
			fields.Set(name, p.login)
		case "password":
			fields.Set(name, p.password)
		case "code":
			code, err := totp.GenerateCode(p.seed, time.Now())
			if err != nil {
				p.Fatal(err)
			}
			fields.Set(name, code)
		case "decision":
			fields.Set(name, p.decision)
		}
	}
}

// answer is what a service was told at its redirect URI.
func (p *person) answer(address, redirectURI string) url.Values {
	p.Helper()
	left := p.goTo(address)
	if !strings.HasPrefix(left.URL.String(), redirectURI) || left.Method != http.MethodGet {
		p.Fatalf("the browser left with %s %s, not for %s", left.Method, left.URL, redirectURI)
	}
	return left.URL.Query()
}

// saw checks which pages the last walk led over.
func (p *person) saw(pages ...string) {
	p.Helper()
	if !slices.Equal(p.seen, pages) {
		p.Errorf("the pages were %v, want %v", p.seen, pages)
	}
}

type form struct {
	action string
	fields url.Values // of inputs and buttons: names, with the values they have
	shown  []string   // names of those that a person sees
}

// readForm finds the form in the middle of a page, or the only one that a page without a middle has.
func readForm(t testing.TB, text string) (form, bool) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.Type != html.ElementNode || node.Data != "form" || attribute(node, "method") != "post" || attribute(node, "id") == "logout" {
			continue
		}
		found := form{action: attribute(node, "action"), fields: url.Values{}}
		for field := range node.Descendants() {
			name := attribute(field, "name")
			if field.Type != html.ElementNode || name == "" || attribute(field, "type") == "checkbox" {
				continue
			}
			found.fields.Set(name, attribute(field, "value"))
			if attribute(field, "type") != "hidden" {
				found.shown = append(found.shown, name)
			}
		}
		return found, true
	}
	return form{}, false
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words gives what there is to read on a page.
func words(text string) string {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return text
	}
	var said []string
	for node := range root.Descendants() {
		if node.Type == html.TextNode && node.Parent.Data != "script" && node.Parent.Data != "style" {
			said = append(said, strings.Fields(node.Data)...)
		}
	}
	return strings.Join(said, " ")
}
