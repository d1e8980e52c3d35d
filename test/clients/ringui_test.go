package clients_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// board is a service whose page runs ring-ui in a browser.
const board = "9a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c55"

// servePage serves the page of the board, of the same site as the hub and another origin.
func servePage(t *testing.T, h *site) string {
	t.Helper()
	if err := installed(); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(t.TempDir(), "page.js")
	command := exec.Command(filepath.Join("node_modules", ".bin", "esbuild"), "ring-ui.mjs", "--bundle", "--log-level=error", "--outfile="+bundle)
	command.Dir = "node"
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("esbuild: %v\n%s", err, said)
	}
	script, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"serverUri": h.URL, "clientId": board, "scope": []string{"wiki"}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Board</title><body><p id="who"></p><script type="application/json" id="config">%s</script><script src="/page.js"></script>`, config)
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	page := "https://localhost:" + port
	h.Apply(t, fmt.Sprintf(`version: 1
services: [{id: %s, key: board, name: Board, homeUrl: %q, redirectUris: [%q], postLogoutRedirectUris: [%q], flows: [implicit], consent: false}]
`, board, page, page+"/", page+"/"))
	return page
}

// tab is a browser.
type tab struct {
	testing.TB
	ctx context.Context
}

func newTab(t *testing.T) *tab {
	t.Helper()
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(),
		append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.IgnoreCertErrors)...)
	ctx, end := chromedp.NewContext(allocator)
	limited, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(func() { stop(); end(); endAllocator() })
	return &tab{t, limited}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// get gives what an expression, or the promise it is, comes to in the page.
func get[T any](b *tab, expression string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return value
}

// signIn fills in the hub's sign-in page.
func (b *tab) signIn(login string) {
	b.Helper()
	for name, text := range map[string]string{"username": login, "password": password} {
		field := chromedp.CSS(`[name="` + name + `"]`)
		b.do(chromedp.WaitVisible(field), chromedp.SendKeys(field, text))
	}
	b.do(chromedp.Click(chromedp.CSS("main form button:not([type])")))
}

// shows waits until the board says who is signed in.
func (b *tab) shows(login string) {
	b.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS("#who:not(:empty)")))
	if who := get[string](b, `document.getElementById("who").textContent`); who != login {
		b.Fatalf("the page says %q, want %q", who, login)
	}
}

func TestRingUISignsAPersonInAgainInTheBackgroundAndOut(t *testing.T) {
	h := serve(t)
	page := servePage(t, h)
	b := newTab(t)
	b.do(chromedp.Navigate(page))
	b.signIn("ben")
	b.shows("ben")
	if name := get[string](b, `auth.requestUser().then((user) => user.name)`); name != "Ben Demo" {
		t.Errorf("the user is %q", name)
	}
	if may := get[bool](b, `permissions.check("hub:self-update")`); !may {
		t.Error("ben may not change his own account")
	}
	if may := get[bool](b, `permissions.check("hub:admin-write")`); may {
		t.Error("ben may do everything")
	}
	first := get[string](b, `auth.requestToken()`)
	if next := get[string](b, `auth.forceTokenUpdate()`); next == first || next == "" {
		t.Errorf("in the background came the token %q", next)
	}
	b.do(chromedp.Navigate(page)) // the token is in the browser's storage
	b.shows("ben")

	get[int](b, `(auth.logout(), 0)`)
	b.signIn("carl")
	b.shows("carl")
}

func TestRingUISignsAPersonOutAtTheEndSessionEndpoint(t *testing.T) {
	h := serve(t)
	page := servePage(t, h)
	b := newTab(t)
	b.do(chromedp.Navigate(page))
	b.signIn("ben")
	b.shows("ben")
	get[int](b, fmt.Sprintf(`(auth.config.rpInitiatedLogout = true, auth.logout({post_logout_redirect_uri: %q}), 0)`, page+"/"))
	b.do(chromedp.Click(chromedp.CSS("main form button"))) // nothing proves who asks, so the person is asked
	b.signIn("carl")
	b.shows("carl")
}
