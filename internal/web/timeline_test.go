package web_test

import (
	"html"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
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
		"", "curl", "curl https://a.example/b#c \\\n  -d secret=$SECRET", "\"\"", "\"open", "a # \"b\"\n// c\n", "$", "$ $A$B", "<span class=\"k\">", "'{\"a\": \"'$B'\"}'", "x # y $Z", "\n\n#",
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
