package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/web"
	"example.org/hub/oauth"
)

// spoken reads what the rooms below say to people when they refuse something, out of their source: messages of faults, and what
// is wrong with fields.
type spoken struct {
	lines []string
	codes map[string]bool // by name and by word: the pages have words of their own for them
}

// errorCode is the name of a code and its word, or twice the word.
var errorCode = regexp.MustCompile(`([cC]ode\w*)(?: *= *|: *)"([a-z_]+)"`)

var verb = regexp.MustCompile(`%[a-z]`)

// refusing are the kinds of faults whose message people read; the others have words of their own.
var refusing = []string{"Invalid", "Conflict", "Forbidden", "Limited"}

// beginsReason is how functions that say what is wrong begin to.
var beginsReason = regexp.MustCompile(`^(must|may|is|of|means|stands|cannot|has|asks|the|nobody) `)

// text is a string as it is said, X for what is not known before; empty if nothing of it is.
func (s *spoken) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text := constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0))
			return verb.ReplaceAllString(strings.ReplaceAll(text, "%q", `"X"`), "X")
		}
	case *ast.BinaryExpr:
		left, right := s.text(e.X), s.text(e.Y)
		if left == "" && right == "" {
			return ""
		}
		return orX(left) + orX(right)
	case *ast.CallExpr:
		if name(e.Fun) == "Sprintf" {
			return s.text(e.Args[0])
		}
	}
	return ""
}

func orX(text string) string {
	if text == "" {
		return "X"
	}
	return text
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func (s *spoken) say(text string) {
	if text = strings.TrimSuffix(text, "."); strings.Trim(text, "X :") != "" {
		s.lines = append(s.lines, text)
	}
}

func (s *spoken) Visit(node ast.Node) ast.Visitor {
	switch node := node.(type) {
	case *ast.CallExpr:
		s.call(node)
	case *ast.CompositeLit:
		s.literal(node)
	case *ast.AssignStmt:
		s.assignment(node)
	case *ast.FuncDecl:
		s.function(node)
	}
	return s
}

func (s *spoken) call(call *ast.CallExpr) {
	switch called := name(call.Fun); {
	case called == "New" && len(call.Args) >= 2 && slices.Contains(refusing, name(call.Args[0])):
		s.say(s.text(call.Args[1]))
	case called == "Wrap" && len(call.Args) >= 3 && slices.Contains(refusing, name(call.Args[0])):
		s.say(s.text(call.Args[2]))
	}
	for _, at := range toldBy[name(call.Fun)] {
		if at < len(call.Args) {
			s.say(s.text(call.Args[at]))
		}
	}
}

// assignment finds reasons that are put together before they are told.
func (s *spoken) assignment(assigned *ast.AssignStmt) {
	if len(assigned.Lhs) != len(assigned.Rhs) {
		return
	}
	for i, to := range assigned.Lhs {
		if strings.EqualFold(name(to), "reason") {
			s.say(s.text(assigned.Rhs[i]))
		}
	}
}

func (s *spoken) literal(literal *ast.CompositeLit) {
	parts := map[string]ast.Expr{}
	for _, element := range literal.Elts {
		if pair, is := element.(*ast.KeyValueExpr); is {
			parts[name(pair.Key)] = pair.Value
		}
	}
	if parts["Reason"] != nil && parts["Parameter"] == nil { // which is of an answer to programs
		s.say(s.text(parts["Reason"]))
	}
	if parts["Description"] != nil && parts["Code"] != nil { // of a refusal of the protocol
		s.say(s.text(parts["Description"]))
	}
	if parts["Message"] != nil && slices.Contains(refusing, name(parts["Kind"])) && !s.codes[name(parts["Code"])] && !s.codes[s.text(parts["Code"])] {
		s.say(s.text(parts["Message"]))
	}
}

func (s *spoken) function(f *ast.FuncDecl) {
	if f.Body == nil || f.Type.Results == nil {
		return
	}
	ast.Inspect(f.Body, func(node ast.Node) bool {
		answer, is := node.(*ast.ReturnStmt)
		if !is {
			return true
		}
		for _, result := range answer.Results {
			if text := s.text(result); beginsReason.MatchString(text) {
				s.say(text)
			}
		}
		return true
	})
}

// toldBy is which arguments of a function are said to people; others of the same name have a text elsewhere, or none.
var toldBy = map[string][]int{
	"add": {1}, "wrong": {0, 1}, "bad": {0}, "taken": {1}, "builtIn": {0}, "cover": {0}, "coverGroup": {0}, "tooMany": {0},
	"wrongFactor": {1}, "wrongPasskey": {2}, "unmade": {1}, "refused": {0}, "refusal": {1}, "invalid": {0},
	"badClient": {0}, "badGrant": {0}, "badToken": {0}, "unknownToken": {0}, "badMetadata": {0},
}

func TestWhateverIsRefusedIsSaidInGerman(t *testing.T) {
	english := readLocale(t, "locale/en.json")
	material := web.NewMaterial()
	count := 0
	for _, sources := range []string{
		"*.go", "../hub/*.go", "../directory/*.go", "../credential/*.go", "../signin/*.go", "../provider/*.go",
		"../audit/explain.go", "../doors/forward_auth.go", "../../oauth/*.go", "../../oauth/oauthhttp/*.go",
	} {
		files, err := filepath.Glob(sources)
		if err != nil {
			t.Fatal(err)
		}
		s := &spoken{codes: map[string]bool{}}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, code := range errorCode.FindAllStringSubmatch(string(source), -1) {
				s.codes[code[1]], s.codes[code[2]] = english["error."+code[2]] != "", english["error."+code[2]] != ""
			}
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.lines = nil
			ast.Walk(s, parsed)
			for _, line := range s.lines {
				count++
				if _, known := web.Spoken(material, "de", line); !known {
					t.Errorf("%s: locale/said/de.json does not say %q", file, line)
				}
			}
		}
	}
	if count < 400 {
		t.Errorf("only %d refusals were found", count)
	}
	for _, setting := range oauth.Settings() {
		if _, known := web.Spoken(material, "de", setting); !known && !strings.HasPrefix(setting, "--") {
			t.Errorf("locale/said/de.json does not say where %q is", setting)
		}
	}
}

// TestWhatIsSaidIsPackedAsItIsWritten writes the packed form with -update.
func TestWhatIsSaidIsPackedAsItIsWritten(t *testing.T) {
	written, err := filepath.Glob("locale/said/*.json")
	if err != nil || len(written) == 0 {
		t.Fatal(written, err)
	}
	for _, name := range written {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			var packed bytes.Buffer
			packer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			if err != nil {
				t.Fatal(err)
			}
			_, failed := packer.Write(text)
			if err := errors.Join(failed, packer.Close(), os.WriteFile(name+".gz", packed.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		packed, err := os.ReadFile(name + ".gz")
		if err != nil {
			t.Fatalf("%v: run make generate", err)
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if carried, err := io.ReadAll(reader); err != nil || !bytes.Equal(carried, text) {
			t.Errorf("%s.gz is not what %s says: run make generate (%v)", name, name, err)
		}
	}
}
