package web

import (
	"errors"
	"html/template"
	"sync"
)

// Material is what all pages are made of: stylesheet and scripts, words, templates. It is read when the first page asks for
// it, since a hub whose callers are all machines needs none of it, and shared by the pages of all environments.
type Material struct {
	assets    func() (assets, error)
	words     func() (dictionary, error)
	templates func() (map[string]*template.Template, error)
	zips      sync.Pool // of *gzip.Writer: making one costs more than using it
}

// NewMaterial makes the Material of this program.
func NewMaterial() *Material {
	return &Material{assets: sync.OnceValues(loadAssets), words: sync.OnceValues(loadWords), templates: sync.OnceValues(loadTemplates)}
}

// read gives all of it. Errors are mistakes in templates or words, which a test finds before anybody meets them.
func (m *Material) read() (assets, dictionary, map[string]*template.Template, error) {
	assets, noAssets := m.assets()
	words, noWords := m.words()
	templates, noTemplates := m.templates()
	return assets, words, templates, errors.Join(noAssets, noWords, noTemplates)
}
