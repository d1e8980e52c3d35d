package demo

import (
	"html/template"
	"net/http"

	"example.org/hub/internal/mail"
)

// Mailbox is the page that shows what hub dev would have mailed.
type Mailbox struct{ Box *mail.Mailbox }

// MailboxPath is where it is, below the base URL.
const MailboxPath = "/dev/mailbox"

// Mount hands the page to handle.
func (m *Mailbox) Mount(handle func(pattern string, handler http.HandlerFunc)) {
	handle("GET "+MailboxPath, m.show)
}

var mailboxPage = template.Must(template.New("mailbox").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox of hub dev</title>
<h1>Mailbox</h1>
<p>What this hub would have mailed, newest first. Reload the page to look again.</p>
{{range .}}<article>
<h2>{{.Subject}}</h2>
<p>To {{.To}}</p>
<pre>{{.Text}}</pre>
</article>
{{else}}<p>Nothing has been mailed yet.</p>
{{end}}</html>
`))

func (m *Mailbox) show(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	_ = mailboxPage.Execute(w, m.Box.Messages()) // the reader is gone if this fails
}
