package passkey

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
)

// The part of CBOR (RFC 8949) in which authenticators write: integers, byte and text strings, arrays, maps, true, false and
// null, of definite length and in the shortest form (CTAP 2.1 section 8, "message encoding"). Anything else is refused.

// The bounds of what is read. CTAP allows four levels.
const (
	mostDepth = 4
	mostItems = 64 // in one array or map
)

// The major types of RFC 8949 section 3.1.
const (
	majorUnsigned = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
	majorSimple
)

var errNotation = errors.New("it is not in the notation of authenticators (CTAP2 canonical CBOR)")

// reader takes items from the front of what is left.
type reader struct{ left []byte }

// readItem reads one item that fills data: int64, []byte, string, []any, map[any]any with keys of int64 or string, bool or nil.
func readItem(data []byte) (any, error) {
	r := reader{data}
	item, err := r.item(mostDepth)
	if err == nil && len(r.left) > 0 {
		err = errNotation
	}
	return item, err
}

func (r *reader) item(depth int) (any, error) {
	major, n, err := r.head()
	if err != nil {
		return nil, err
	}
	switch major {
	case majorUnsigned, majorNegative:
		if n > math.MaxInt64 {
			return nil, errNotation
		}
		if major == majorNegative {
			return -1 - int64(n), nil
		}
		return int64(n), nil
	case majorBytes:
		return r.take(n)
	case majorText:
		text, err := r.take(n)
		if err == nil && !utf8.Valid(text) {
			err = errNotation
		}
		return string(text), err
	case majorArray, majorMap:
		if depth == 0 || n > mostItems {
			return nil, errNotation
		}
		if major == majorArray {
			return r.array(int(n), depth-1)
		}
		return r.pairs(int(n), depth-1)
	}
	return nil, errNotation
}

func (r *reader) array(n, depth int) (any, error) {
	items := make([]any, 0, n)
	for range n {
		item, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (r *reader) pairs(n, depth int) (any, error) {
	pairs := make(map[any]any, n)
	for range n {
		key, err := r.item(0)
		if err != nil {
			return nil, err
		}
		switch key.(type) {
		case int64, string:
		default:
			return nil, errNotation
		}
		if _, twice := pairs[key]; twice {
			return nil, errNotation
		}
		if pairs[key], err = r.value(depth); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// value reads an item, or one of the three simple values.
func (r *reader) value(depth int) (any, error) {
	if len(r.left) > 0 {
		first := r.left[0]
		switch first {
		case majorSimple<<5 | 20, majorSimple<<5 | 21:
			r.left = r.left[1:]
			return first&1 == 1, nil
		case majorSimple<<5 | 22:
			r.left = r.left[1:]
			return nil, nil
		}
	}
	return r.item(depth)
}

// head reads the major type of the next item and the number with it, which must stand in its shortest form.
func (r *reader) head() (major byte, n uint64, err error) {
	first, err := r.take(1)
	if err != nil {
		return 0, 0, err
	}
	major, short := first[0]>>5, first[0]&31
	if short < 24 {
		return major, uint64(short), nil
	}
	if short > 27 {
		return 0, 0, errNotation // of indefinite length, or reserved
	}
	size := 1 << (short - 24)
	text, err := r.take(uint64(size))
	if err != nil {
		return 0, 0, err
	}
	var wide [8]byte
	copy(wide[8-size:], text)
	n = binary.BigEndian.Uint64(wide[:])
	least := uint64(24)
	if size > 1 {
		least = 1 << (4 * size)
	}
	if n < least {
		return 0, 0, errNotation
	}
	return major, n, nil
}

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.left)) {
		return nil, errNotation
	}
	taken := r.left[:n:n]
	r.left = r.left[n:]
	return taken, nil
}
