package web_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/web"
)

func TestWhatHappenedAgainWithoutAnythingBetweenIsToldOnce(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	for range 3 {
		bench.happen("user.second-factor", "ada", hub.Refused)
	}
	bench.happen("user.second-factor", "ada", hub.Success)
	bench.happen("user.second-factor", "ada", hub.Refused)
	page := b.get("/account/activity").want(t, 200, "<b>Wrong code</b>, 3 times", "Proved with a code")
	if told := strings.Count(page.text, "Wrong code"); told != 2 {
		t.Errorf("wrong codes are told of %d times, before and after a right one", told)
	}
}

func TestCodeThatIsColouredIsTheSameToWhomeverCopiesIt(t *testing.T) {
	plain := strings.NewReplacer(`<span class="k">`, "", `<span class="s">`, "", `<span class="c">`, "", `<span class="v">`, "", "</span>", "")
	for _, code := range []string{
		"", "curl", "curl https://a.example/b#c \\\n  -d secret=$SECRET", "\"\"", "\"open", "a # \"b\"\n// c\n", "$", "$ $A$B",
		"<span class=\"k\">", "'{\"a\": \"'$B'\"}'", "x # y $Z", "\n\n#",
	} {
		if got := html.UnescapeString(plain.Replace(web.Coloured(code))); got != code {
			t.Errorf("%q is copied as %q", code, got)
		}
	}
	for code, want := range map[string]string{
		"curl x":       `<span class="k">curl</span> x`,
		`{"a": "b"}`:   `{<span class="k">&#34;a&#34;</span>: <span class="s">&#34;b&#34;</span>}`,
		"-u id:$TOKEN": `-u id:<span class="v">$TOKEN</span>`,
		"a # b":        `a <span class="c"># b</span>`,
		"a#b":          "a#b",
	} {
		if got := web.Coloured(code); got != want {
			t.Errorf("%q is coloured %s, not %s", code, got, want)
		}
	}
}

func TestPeopleSeeWhatWasRefusedToWhoeverUsedTheirName(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	refused := func(id, userID, code, reason, door string, before time.Duration) hub.Refusal {
		return hub.Refusal{
			ErrorID: id, At: hub.Now().Add(-before), Environment: hub.Production, UserID: userID, Address: "198.51.100.7",
			Code: code, Reason: reason, Door: door, Count: 1,
		}
	}
	err := bench.store.InsertRefusals(t.Context(), []hub.Refusal{
		refused("1", "0190-ADA", signin.CodeWrong, signin.ReasonWrong, "page", 2*time.Minute),
		refused("2", "0190-ADA", signin.CodeWrong, signin.ReasonWrong, "page", 3*time.Minute),
		refused("3", "0190-ADA", signin.CodeWrong, "the user is banned", "token", 4*time.Minute),
		refused("4", "0190-ADA", "not-found", "no such page", "page", time.Minute),
		refused("5", "0190-EVE", signin.CodeWrongPasskey, "of somebody else", "page", time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	page := b.get("/account/activity").want(t, 200, "<b>Wrong password</b>, 2 times",
		"<b>Sign-in refused</b>: the user is banned", "198.51.100.7 · by a program")
	if strings.Contains(page.text, "no such page") || strings.Contains(page.text, "of somebody else") {
		t.Error("it tells of more than the person's own sign-ins")
	}
	b.get("/account/activity?show=sign-ins").want(t, 200, "Wrong password")
	if page := b.get("/account/activity?show=credentials").want(t, 200); strings.Contains(page.text, "Wrong password") {
		t.Error("a wrong password is told of among the credentials")
	}
	for range 31 {
		bench.happen("user.second-factor-set", "ada", hub.Success)
	}
	page = b.get("/account/activity").want(t, 200, "Show older")
	_, older, _ := strings.Cut(page.text, `<a class="btn btn--sm" href="?after=`)
	older, _, _ = strings.Cut(older, "#")
	if strings.Contains(page.text, "Wrong password") {
		t.Error("it is told of on a page of what came later")
	}
	b.get("/account/activity?after="+html.UnescapeString(older)).want(t, 200, "Wrong password")
}

func TestASignInIsToldWithItsProgram(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	b.get("/account/activity").want(t, 200, `Signed in with a password<span class="sub">Go-http-client/1.1 · 127.0.0.1`)
}
