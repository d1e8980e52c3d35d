package declare

import "bytes"

// splitFlow cuts a text that is one object in flow style, as programs write JSON. It gives false if the text is not that
// or does not come to its end; what is wrong with it is then for the parser to say.
func splitFlow(data []byte) ([]section, bool) {
	var sections []section
	f := flowReader{data: data}
	if f.skip(); !f.take('{') {
		return nil, false
	}
	for f.skip(); !f.take('}'); f.skip() {
		keyLine, key, ok := f.key()
		if !ok {
			return nil, false
		}
		one := section{key: key, line: keyLine}
		f.skip()
		if one.whole.start, one.whole.lines = f.at, f.lines; f.at < len(data) && data[f.at] == '[' {
			f.at++
			one.items, ok = f.entries()
		} else {
			ok = f.value()
		}
		if !ok {
			return nil, false
		}
		one.whole.end = f.at
		sections = append(sections, one)
		if f.skip(); !f.take(',') && (f.at >= len(data) || data[f.at] != '}') {
			return nil, false
		}
	}
	f.skip()
	return sections, f.at == len(data) && len(sections) > 0
}

// flowReader goes through a text in flow style. It knows quotes, brackets and comments, no more.
type flowReader struct {
	data  []byte
	at    int
	lines int // line breaks so far
}

// skip passes over space and comments.
func (f *flowReader) skip() {
	for f.at < len(f.data) {
		switch f.data[f.at] {
		case '\n':
			f.lines++
		case ' ', '\t':
		case '#':
			end := bytes.IndexByte(f.data[f.at:], '\n')
			if end < 0 {
				f.at = len(f.data)
				return
			}
			f.at += end
			continue
		default:
			return
		}
		f.at++
	}
}

func (f *flowReader) take(what byte) bool {
	if f.at < len(f.data) && f.data[f.at] == what {
		f.at++
		return true
	}
	return false
}

// key reads a quoted or plain key and the colon after it.
func (f *flowReader) key() (line int, key string, ok bool) {
	line = f.lines + 1
	start := f.at
	if f.at < len(f.data) && f.data[f.at] == '"' {
		if !f.quoted() {
			return line, "", false
		}
		key = string(f.data[start+1 : f.at-1])
	} else {
		for f.at < len(f.data) && (f.data[f.at] >= 'a' && f.data[f.at] <= 'z' || f.data[f.at] >= 'A' && f.data[f.at] <= 'Z') {
			f.at++
		}
		key = string(f.data[start:f.at])
	}
	f.skip()
	return line, key, key != "" && f.take(':')
}

// entries reads the entries of a list up to its closing bracket.
func (f *flowReader) entries() ([]span, bool) {
	items := []span{}
	for f.skip(); !f.take(']'); f.skip() {
		item := span{start: f.at, lines: f.lines}
		if !f.value() {
			return nil, false
		}
		item.end = f.at
		items = append(items, item)
		if f.skip(); !f.take(',') && (f.at >= len(f.data) || f.data[f.at] != ']') {
			return nil, false
		}
	}
	return items, true
}

// value passes over one value: up to the comma or closing bracket that ends it.
func (f *flowReader) value() bool {
	depth, start := 0, f.at
	for f.at < len(f.data) {
		switch c := f.data[f.at]; c {
		case '"', '\'':
			if f.at == start || bytes.IndexByte([]byte("[{,: \t\n"), f.data[f.at-1]) >= 0 { // else it stands within a word
				if !f.quoted() {
					return false
				}
				continue
			}
		case '[', '{':
			depth++
		case ']', '}', ',':
			if depth == 0 {
				return f.at > start
			}
			if c != ',' {
				depth--
			}
		case '#':
			if before := f.data[f.at-1]; before == ' ' || before == '\t' || before == '\n' {
				f.skip()
				continue
			}
		case '\n':
			f.lines++
		}
		f.at++
	}
	return false
}

// quoted passes over a quoted text.
func (f *flowReader) quoted() bool {
	quote := f.data[f.at]
	for f.at++; f.at < len(f.data); f.at++ {
		switch c := f.data[f.at]; {
		case c == '\\' && quote == '"' && f.at+1 < len(f.data) && f.data[f.at+1] != '\n':
			f.at++
		case c == '\n':
			f.lines++
		case c == quote:
			f.at++
			return true
		}
	}
	return false
}
