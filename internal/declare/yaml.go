package declare

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds. Depth and chains are held before parsing, since the parser works recursively; what aliases stand for is
// counted each time, since a few lines of them can stand for billions of values.
const (
	maxDepth   = 64
	maxPiece   = 4 << 20 // bytes that are parsed at once
	maxAliased = 100_000 // values that stand behind aliases in one file
)

// kind is what a value is.
type kind uint8

const (
	nothing kind = iota // null, or no value at all
	text
	number
	flag
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "true or false", "a list", "a mapping"}[k]
}

// value is one YAML value with the line where it stands. Aliases and merge keys are resolved.
type value struct {
	kind  kind
	line  int
	text  string // of text, number, flag: as it was written
	items []value
	keys  []pair
}

// pair is a key of a mapping with its value.
type pair struct {
	key   string
	line  int
	value value
}

// yamlReader parses the pieces of one file, in order, and remembers the anchors in them.
type yamlReader struct {
	problems *problems
	anchors  map[string]value
	aliased  int
}

// parse reads a piece of a text. ok is false when it has told a problem.
func (r *yamlReader) parse(data []byte, s span) (v value, ok bool) {
	piece := data[s.start:s.end]
	if len(piece) > maxPiece {
		r.problems.add(s.lines+1, "too much in one piece (more than 4 MB): write the sections as lists in block style, one entry after the other")
		return v, false
	}
	if line := tooDeep(piece); line > 0 {
		r.problems.add(s.lines+line, "nested too deeply: at most %d levels are read", maxDepth)
		return v, false
	}
	file, line, err := parseYAML(piece)
	if err != nil {
		r.problems.add(s.lines+line, "not valid YAML: %v", err)
		return v, false
	}
	var body ast.Node
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		if body != nil {
			r.problems.add(s.lines+lineOf(document.Body), "a second YAML document begins here: one file is one document")
			return v, false
		}
		body = document.Body
	}
	if body == nil {
		return value{line: s.lines + 1}, true
	}
	before := r.problems.count
	v = r.convert(body, s.lines, 0)
	return v, r.problems.count == before
}

// parseYAML calls the parser. Its own message quotes the text around the fault, which may be a secret, so only the first
// sentence is taken.
func parseYAML(piece []byte) (file *ast.File, line int, err error) {
	defer func() {
		if failure := recover(); failure != nil { // a mistake of the parser is no reason for a crash
			file, line, err = nil, 1, errors.New("it cannot be read")
		}
	}()
	file, err = parser.ParseBytes(piece, 0, parser.AllowDuplicateMapKey())
	if known, is := errors.AsType[yaml.Error](err); is {
		if token := known.GetToken(); token != nil && token.Position != nil {
			line = max(token.Position.Line, 1)
		}
		message := known.GetMessage()
		if strings.Contains(message, "'\t'") {
			message = "a tab stands where blanks are needed: YAML is indented with blanks only"
		}
		return nil, line, errors.New(message)
	}
	if err != nil {
		return nil, 1, errors.New("it cannot be read")
	}
	return file, 0, nil
}

func lineOf(n ast.Node) int {
	if token := n.GetToken(); token != nil && token.Position != nil {
		return token.Position.Line
	}
	return 1
}

// convert makes a value of a node; above is how many lines of the file stand before the piece.
func (r *yamlReader) convert(n ast.Node, above, depth int) value {
	v := value{line: above + lineOf(n)}
	if depth > maxDepth {
		r.problems.add(v.line, "nested too deeply: at most %d levels are read", maxDepth)
		return v
	}
	switch n := n.(type) {
	case *ast.NullNode, nil:
	case *ast.StringNode:
		v.kind, v.text = text, n.Value
	case *ast.LiteralNode:
		v.kind, v.text = text, n.Value.Value
	case *ast.IntegerNode:
		v.kind, v.text = number, n.GetToken().Value
	case *ast.FloatNode:
		v.kind, v.text = number, n.GetToken().Value
	case *ast.InfinityNode, *ast.NanNode:
		v.kind, v.text = number, n.GetToken().Value
	case *ast.BoolNode:
		v.kind, v.text = flag, fmt.Sprint(n.Value)
	case *ast.SequenceNode:
		v.kind, v.items = list, make([]value, 0, len(n.Values))
		for _, item := range n.Values {
			v.items = append(v.items, r.convert(item, above, depth+1))
		}
	case *ast.MappingNode:
		v.kind = mapping
		for _, one := range n.Values {
			r.convertPair(&v, one, above, depth)
		}
	case *ast.MappingValueNode:
		v.kind = mapping
		r.convertPair(&v, n, above, depth)
	case *ast.AnchorNode:
		v = r.convert(n.Value, above, depth+1)
		r.anchors[n.Name.GetToken().Value] = v
	case *ast.AliasNode:
		return r.alias(n, v.line)
	case *ast.TagNode:
		return r.tagged(n, above, depth)
	default:
		r.problems.add(v.line, "this kind of YAML (%s) has no meaning here", n.Type())
	}
	return v
}

// convertPair adds a key to a mapping.
func (r *yamlReader) convertPair(to *value, n *ast.MappingValueNode, above, depth int) {
	if _, merges := n.Key.(*ast.MergeKeyNode); merges {
		r.merge(to, r.convert(n.Value, above, depth+1))
		return
	}
	name, is := n.Key.(*ast.StringNode)
	if !is {
		r.problems.add(above+lineOf(n.Key), "a key must be plain text")
		return
	}
	line := above + lineOf(n.Key)
	v := r.convert(n.Value, above, depth+1)
	for i, there := range to.keys {
		if there.key != name.Value {
			continue
		}
		if there.line == 0 { // came by a merge: what is written wins
			to.keys[i] = pair{name.Value, line, v}
			return
		}
		r.problems.add(line, "the key %q is there twice (first on line %d)", name.Value, there.line)
		return
	}
	to.keys = append(to.keys, pair{name.Value, line, v})
}

// merge adds the keys of another mapping that are not there yet; their line 0 says that they came this way.
func (r *yamlReader) merge(to *value, from value) {
	switch from.kind {
	case mapping:
		for _, one := range from.keys {
			if to.find(one.key) == nil {
				to.keys = append(to.keys, pair{one.key, 0, one.value})
			}
		}
	case list:
		for _, item := range from.items {
			r.merge(to, item)
		}
	default:
		r.problems.add(from.line, "<< must stand before a mapping, not %s", from.kind)
	}
}

// alias gives what an anchor stands for, with the line of the alias throughout.
func (r *yamlReader) alias(n *ast.AliasNode, line int) value {
	name := n.Value.GetToken().Value
	v, known := r.anchors[name]
	if !known {
		r.problems.add(line, "*%s stands for nothing: there is no &%s before it", name, name)
		return value{line: line}
	}
	if r.aliased > maxAliased {
		return value{line: line}
	}
	if r.aliased += v.count(); r.aliased > maxAliased {
		r.problems.add(line, "the aliases of this file stand for more than %d values", maxAliased)
		return value{line: line}
	}
	return v.at(line)
}

// tagged lets the tags of plain types through, since some programs write them, and no others.
func (r *yamlReader) tagged(n *ast.TagNode, above, depth int) value {
	v := r.convert(n.Value, above, depth+1)
	tag := n.GetToken().Value
	switch {
	case tag == "!!str" && (v.kind == text || v.kind == number || v.kind == flag):
		v.kind = text
	case tag == "!!seq" && v.kind == list, tag == "!!map" && v.kind == mapping, tag == "!!bool" && v.kind == flag:
	default:
		r.problems.add(v.line, "the tag %s has no meaning here", tag)
	}
	return v
}

// count is how many values v consists of.
func (v value) count() int {
	n := 1
	for _, item := range v.items {
		n += item.count()
	}
	for _, one := range v.keys {
		n += one.value.count()
	}
	return n
}

// at gives a copy of v that stands on one line.
func (v value) at(line int) value {
	copied := value{kind: v.kind, line: line, text: v.text}
	for _, item := range v.items {
		copied.items = append(copied.items, item.at(line))
	}
	for _, one := range v.keys {
		copied.keys = append(copied.keys, pair{one.key, line, one.value.at(line)})
	}
	return copied
}

// find gives the value of a key, nil if it is not there.
func (v value) find(key string) *value {
	for i := range v.keys {
		if v.keys[i].key == key {
			return &v.keys[i].value
		}
	}
	return nil
}

// tooDeep gives the first line of a piece that is nested deeper than the parser should be asked to go, 0 if none is. It
// counts brackets outside of quotes, and the marks that open a level within one line ("- - - x"); it may count too many in
// odd texts, which then have to be written in a plainer way, and never too few.
func tooDeep(piece []byte) int {
	depth, line, marks := 0, 1, 0
	quote, last := byte(0), byte('\n') // last: the last character on this line that is no space
	leading := true                    // only marks so far on this line
	for i := 0; i < len(piece); i++ {
		c := piece[i]
		if quote != 0 {
			switch {
			case c == quote:
				quote = 0
			case c == '\n':
				line++
			case c == '\\' && quote == '"' && i+1 < len(piece) && piece[i+1] != '\n':
				i++
			}
			continue
		}
		switch c {
		case ' ', '\t':
			continue
		case '\n':
			line++
			marks, leading = 0, true
		case '"', '\'':
			if leading || bytes.IndexByte([]byte("[{,:"), last) >= 0 {
				quote = c
			}
			leading = false
		case '[', '{':
			if depth++; depth > maxDepth {
				return line
			}
		case ']', '}':
			depth = max(depth-1, 0)
		case '-', '?', '!', '&':
			if marks++; marks > 4*maxDepth && i > 0 && (piece[i-1] == ' ' || piece[i-1] == '\t') {
				return line
			}
		default:
			leading = false
		}
		last = c
	}
	return 0
}
