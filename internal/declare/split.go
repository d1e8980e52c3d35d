package declare

import "bytes"

// A file may declare a hundred thousand services, and a YAML parser needs many times the size of a text while it works
// on it. So the text is cut along its own structure first, at top-level keys and at the entries of their lists, and each
// piece is parsed for itself. Only the layout that everybody uses is cut (block style, see blockKey, or one JSON object,
// see split_flow.go); anything else is parsed whole if it is small.

// span is a piece of the text: bytes from start to end, and how many lines stand before it.
type span struct{ start, end, lines int }

// section is a top-level key with what stands under it.
type section struct {
	key   string
	line  int
	items []span // the entries of a list, each a text of its own; nil: see whole
	whole span   // everything from the value on
	entry bool   // items are list entries in block style ("- ..."): each is parsed as a list of one
	block bool   // whole begins with the key itself
}

// blockKey parts a top-level key in block style from what stands behind it on its line; ok is false for any other line.
func blockKey(line []byte) (key string, behind []byte, ok bool) {
	name, rest, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) == 0 || !letter(name[0]) {
		return "", nil, false
	}
	for _, c := range name {
		if !letter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
			return "", nil, false
		}
	}
	behind = bytes.TrimLeft(rest, " \t")
	return string(name), behind, len(rest) == 0 || len(behind) < len(rest)
}

// splitBlock cuts a text in block style. It gives false if there is something at the left margin that is not a top-level
// key, an entry, a comment or the mark of a document.
func splitBlock(data []byte) ([]section, bool) {
	var sections []section
	var lines lineReader
	indent := -1 // of the entries of the section at hand; -1: not known yet, -2: not a list in block style
	finish := func(end int) {
		if len(sections) == 0 {
			return
		}
		last := &sections[len(sections)-1]
		last.whole.end = end
		if len(last.items) > 0 {
			last.items[len(last.items)-1].end = end
		}
	}
	for lines.data = data; lines.next(); {
		text := lines.text()
		content := bytes.TrimLeft(text, " ")
		if len(content) == 0 || content[0] == '#' {
			continue
		}
		margin := len(text) - len(content)
		isEntry := content[0] == '-' && (len(content) == 1 || content[1] == ' ' || content[1] == '\t')
		if margin == 0 && !(isEntry && len(sections) > 0) {
			if len(sections) == 0 && bytes.Equal(bytes.TrimRight(text, " \t"), []byte("---")) {
				continue
			}
			key, behind, ok := blockKey(text)
			if !ok {
				return nil, false
			}
			finish(lines.start)
			sections = append(sections, section{key: key, line: lines.number, block: true, entry: true,
				whole: span{start: lines.start, lines: lines.number - 1}})
			indent = -1
			if len(behind) > 0 && behind[0] != '#' {
				indent = -2
			}
			continue
		}
		if len(sections) == 0 {
			return nil, false
		}
		last := &sections[len(sections)-1]
		switch {
		case indent == -1 && isEntry:
			indent = margin
		case indent == -1:
			indent = -2
		}
		if indent < 0 {
			continue
		}
		if isEntry && margin == indent {
			if len(last.items) > 0 {
				last.items[len(last.items)-1].end = lines.start
			}
			last.items = append(last.items, span{start: lines.start, lines: lines.number - 1})
		}
	}
	finish(len(data))
	return sections, len(sections) > 0
}

// lineReader goes through a text line by line.
type lineReader struct {
	data   []byte
	number int // of the line at hand, from 1
	start  int
	end    int // without the line break
	after  int
}

func (l *lineReader) next() bool {
	if l.after >= len(l.data) {
		return false
	}
	l.start = l.after
	l.number++
	if i := bytes.IndexByte(l.data[l.start:], '\n'); i >= 0 {
		l.end, l.after = l.start+i, l.start+i+1
	} else {
		l.end, l.after = len(l.data), len(l.data)
	}
	return true
}

func (l *lineReader) text() []byte { return l.data[l.start:l.end] }
