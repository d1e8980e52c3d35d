package clients_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"example.org/hub/test/blackbox"
)

// tryOut runs `hub dev`, and gives what it printed as words of lines by their first word.
func tryOut(t *testing.T, args ...string) map[string][]string {
	t.Helper()
	listen := fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	command := exec.Command(blackbox.Binary(t),
		append([]string{"dev", "--data", t.TempDir(), "--listen", listen, "--metrics-listen", "off"}, args...)...)
	command.Env, command.Stderr = blackbox.Environment(), t.Output()
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	hanging := time.AfterFunc(2*time.Minute, func() { _ = command.Process.Kill() })
	t.Cleanup(func() {
		hanging.Stop()
		_ = command.Process.Signal(syscall.SIGINT)
		_ = command.Wait()
	})
	said := map[string][]string{}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Paste ") {
		if words := strings.Fields(lines.Text()); len(words) > 1 {
			said[words[0]] = words
		}
	}
	return said
}

// app is the example web application, as a browser sees it.
type app struct {
	*person
	url string
}

// visit asks the application for a page; where it sends the browser is followed, through the hub's pages too.
func (a *app) visit(request *http.Request) map[string]string {
	a.Helper()
	for range 20 {
		if strings.HasPrefix(request.URL.String(), a.home+"/") {
			request = a.walk(request)
			continue
		}
		if !strings.HasPrefix(request.URL.String(), a.url+"/") {
			a.Fatalf("the browser left for %s", request.URL)
		}
		response, err := a.client.Do(request)
		if err != nil {
			a.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			a.Fatal(err)
		}
		if response.StatusCode != http.StatusSeeOther {
			return shownBy(a, string(text))
		}
		next, err := response.Location()
		if err != nil {
			a.Fatal(err)
		}
		request = a.request(http.MethodGet, next.String(), nil)
	}
	a.Fatalf("after twenty steps still at %s", request.URL)
	return nil
}

// press presses one of the application's buttons.
func (a *app) press(button string) map[string]string {
	a.Helper()
	request := a.request(http.MethodPost, a.url+"/"+button, url.Values{})
	request.Header.Set("Origin", a.url)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return a.visit(request)
}

// shownBy gives what a page says, by the ids of its elements.
func shownBy(t testing.TB, text string) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for node := range root.Descendants() {
		if id := attribute(node, "id"); id != "" && node.FirstChild != nil {
			said[id] = strings.TrimSpace(node.FirstChild.Data)
		}
	}
	return said
}

func TestTheExampleWebApplicationSignsInRefreshesAndSignsOut(t *testing.T) {
	for _, tls := range []string{"auto", "off"} {
		t.Run(tls, func(t *testing.T) {
			said := tryOut(t, "--tls", tls)
			hub, address := said["hub"][1], strings.TrimSuffix(said["example"][2], "/")
			if said["hub"][1] == "ready" { // the line that begins so comes first
				t.Fatalf("the hub says %v", said)
			}
			asker := blackbox.NewAsker(t, hub, said["data"][1])
			who := newPerson(t, &site{Hub: &blackbox.Hub{URL: hub, Asker: asker}}, "cleo", "")
			who.password = said["cleo"][1]
			a := &app{who, address}

			get := func(path string) map[string]string { return a.visit(a.request(http.MethodGet, a.url+path, nil)) }
			if page := get("/"); page["sign-in"] == "" || page["name"] != "" {
				t.Fatalf("before signing in: %v", page)
			}
			if page := get("/back?code=x&state=y"); page["wrong"] == "" || page["name"] != "" {
				t.Errorf("somebody else's answer: %v", page)
			}
			page := get("/sign-in")
			who.saw("auth/login", "auth/consent")
			if page["name"] != "Cleo Demo" || page["login"] != "cleo" || page["email"] != "cleo@example.test" ||
				!strings.Contains(page["groups"], "staff") || page["refreshed"] != "0" {
				t.Fatalf("signed in: %v", page)
			}
			for _, times := range []string{"1", "2"} {
				if page := a.press("refresh"); page["refreshed"] != times || page["login"] != "cleo" {
					t.Errorf("refreshed: %v", page)
				}
			}
			if page := a.press("sign-out"); page["sign-in"] == "" {
				t.Errorf("signed out: %v", page)
			}
			if page := get("/sign-in"); page["login"] != "cleo" {
				t.Errorf("signed in again: %v", page)
			}
			who.saw("auth/login") // at the hub too the session had ended; what was allowed is remembered
		})
	}
}
