package demo_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/hub/internal/demo"
	"example.org/hub/internal/mail"
)

func TestTheMailboxShowsLettersAsText(t *testing.T) {
	box := &mail.Mailbox{}
	mux := http.NewServeMux()
	(&demo.Mailbox{Box: box}).Mount(func(pattern string, handler http.HandlerFunc) { mux.HandleFunc(pattern, handler) })
	show := func() string {
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, demo.MailboxPath, nil))
		return answer.Body.String()
	}
	if page := show(); !strings.Contains(page, "Nothing has been mailed yet") {
		t.Errorf("an empty mailbox shows %s", page)
	}
	if err := box.Carry(t.Context(), mail.Message{To: "ada@example.test", Subject: "<b>first</b>", Text: "one"}); err != nil {
		t.Fatal(err)
	}
	if err := box.Carry(t.Context(), mail.Message{To: "ada@example.test", Subject: "second", Text: "two"}); err != nil {
		t.Fatal(err)
	}
	page := show()
	if strings.Contains(page, "<b>") || strings.Index(page, "second") > strings.Index(page, "&lt;b&gt;first") {
		t.Errorf("shown: %s", page)
	}
}
