package web

import (
	"html/template"
	"strings"
)

// snippet is something to paste.
type snippet struct {
	Caption template.HTML
	Copy    copyable
	Text    template.HTML
}

func newSnippet(v *visitor, id string, caption template.HTML, code string) snippet {
	return snippet{
		Caption: caption, Text: coloured(code),
		Copy: newCopy(id, v.say("snippet.copy", "caption", string(caption)), v.say("snippet.copied"), v.say("copy.blocked")),
	}
}

// coloured marks what the eye looks for in code of any language: the command it begins with, names in JSON, strings, comments, and what
// has to be filled in, such as $TOKEN. Copied, it is the same text.
func coloured(code string) template.HTML {
	var out strings.Builder
	mark := func(class, part string) {
		out.WriteString(`<span class="` + class + `">` + template.HTMLEscapeString(part) + `</span>`)
	}
	for at, line := range strings.SplitAfter(code, "\n") {
		if word, _, more := strings.Cut(line, " "); more && at == 0 && (word == "curl" || word == "POST") {
			mark("k", word)
			line = line[len(word):]
		}
		for line != "" {
			from := strings.IndexAny(line, `"$#/`)
			if from < 0 {
				break
			}
			rest := line[from:]
			blank := strings.TrimSpace(line[:from]) == "" || line[from-1] == ' '
			class, end := "", 1
			switch closed := strings.IndexByte(rest[1:], '"'); {
			case rest[0] == '"' && closed >= 0:
				class, end = "s", closed+2
				if strings.HasPrefix(rest[end:], ":") {
					class = "k"
				}
			case rest[0] == '$':
				class, end = "v", 1+len(rest[1:])-len(strings.TrimLeft(rest[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"))
			case blank && (rest[0] == '#' || strings.HasPrefix(rest, "//")):
				class, end = "c", len(strings.TrimSuffix(rest, "\n"))
			}
			out.WriteString(template.HTMLEscapeString(line[:from]))
			if class == "" || class == "v" && end == 1 {
				out.WriteString(template.HTMLEscapeString(rest[:end]))
			} else {
				mark(class, rest[:end])
			}
			line = rest[end:]
		}
		out.WriteString(template.HTMLEscapeString(line))
	}
	return template.HTML(out.String())
}
