package web_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

var update = flag.Bool("update", false, "write testdata/pages anew")

// everyPage opens each page in each state that looks different.
func everyPage(t *testing.T) map[string]answer {
	t.Helper()
	bench := newBench(t)
	pages := map[string]answer{}
	stranger := bench.browser()
	pages["login"] = stranger.get("/auth/login")
	pages["login-service"] = stranger.get("/auth/login?" + wikiQuery)
	pages["login-wrong"] = stranger.post("/auth/login?"+wikiQuery, "username", "eve", "password", "wrong")
	pages["login-changed"] = stranger.get("/auth/login?changed=1")
	pages["problem"] = stranger.get("/auth/oauth/error?error_id=abcdefghabcdefgh")
	pages["problem-unknown"] = stranger.get("/auth/oauth/error?error=invalid_request")
	pages["problem-ours"] = stranger.get("/auth/oauth/error?error=server_error")
	pages["signed-out"] = stranger.get("/auth/signed-out")
	pages["restore"] = stranger.get("/auth/restore")
	pages["restore-sent"] = stranger.follow(stranger.post("/auth/restore", "username", "ada"))
	pages["restore-new"] = stranger.get(bench.letters[0].Link)
	pages["restore-new-wrong"] = stranger.post(bench.letters[0].Link, "password", "short")
	pages["restore-ended"] = stranger.get("/auth/restore/none")
	pages["device"] = stranger.get("/device")
	pages["device-wrong"] = stranger.post("/device", "user_code", "AAAA-AAAA")
	pages["device-done"] = stranger.get("/device/done")
	bench.tx(func(tx *store.Tx) error { return tx.InsertRole(t.Context(), hub.DefaultRoles()[0]) })
	link := bench.pages.SetUpURL(bench.desk.OpenSetUp())
	pages["set-up"] = stranger.get(link)
	pages["set-up-wrong"] = stranger.post(link, "username", "a b", "email", "x", "password", "short")

	b := bench.browser()
	b.signIn()
	pages["home"] = b.get("/")
	bench.allow("*")
	pages["profile"] = b.get("/account")
	pages["profile-wrong"] = b.post("/account", "version", "0", "name", "Other", "login", "ada", "email", "ada@example.test")
	pages["email"] = b.get("/account/email")
	pages["security"] = b.get("/account/security")
	pages["new-token"] = b.get("/account/security/tokens/new")
	pages["new-token-wrong"] = b.post("/account/security/tokens/new", "name", "export", "expires", "30d")
	pages["client-created"] = b.follow(b.post("/account/security/api-clients/new", "label", "Payroll sync"))
	pages["client-shown"] = b.get("/account/security")
	pages["revoke"] = b.get("/account/security/revoke")
	pages["revoke-wrong"] = b.post("/account/security/revoke", "what", "tokens", "password", "wrong")
	pages["api-access-none"] = b.get("/settings/api-access")
	pages["app-new"] = b.get("/settings/api-access/new?env=production")
	pages["app-made"] = b.follow(b.post("/settings/api-access/new?env=production", "label", "Checkout"))
	pages["not-found"] = b.get("/account/security/tokens/none/delete")
	pages["password"] = b.get("/account/security/password")
	pages["password-changed"] = b.get("/account/security/password?changed=1")
	pages["password-wrong"] = b.post("/account/security/password", "currentPassword", "wrong", "newPassword", another)
	pages["consent"] = b.get("/auth/consent?" + wikiQuery)
	pages["consent-stranger"] = b.get("/auth/consent?" + strings.Replace(wikiQuery, "=wiki", "=stranger", 1))
	pages["device-consent"] = b.get("/device/confirm?user_code=wdjb-mjht")
	pages["account"] = b.get("/auth/account?" + wikiQuery)
	pages["login-again"] = b.get("/auth/login?" + wikiQuery)
	pages["logout"] = b.get("/auth/logout")
	pages["error-signed-in"] = b.post("/auth/login", "username", "a", "username", "b")
	pages["enrol"] = b.get("/auth/second-factor/set-up")
	_, seed, _ := strings.Cut(pages["enrol"].text, `aria-labelledby="seed-l">`)
	seed, _, _ = strings.Cut(seed, "<")
	pages["enrol-wrong"] = b.post("/auth/second-factor/set-up", "code", "x")
	pages["recovery-codes"] = b.post("/auth/second-factor/set-up", "code", codeOf(t, strings.ReplaceAll(seed, " ", "")))

	other := bench.browser()
	other.signIn()
	pages["second-factor"] = other.get("/auth/second-factor?" + wikiQuery)
	pages["second-factor-wrong"] = other.post("/auth/second-factor?"+wikiQuery, "code", "000000")
	pages["recovery"] = other.get("/auth/recovery-code?" + wikiQuery)

	must := newBench(t)
	must.tx(func(tx *store.Tx) error {
		password, err := tx.Password(t.Context(), "0190-ADA")
		password.MustChange = true
		if err != nil {
			return err
		}
		return tx.SetPassword(t.Context(), password)
	})
	b = must.browser()
	b.signIn()
	pages["new-password"] = b.get("/auth/new-password?" + wikiQuery)
	must.next = func(signin.Visit) *oauth.AuthorizeAnswer { return nil }
	for name, page := range pages {
		page.text = strings.ReplaceAll(page.text, must.server.URL, bench.server.URL)
		page.text = strings.ReplaceAll(page.text, bench.server.URL, "https://hub.example.test")
		pages[name] = page
	}
	return pages
}

// whatever differs from run to run.
var passing = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "hub.example.test"},
	{regexp.MustCompile(`/static/[0-9a-f]{16}/`), "/static/VERSION/"},
	{regexp.MustCompile(`nowrap">[a-z2-7]{16}<`), `nowrap">ERROR-ID<`},
	{regexp.MustCompile(`(/auth/(?:restore|set-up)/)[A-Za-z0-9_-]{43}`), "${1}CODE"},
	{regexp.MustCompile(`[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}`), "SEED"},
	{regexp.MustCompile(`hub(cs|pat|key)_[0-9A-Za-z]{38}`), "hub${1}_SECRET"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UUID"},
	{regexp.MustCompile(`<time [^>]*>[^<]*</time>`), "<time>WHEN</time>"},
	{regexp.MustCompile(`name="once" value="[\w-]{80,}"`), `name="once" value="FORM"`},
	{regexp.MustCompile(`name="version" value="\d+"`), `name="version" value="VERSION"`},
	{regexp.MustCompile(`([>=";]|app_id&#34;: &#34;|api-access/)\d{8}([<"/&]|&#34;)`), "${1}APP-ID${2}"},
	{regexp.MustCompile(`(?m)^(.*aria-label="Recovery codes">)?[a-z2-9]{4}-[a-z2-9]{4}$`), "${1}CODE"},
}

func TestEveryPageLooksAsItDid(t *testing.T) {
	for name, page := range everyPage(t) {
		text := page.text
		for _, p := range passing {
			text = p.what.ReplaceAllString(text, p.with)
		}
		text = withoutFrame(name, text)
		file := filepath.Join("testdata", "pages", name+".html")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v; go test ./internal/web -update writes it", err)
			continue
		}
		if difference := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); difference != "" {
			t.Errorf("%s (-was +is):\n%s", name, difference)
		}
	}
}

// framed is the page whose file shows the frame of the console as well.
const framed = "home"

// withoutFrame leaves out what all pages of the console have in common.
func withoutFrame(name, text string) string {
	head, rest, inFrame := strings.Cut(text, `<div class="shell">`)
	if !inFrame || name == framed {
		return text
	}
	_, title, _ := strings.Cut(head, "<title>")
	title, _, _ = strings.Cut(title, "</title>")
	_, main, _ := strings.Cut(rest, `<main class="main" id="main" tabindex="-1">`)
	return "<!-- " + title + ", in the frame of " + framed + ".html -->\n<main>" + main
}

func TestEveryPageIsSoundHTML(t *testing.T) {
	for name, page := range everyPage(t) {
		if got := page.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s is %s", name, got)
		}
		for _, problem := range lint(page.text) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// sound holds each page that any test opens to the same.
func (b *browser) sound(a answer) {
	b.Helper()
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Content-Encoding") != "" {
		return
	}
	for _, problem := range lint(a.text) {
		b.Errorf("%s %s: %s", a.Request.Method, a.Request.URL, problem)
	}
}

// within names what may not stand, however deep, in what.
var within = map[string][]string{
	"summary": {"div", "p", "ul", "section"}, "button": {"div", "p", "h2", "a", "button"}, "label": {"div", "p", "label"},
	"p": {"div", "p", "ul", "h2", "section"}, "form": {"form"}, "a": {"a", "button", "input"},
}

// lint says what is wrong with a page: with its nesting, its references, and what the policy or a reader needs.
func lint(text string) []string {
	var problems []string
	wrong := func(parts ...string) { problems = append(problems, strings.Join(parts, " ")) }
	ids, wanted, count := map[string]int{}, map[string]string{}, map[string]int{}
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		token := tokens.Token()
		switch kind {
		case html.DoctypeToken:
			count["doctype"]++
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				wrong("</"+token.Data+"> closes", strings.Join(open, " "))
				return problems
			}
			open = open[:len(open)-1]
		case html.StartTagToken, html.SelfClosingTagToken:
			count[token.Data]++
			for _, around := range open {
				if slices.Contains(within[around], token.Data) {
					wrong("a", token.Data, "in a", around)
				}
			}
			if token.DataAtom == atom.Legend && (len(open) == 0 || open[len(open)-1] != "fieldset") {
				wrong("a legend that names no fieldset")
			}
			if kind == html.StartTagToken && !slices.Contains([]string{"meta", "link", "input", "img", "br"}, token.Data) {
				open = append(open, token.Data)
			}
			attributes := map[string]string{}
			for _, a := range token.Attr {
				if _, twice := attributes[a.Key]; twice {
					wrong(token.Data, "has two", a.Key)
				}
				attributes[a.Key] = a.Val
				switch {
				case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Val, "javascript:"), strings.Contains(a.Val, "ZgotmplZ"):
					wrong(token.Data, a.Key, a.Val)
				case a.Key == "id":
					ids[a.Val]++
				case a.Key == "for", a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "form", a.Key == "popovertarget":
					for _, id := range strings.Fields(a.Val) {
						wanted[id] = token.Data + " " + a.Key
					}
				case a.Key == "data-back" && !strings.Contains(a.Val, "#"):
					wrong("the dialog leads the focus nowhere when it is closed")
				case (a.Key == "href" || a.Key == "action" || a.Key == "src") && strings.TrimSpace(a.Val) == "":
					wrong(token.Data, "leads nowhere")
				}
			}
			if token.DataAtom == atom.Table && attributes["role"] != "" && attributes["role"] != "presentation" {
				wrong("a table whose parts must not say their roles")
			}
			if token.DataAtom == atom.Img && attributes["alt"] == "" {
				wrong("a picture without words")
			}
			if token.DataAtom == atom.Script && (attributes["src"] == "" || attributes["type"] != "module") {
				wrong("a script that is not a module of its own")
			}
			if token.DataAtom == atom.Html && (attributes["lang"] == "" || attributes["dir"] == "") {
				wrong("no language")
			}
		}
	}
	if len(open) > 0 {
		wrong("left open:", strings.Join(open, " "))
	}
	for id, times := range ids {
		if times > 1 {
			wrong("two elements have the id", id)
		}
	}
	for id, by := range wanted {
		if ids[id] == 0 {
			wrong(by, "refers to", id, "which is not there")
		}
	}
	for _, one := range []string{"doctype", "html", "title", "h1", "main"} {
		if count[one] != 1 {
			wrong("there is not one", one)
		}
	}
	return problems
}
