package web

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"sort"
	"strings"

	bcp47 "golang.org/x/text/language"
)

// locales are what pages say, one file per language, named by its tag: en.json, pt-BR.json. A text may hold {placeholders}
// and the elements b, em, code and br; what is put in for a placeholder is always text. Another language is another file; a
// text that it lacks is said in English. What the rooms below say is in locale/said/, by the sentence (saying.go); the program
// carries it packed, as `make generate` writes it, since it is one part in six hundred of the binary.
//
//go:embed locale/*.json locale/said/*.json.gz
var locales embed.FS

// dictionary is all languages. The first is English.
type dictionary struct {
	matcher bcp47.Matcher
	tags    []bcp47.Tag
	texts   []map[string]string
	said    []map[string]string
	sayings []saying
}

// directionKey is the text that says how a language is written: ltr or rtl.
const directionKey = "direction"

func loadWords() (dictionary, error) {
	names, err := fs.Glob(locales, "locale/*.json")
	if err != nil {
		return dictionary{}, err
	}
	const english = "locale/en.json"
	sort.SliceStable(names, func(i, j int) bool { return names[i] == english && names[j] != english }) // the others are in order already
	var d dictionary
	for _, name := range names {
		tag, err := bcp47.Parse(strings.TrimSuffix(path.Base(name), ".json"))
		if err != nil {
			return d, fmt.Errorf("%s: its name is no language: %w", name, err)
		}
		texts, err := readTexts(name)
		if err != nil {
			return d, err
		}
		said, err := readTexts("locale/said/" + path.Base(name) + ".gz")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return d, err
		}
		d.tags, d.texts, d.said = append(d.tags, tag), append(d.texts, texts), append(d.said, said)
	}
	d.sayings = sayings(d.said)
	d.matcher = bcp47.NewMatcher(d.tags)
	return d, nil
}

// readTexts reads a file of locale/, packed or not.
func readTexts(name string) (map[string]string, error) {
	file, err := locales.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	from := io.Reader(file)
	if strings.HasSuffix(name, ".gz") {
		if from, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	texts := map[string]string{}
	if err := json.NewDecoder(from).Decode(&texts); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return texts, nil
}

// language is one in which pages speak: its tag, and its name in itself.
type language struct{ Tag, Name string }

// languageKey is the text that names a language in itself.
const languageKey = "language"

// languages lists them, English first.
func (d dictionary) languages() []language {
	all := make([]language, len(d.tags))
	for i, tag := range d.tags {
		all[i] = language{tag.String(), d.texts[i][languageKey]}
	}
	return all
}

// tongue is the language in which a page speaks.
type tongue struct {
	Lang, Dir string
	texts     map[string]string
	english   map[string]string
	said      map[string]string
	sayings   []saying
}

// tongue chooses a language: what the person chose here, else what the service's request prefers, then what the browser does.
func (d dictionary) tongue(preferred []string, r *http.Request) tongue {
	if c, err := r.Cookie(languageCookie); err == nil && len(c.Value) <= 64 {
		preferred = append([]string{c.Value}, preferred...)
	}
	var wanted []bcp47.Tag
	for _, text := range preferred {
		if tag, err := bcp47.Parse(text); err == nil {
			wanted = append(wanted, tag)
		}
	}
	if header := r.Header.Get("Accept-Language"); len(header) <= 1024 {
		if tags, _, err := bcp47.ParseAcceptLanguage(header); err == nil {
			wanted = append(wanted, tags...)
		}
	}
	_, index, _ := d.matcher.Match(wanted...)
	t := tongue{Lang: d.tags[index].String(), texts: d.texts[index], english: d.texts[0], said: d.said[index], sayings: d.sayings}
	t.Dir = t.text(directionKey)
	return t
}

func (t tongue) text(key string) string {
	if text, known := t.texts[key]; known {
		return text
	}
	return t.english[key]
}

// T says something: the text of a key, with values put in for its placeholders, given as name and value by turns.
func (t tongue) T(key string, values ...string) (template.HTML, error) {
	text := t.text(key)
	if text == "" {
		return "", fmt.Errorf("there are no words for %q", key)
	}
	if len(values) == 0 {
		return template.HTML(text), nil
	}
	return template.HTML(filledWith(text, values)), nil
}

// filledWith puts values in for the {placeholders} of a text, in one go: what was put in is not looked at again.
func filledWith(text string, values []string) string {
	var filled strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		filled.WriteString(before)
		if !found {
			return filled.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		at := 0
		for at+1 < len(values) && values[at] != name {
			at += 2
		}
		if !closed || at+1 >= len(values) {
			filled.WriteByte('{')
			text = rest
			continue
		}
		filled.WriteString(template.HTMLEscapeString(values[at+1]))
		text = after
	}
}

// has reports whether there are words for a key.
func (t tongue) has(key string) bool { return t.text(key) != "" }

// say is T for handlers, whose keys a test holds to exist.
func (t tongue) say(key string, values ...string) template.HTML {
	text, err := t.T(key, values...)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(key))
	}
	return text
}

// plain says something where no markup can be: in a title.
func (t tongue) plain(key string, values ...string) string {
	text := string(t.say(key, values...))
	return strings.NewReplacer("<b>", "", "</b>", "", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'").Replace(text)
}
