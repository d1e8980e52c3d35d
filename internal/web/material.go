package web

import (
	"bytes"
	"errors"
	"html/template"
	"sync"
)

// Material is what all pages are made of: stylesheet and scripts, words, templates. It is read when the first page asks for
// it, since a hub whose callers are all machines needs none of it, and shared by the pages of all environments.
type Material struct {
	assets func() (assets, error)
	words  func() (dictionary, error)
	zips   sync.Pool // of *gzip.Writer: making one costs more than using it
	sheets sync.Pool // of *bytes.Buffer: pages are drawn on them, and again

	reading   sync.Mutex
	templates map[printing]map[string]*template.Template // by name
}

// NewMaterial makes the Material of this program.
func NewMaterial() *Material {
	return &Material{assets: sync.OnceValues(loadAssets), words: sync.OnceValues(loadWords), templates: map[printing]map[string]*template.Template{}}
}

// printing is what templates are read for: a language, and the path of an issuer.
type printing struct{ lang, prefix string }

// read gives all of it, the templates in a language and for the pages below a path. Errors are mistakes in templates or words, which a
// test finds before anybody meets them.
func (m *Material) read(in tongue, prefix string) (assets, dictionary, map[string]*template.Template, error) {
	assets, noAssets := m.assets()
	words, noWords := m.words()
	templates, noTemplates := m.templatesIn(in, prefix, prefix+assets.path)
	return assets, words, templates, errors.Join(noAssets, noWords, noTemplates)
}

// sheet gives an empty one.
func (m *Material) sheet() *bytes.Buffer {
	if used, pooled := m.sheets.Get().(*bytes.Buffer); pooled {
		used.Reset()
		return used
	}
	return new(bytes.Buffer)
}

// largestSheet bounds what is kept for the next page, in bytes.
const largestSheet = 256 << 10

// putBack takes sheets of which nothing is needed any more.
func (m *Material) putBack(used ...*bytes.Buffer) {
	for _, sheet := range used {
		if sheet.Cap() <= largestSheet {
			m.sheets.Put(sheet)
		}
	}
}

func (m *Material) templatesIn(in tongue, prefix, static string) (map[string]*template.Template, error) {
	m.reading.Lock()
	defer m.reading.Unlock()
	wanted := printing{in.Lang, prefix}
	templates, known := m.templates[wanted]
	if known {
		return templates, nil
	}
	templates, err := loadTemplates(in, prefix, static)
	if err == nil {
		m.templates[wanted] = templates
	}
	return templates, err
}
