package oauth

import (
	"encoding/json"
	"strconv"
	"time"
)

// AppendString writes a JSON string; plain ASCII, which nearly all are, is copied as it is.
func AppendString(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(text)
			if err != nil {
				return append(b, `""`...) // json.Marshal never fails for a string
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// AppendStrings writes a JSON array of strings; nil is an empty one.
func AppendStrings(b []byte, texts []string) []byte {
	b = append(b, '[')
	for i, text := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, text)
	}
	return append(b, ']')
}

// AppendTime writes a member whose value is a NumericDate (RFC 7519 section 2); name is given as `,"exp":`. A zero time is
// left out.
func AppendTime(b []byte, name string, at time.Time) []byte {
	if at.IsZero() {
		return b
	}
	return strconv.AppendInt(append(b, name...), at.Unix(), 10)
}
