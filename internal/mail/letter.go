package mail

import (
	"cmp"
	"embed"
	"strings"
	"text/template"
	"time"

	"example.org/hub/internal/fault"
)

// words are the letters, one file per kind: the first line is the subject.
//
//go:embed words/*.txt
var words embed.FS

// Letter is something to tell a person.
type Letter struct {
	Kind    string // names a file of words
	To      string // e-mail address; empty: to nobody, it is never sent
	Name    string
	Login   string
	Link    string
	What    string // what the letter is about, such as the name of a service
	Address string
	At      time.Time
	EndsAt  time.Time // after this the letter makes no sense any more; zero: a day after At
}

// Message is a letter in words.
type Message struct {
	To, Subject, Text string
	At                time.Time
}

// Greeting is what the addressee is called.
func (l Letter) Greeting() string { return cmp.Or(l.Name, l.Login) }

// Minutes is for how long, when the letter was written, its link was going to be open.
func (l Letter) Minutes() int { return int(l.EndsAt.Sub(l.At).Minutes()) }

// When is the time of writing, for people of any place.
func (l Letter) When() string { return l.At.UTC().Format("2 Jan 2006, 15:04 UTC") }

// Message puts the letter into words.
func (l Letter) Message() (Message, error) {
	text, err := words.ReadFile("words/" + l.Kind + ".txt")
	if err != nil {
		return Message{}, fault.New(fault.Internal, "there are no words for a letter of kind %q", l.Kind)
	}
	form, err := template.New(l.Kind).Parse(string(text))
	if err != nil {
		return Message{}, err
	}
	var written strings.Builder
	if err := form.Execute(&written, l); err != nil {
		return Message{}, err
	}
	subject, body, _ := strings.Cut(written.String(), "\n")
	return Message{To: l.To, Subject: oneLine(subject), Text: strings.TrimLeft(body, "\n"), At: l.At}, nil
}

// oneLine keeps what stands in a header from ending it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.TrimSpace(text))
}
