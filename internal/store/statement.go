package store

import (
	"fmt"
	"strconv"
)

// statement is one SQL text for both databases. It stands as a package variable beside the function that runs it, made by
// prepared, so that every statement is known before the first one runs and a test can prepare each on both databases.
type statement struct {
	text    string
	args    int  // how many $n it takes
	passing bool // made for one question
	steady  bool // of those, one whose plan does not depend on what is asked for: PostgreSQL plans it once, not at every question
}

// registry is every statement of this package in the order of declaration. It grows only while package variables are
// made, before main; afterwards it is a constant.
type registry struct{ all []*statement }

var statements = new(registry)

// prepared makes a statement of a text whose arguments are written $1, $2, ... and appear for the first time in that
// order: SQLite numbers $n by appearance, PostgreSQL by name, and only where both agree the text means the same. A text
// that breaks this is a mistake in the program and panics before main.
func prepared(text string) *statement {
	s := &statement{text: text}
	for _, number := range numbersIn(text) {
		switch {
		case number == s.args+1:
			s.args++
		case number < 1 || number > s.args:
			panic(fmt.Sprintf("store: $%d appears before $%d in %s", number, s.args+1, text))
		}
	}
	statements.all = append(statements.all, s)
	return s
}

// only makes a statement that one of the databases alone has: the frame of its transactions.
func only(text string) *statement { return &statement{text: text} }

// passing makes a statement for one question: lists are asked for in too many ways to have each declared. Its texts come from
// this package alone; whatever a request says is an argument.
func passing(text string, args int) *statement {
	return &statement{text: text, args: args, passing: true}
}

// numbersIn gives the n of every $n outside quotes.
func numbersIn(text string) []int {
	var numbers []int
	quoted := false
	for i := 0; i < len(text); i++ {
		if text[i] == '\'' {
			quoted = !quoted
		}
		if quoted || text[i] != '$' {
			continue
		}
		end := i + 1
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		number, _ := strconv.Atoi(text[i+1 : end])
		numbers = append(numbers, number)
	}
	return numbers
}

// check guards against a call with too few or too many arguments, which SQLite would take for NULLs.
func (s *statement) check(args []any) error {
	if len(args) != s.args {
		return fmt.Errorf("store: %d arguments for %d in %s", len(args), s.args, s.text)
	}
	return nil
}
