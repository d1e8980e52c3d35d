package web

import (
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

	reading   sync.Mutex
	templates map[string]map[string]*template.Template // by language and name
}

// NewMaterial makes the Material of this program.
func NewMaterial() *Material {
	return &Material{assets: sync.OnceValues(loadAssets), words: sync.OnceValues(loadWords), templates: map[string]map[string]*template.Template{}}
}

// read gives all of it, the templates in a language. Errors are mistakes in templates or words, which a test finds before anybody
// meets them.
func (m *Material) read(in tongue) (assets, dictionary, map[string]*template.Template, error) {
	assets, noAssets := m.assets()
	words, noWords := m.words()
	templates, noTemplates := m.templatesIn(in)
	return assets, words, templates, errors.Join(noAssets, noWords, noTemplates)
}

func (m *Material) templatesIn(in tongue) (map[string]*template.Template, error) {
	m.reading.Lock()
	defer m.reading.Unlock()
	templates, known := m.templates[in.Lang]
	if known {
		return templates, nil
	}
	templates, err := loadTemplates(in)
	if err == nil {
		m.templates[in.Lang] = templates
	}
	return templates, err
}
