package rest

import "strings"

// cut keeps of a JSON text what was asked for: names that are not there are passed over, and in a list every element is cut.
// The text is one that we wrote ourselves, so it is compact and right, and its names have no escapes.
func (f fields) cut(text []byte) []byte {
	kept := make([]byte, 0, len(text))
	kept, _ = f.copy(kept, text)
	return kept
}

// copy appends what is wanted of the value with which text begins, and gives what stands behind the value.
func (f fields) copy(to, text []byte) (kept, rest []byte) {
	if len(f) == 0 {
		end := valueEnd(text)
		return append(to, text[:end]...), text[end:]
	}
	switch text[0] {
	case '{':
		return f.copyObject(to, text)
	case '[':
		return f.copyList(to, text)
	}
	end := valueEnd(text)
	return append(to, text[:end]...), text[end:]
}

func (f fields) copyObject(to, text []byte) (kept, rest []byte) {
	to, text = append(to, '{'), text[1:]
	first := true
	for text[0] != '}' {
		if text[0] == ',' {
			text = text[1:]
		}
		end := valueEnd(text)
		below, wanted := f[string(text[1:end-1])]
		if !wanted {
			text = text[end+1:]
			text = text[valueEnd(text):]
			continue
		}
		if !first {
			to = append(to, ',')
		}
		first = false
		to = append(to, text[:end+1]...)
		to, text = below.copy(to, text[end+1:])
	}
	return append(to, '}'), text[1:]
}

func (f fields) copyList(to, text []byte) (kept, rest []byte) {
	to, text = append(to, '['), text[1:]
	for text[0] != ']' {
		if text[0] == ',' {
			to, text = append(to, ','), text[1:]
		}
		to, text = f.copy(to, text)
	}
	return append(to, ']'), text[1:]
}

// valueEnd is where the value ends with which text begins.
func valueEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if end := i + 1; depth == 0 && (end == len(text) || strings.IndexByte(",}]", text[end]) >= 0) {
				return end
			}
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(text)
}
