package demo

import (
	_ "embed"
	"io"
	"strings"
	"text/template"
)

// Shown is what `hub dev` prints once it runs.
type Shown struct {
	URL, TestURL string // base URLs of the hub; TestURL is empty where there is no test environment
	API          string // where the example API answers
	WebApp       string // where the example web application answers
	Data         string // absolute path of the data folder
	Passing      bool   // the folder goes away at the end
	CA           string // absolute path of the authority's certificate; empty without TLS
	Sample       *Sample
}

//go:embed shown.txt
var shown string

// Print writes the text. Its commands are indented by four spaces, in blocks that each work by themselves in bash.
func (s *Shown) Print(out io.Writer) error {
	form, err := template.New("shown").Parse(shown)
	if err != nil {
		return err
	}
	return form.Execute(out, s)
}

// Curl is how a command begins.
func (s *Shown) Curl() string {
	if s.CA == "" {
		return "curl -sS"
	}
	return "curl -sS --cacert " + quoted(s.CA)
}

// Take is what takes the token out of an answer, with nothing that a machine may lack.
func (*Shown) Take() string { return `sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'` }

// quoted writes a text as one word for a shell.
func quoted(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
