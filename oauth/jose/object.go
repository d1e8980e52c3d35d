package jose

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxDepth   = 32  // levels of nesting in an object
	maxMembers = 256 // names in one object
)

// ErrObject is wrapped by every error of ParseObject and of the methods of Object.
var ErrObject = errors.New("not an acceptable JSON object")

// Object is a JSON object read strictly: its members under their exact names, their values as they were written.
// Unlike a struct filled by encoding/json it never takes "EXP" for "exp", nor the last of two members of one name.
type Object map[string]json.RawMessage

// ParseObject reads one JSON object. It refuses text that is not UTF-8, anything after the object, and at every depth
// a name that stands twice or differs from another only in case (RFC 7515 section 4 leaves us the choice to refuse).
// The values point into data.
func ParseObject(data []byte) (Object, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: the text is not UTF-8", ErrObject)
	}
	if !json.Valid(data) {
		return nil, fmt.Errorf("%w: the text is not JSON", ErrObject)
	}
	s := scanner{data: data}
	s.space()
	if s.data[s.at] != '{' {
		return nil, fmt.Errorf("%w: expected an object in braces", ErrObject)
	}
	members := Object{}
	if err := s.object(1, members); err != nil {
		return nil, err
	}
	return members, nil
}

// Has reports whether the member is there, whatever its value.
func (o Object) Has(name string) bool {
	_, found := o[name]
	return found
}

// String gives the member as a string, empty when it is absent. A member of another kind, null included, is an error.
func (o Object) String(name string) (string, error) {
	raw, found := o[name]
	if !found {
		return "", nil
	}
	var text string
	if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("%w: %q must be a string", ErrObject, name)
	}
	return text, nil
}

// Strings gives a member that is a string or an array of strings, as "aud" is (RFC 7519 section 4.1.3); nil when absent.
func (o Object) Strings(name string) ([]string, error) {
	raw, found := o[name]
	if !found {
		return nil, nil
	}
	if raw[0] == '"' {
		text, err := o.String(name)
		return []string{text}, err
	}
	var values []*string
	if raw[0] != '[' || json.Unmarshal(raw, &values) != nil {
		return nil, fmt.Errorf("%w: %q must be a string or an array of strings", ErrObject, name)
	}
	texts := make([]string, len(values))
	for i, value := range values {
		if value == nil {
			return nil, fmt.Errorf("%w: %q must hold strings only", ErrObject, name)
		}
		texts[i] = *value
	}
	return texts, nil
}

// Bool gives the member as a truth value, false when it is absent.
func (o Object) Bool(name string) (bool, error) {
	switch string(o[name]) {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, fmt.Errorf("%w: %q must be true or false", ErrObject, name)
}

// Time gives a member that holds seconds since 1970, fractions allowed (NumericDate, RFC 7519 section 2); the zero time
// when it is absent. Years beyond 9999 are an error, so that no arithmetic on the result can overflow.
func (o Object) Time(name string) (time.Time, error) {
	raw, found := o[name]
	if !found {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || !(math.Abs(seconds) <= 253402300799) || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return time.Time{}, fmt.Errorf("%w: %q must be a number of seconds since 1970", ErrObject, name)
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), nil
}

// scanner walks a text that json.Valid has accepted, so it may lean on its syntax; it looks at names only.
type scanner struct {
	data []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.data) && (s.data[s.at] == ' ' || s.data[s.at] == '\t' || s.data[s.at] == '\n' || s.data[s.at] == '\r') {
		s.at++
	}
}

// value steps over one value at this depth and gives its bytes.
func (s *scanner) value(depth int) (json.RawMessage, error) {
	s.space()
	start := s.at
	var err error
	switch s.data[s.at] {
	case '{':
		err = s.object(depth, nil)
	case '[':
		err = s.array(depth)
	case '"':
		s.text()
	default:
		for s.at < len(s.data) && !strings.ContainsRune(",]} \t\r\n", rune(s.data[s.at])) {
			s.at++
		}
	}
	return s.data[start:s.at:s.at], err
}

// text steps over one string and gives it with its quotes.
func (s *scanner) text() []byte {
	start := s.at
	for s.at++; s.data[s.at] != '"'; s.at++ {
		if s.data[s.at] == '\\' {
			s.at++
		}
	}
	s.at++
	return s.data[start:s.at]
}

func (s *scanner) array(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrObject, maxDepth)
	}
	for s.at++; ; s.at++ {
		if s.space(); s.data[s.at] == ']' {
			s.at++
			return nil
		}
		if _, err := s.value(depth + 1); err != nil {
			return err
		}
		if s.space(); s.data[s.at] == ']' {
			s.at++
			return nil
		}
	}
}

// object steps over one object, refuses names that repeat, and keeps its members when asked to.
func (s *scanner) object(depth int, keep Object) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrObject, maxDepth)
	}
	var seen []string
	for s.at++; ; s.at++ {
		if s.space(); s.data[s.at] == '}' {
			s.at++
			return nil
		}
		name, err := s.name(seen)
		if err != nil {
			return err
		}
		seen = append(seen, name)
		s.space()
		s.at++ // the colon
		raw, err := s.value(depth + 1)
		if err != nil {
			return err
		}
		if keep != nil {
			keep[name] = raw
		}
		if s.space(); s.data[s.at] == '}' {
			s.at++
			return nil
		}
	}
}

// name reads one member's name and holds it against those before it.
func (s *scanner) name(seen []string) (string, error) {
	quoted := s.text()
	name := string(quoted[1 : len(quoted)-1])
	if strings.IndexByte(name, '\\') >= 0 {
		if err := json.Unmarshal(quoted, &name); err != nil {
			return "", fmt.Errorf("%w: a name cannot be read", ErrObject)
		}
	}
	if len(seen) == maxMembers {
		return "", fmt.Errorf("%w: more than %d names in one object", ErrObject, maxMembers)
	}
	for _, other := range seen {
		if strings.EqualFold(name, other) {
			return "", fmt.Errorf("%w: the name %q stands twice, or once more in another case", ErrObject, name)
		}
	}
	return name, nil
}
