package declare

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxSize is the most bytes that a file may have.
const MaxSize = 64 << 20

// Document is a hub.yaml that could be read: every key known, every value of its type. Whether what it refers to exists
// is seen when it is held against a database (Plan).
type Document struct {
	Name          string // of the file, for messages
	DefaultFlows  Given[string]
	Roles         Section[Role]
	Organisations Section[Organisation]
	Groups        Section[Group]
	Users         Section[User]
	Services      Section[Service]
	APIClients    Section[APIClient]
	Apps          Section[App]
}

// Section is the nouns of one kind.
type Section[T any] struct {
	Given bool // the section is there, if empty; what is not there is never pruned
	All   []T
}

// sectionNames lists the top-level keys in the order of the form.
func sectionNames() []string {
	return []string{"version", "settings", "roles", "organisations", "groups", "users", "services", "apiClients", "apps"}
}

// Parse reads a hub.yaml. name is the file's, for messages. The error is fault.Invalid and has a line for each of the first
// 20 problems, as FILE:LINE: what is wrong, what was expected.
func Parse(name string, data []byte) (*Document, error) {
	d := &parsing{
		problems: &problems{file: name}, document: &Document{Name: name}, seen: map[string]int{},
	}
	d.yaml = yamlReader{problems: d.problems, anchors: map[string]value{}}
	d.parse(data)
	if err := d.problems.err(); err != nil {
		return nil, err
	}
	return d.document, nil
}

// parsing is one file on its way.
type parsing struct {
	problems *problems
	yaml     yamlReader
	document *Document
	data     []byte
	seen     map[string]int // section: line
}

func (d *parsing) parse(data []byte) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > MaxSize:
		d.problems.add(0, "has more than %d MB; divide it, sections and entries may come from several files applied one after the other", MaxSize>>20)
		return
	case !utf8.Valid(data):
		d.problems.add(invalidLine(data), "is not UTF-8 text")
		return
	}
	if bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	d.data = data
	sections, cut := splitBlock(data)
	if !cut {
		sections, cut = splitFlow(data)
	}
	if !cut {
		d.whole()
		return
	}
	for _, one := range sections {
		d.section(one)
		if d.problems.count > maxProblems {
			return // enough to do; the rest may only follow from it
		}
	}
	d.complete()
}

func invalidLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[size:]
	}
	return line
}

// whole reads a text that could not be cut.
func (d *parsing) whole() {
	v, ok := d.yaml.parse(d.data, span{end: len(d.data)})
	switch {
	case !ok:
		return
	case v.kind == nothing:
		d.problems.add(0, "is empty: expected version: 1 and what is declared, see docs/hub-yaml.md")
		return
	case v.kind != mapping:
		d.problems.add(v.line, "expected sections (%s), not %s", strings.Join(sectionNames(), ", "), v.kind)
		return
	}
	for _, one := range v.keys {
		if d.begin(one.key, one.at()) {
			d.sectionValue(one.key, one.value)
		}
	}
	d.complete()
}

// begin notes that a section is there.
func (d *parsing) begin(key string, line int) bool {
	if !slices.Contains(sectionNames(), key) {
		hint := ""
		for _, known := range sectionNames() {
			if strings.EqualFold(strings.NewReplacer("_", "", "-", "").Replace(key), known) {
				hint = ": did you mean " + known + "?"
			}
		}
		d.problems.add(line, "unknown section %s%s; expected one of %s", quoted(key), hint, strings.Join(sectionNames(), ", "))
		return false
	}
	if first := d.seen[key]; first > 0 {
		d.problems.add(line, "the section %s is there twice (first on line %d)", key, first)
		return false
	}
	d.seen[key] = line
	return true
}

func (d *parsing) complete() {
	if d.seen["version"] == 0 && d.problems.count == 0 {
		d.problems.add(1, "the version is missing: begin with version: 1")
	}
}

// section reads one section that was cut out.
func (d *parsing) section(s section) {
	if !d.begin(s.key, s.line) {
		return
	}
	if len(s.items) == 0 {
		v, ok := d.yaml.parse(d.data, s.whole)
		if !ok {
			return
		}
		if s.block && v.kind == mapping && len(v.keys) == 1 {
			v = v.keys[0].value
		}
		d.sectionValue(s.key, v)
		return
	}
	each := d.entries(s.key, s.line)
	if each == nil {
		return
	}
	for _, item := range s.items {
		v, ok := d.yaml.parse(d.data, item)
		if !ok {
			if d.problems.count > maxProblems {
				return
			}
			continue
		}
		if s.entry && v.kind == list && len(v.items) == 1 {
			v = v.items[0]
		}
		each(v)
	}
}

// sectionValue reads a section whose value is known as one.
func (d *parsing) sectionValue(key string, v value) {
	switch key {
	case "version":
		if v.kind != number || v.text != "1" {
			d.problems.add(v.line, "this hub reads version: 1 only")
		}
		return
	case "settings":
		d.settings(v)
		return
	}
	each := d.entries(key, v.line)
	switch v.kind {
	case nothing:
	case list:
		for _, item := range v.items {
			each(item)
		}
	default:
		d.problems.add(v.line, "%s must be a list, each entry beginning with \"- \", not %s", key, v.kind)
	}
}

// entries gives what reads one entry of a section that is a list.
func (d *parsing) entries(key string, line int) func(value) {
	switch key {
	case "roles":
		return entriesOf(d, &d.document.Roles, roleTable, "a role", func(r *Role, line int) { r.Line = line })
	case "organisations":
		return entriesOf(d, &d.document.Organisations, organisationTable, "an organisation", func(o *Organisation, line int) { o.Line = line })
	case "groups":
		return entriesOf(d, &d.document.Groups, groupTable, "a group", func(g *Group, line int) { g.Line = line })
	case "users":
		return entriesOf(d, &d.document.Users, userTable, "a user", func(u *User, line int) { u.Line = line })
	case "services":
		return entriesOf(d, &d.document.Services, serviceTable, "a service", func(s *Service, line int) { s.Line = line })
	case "apiClients":
		return entriesOf(d, &d.document.APIClients, apiClientTable, "an API client", func(c *APIClient, line int) { c.Line = line })
	case "apps":
		return entriesOf(d, &d.document.Apps, appTable, "an app", func(a *App, line int) { a.Line = line })
	}
	d.problems.add(line, "%s is not a list", key)
	return nil
}

func entriesOf[T any](d *parsing, into *Section[T], table fields[T], what string, place func(*T, int)) func(value) {
	into.Given = true
	return func(v value) {
		noun, ok := table.read(d.problems, v, what)
		if ok {
			place(&noun, v.line)
			into.All = append(into.All, noun)
		}
	}
}

// settings reads the section settings.
func (d *parsing) settings(v value) {
	if v.kind == nothing {
		return
	}
	s, _ := settingsTable.read(d.problems, v, "settings")
	d.document.DefaultFlows = s.Defaults.Value.Flows
}

type settings struct{ Defaults Given[defaults] }

type defaults struct{ Flows Given[string] }

var settingsTable = fields[settings]{{key: "defaults", at: func(s *settings) slot { return defaultsSlot{&s.Defaults} }}}

type defaultsSlot struct{ *Given[defaults] }

func (s defaultsSlot) read(p *problems, key string, v value) {
	s.Value, _ = defaultsTable.read(p, v, key)
}
func (s defaultsSlot) write(w *writer) { defaultsTable.write(w, &s.Value) }

var defaultsTable = fields[defaults]{oneOfField("flows", func(d *defaults) *Given[string] { return &d.Flows }, "modern", "classic")}

// oneOfField is a key with one of a few words.
func oneOfField[T any](key string, at func(*T) *Given[string], words ...string) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return oneOfSlot{textSlot{at(noun)}, words} }}
}

type oneOfSlot struct {
	textSlot
	words []string
}

func (s oneOfSlot) read(p *problems, key string, v value) {
	s.textSlot.read(p, key, v)
	if v.kind == text && !slices.Contains(s.words, v.text) {
		p.add(v.line, "%s must be one of %s, not %s", key, strings.Join(s.words, ", "), quoted(v.text))
	}
}
