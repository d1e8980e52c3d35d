package web

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// files are the templates: one per page, and the two layouts that they fill.
//
//go:embed templates/*.html
var files embed.FS

// layouts are the templates that are no pages: frames, and parts that several pages have.
var layouts = []string{"templates/document.html", "templates/solo.html", "templates/shell.html", "templates/parts*.html"}

// loadTemplates parses every page into the layouts, in the words of a language, with the paths of an issuer and of its assets.
func loadTemplates(in tongue, prefix, static string) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	isLayout := func(name string) bool {
		return slices.ContainsFunc(layouts, func(pattern string) bool { is, _ := path.Match(pattern, name); return is })
	}
	constant := in.constants(prefix, static)
	add := func(to *template.Template, name string) error {
		text, err := files.ReadFile(name)
		if err == nil {
			_, err = to.Parse(constant(string(text)))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	base := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"icon": icon, "initial": initial, "hue": hue, "field": newField,
		"copy": newCopy, "pick": newPick, "dot": dot, "in": newPart,
	})
	for _, name := range names {
		if isLayout(name) {
			if err := add(base, name); err != nil {
				return nil, err
			}
		}
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		if isLayout(name) {
			continue
		}
		own, err := base.Clone()
		if err == nil {
			err = add(own, name)
		}
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = own
	}
	return pages, nil
}

// constants puts into the text of a template what comes to the same whenever it is drawn in one language below one path: words without
// values, icons, and the paths of links. To ask for each by name, again on every page, is a third of what drawing costs, and to
// escape a path anew for every link is much of the rest.
func (t tongue) constants(prefix, static string) func(text string) string {
	call := regexp.MustCompile(`\{\{(?:\$?\.T|(icon)) "([a-z0-9.-]+)"\}\}`)
	paths := strings.NewReplacer()
	if plain := (&url.URL{Path: static}).EscapedPath(); plain == static &&
		template.HTMLEscapeString(plain) == plain { // it needs no escaping in any place
		paths = strings.NewReplacer("{{.Base}}", prefix, "{{$.Base}}", prefix, "{{.Static}}", static)
	}
	return func(text string) string {
		return call.ReplaceAllStringFunc(paths.Replace(text), func(action string) string {
			found := call.FindStringSubmatch(action)
			if found[1] != "" {
				return string(icon(found[2]))
			}
			words := t.text(found[2])
			if words == "" || strings.Contains(words, `"`) {
				// it would end an attribute; and what is not there is a mistake, to be met when it is drawn
				return action
			}
			return words
		})
	}
}
