package declare

import (
	"fmt"
	"strings"

	"example.org/hub/internal/fault"
)

// maxProblems is how many problems of one file are told at once.
const maxProblems = 20

// problems collects what is wrong with a file, so that whoever wrote it can set several things right at once.
type problems struct {
	file  string
	told  []fault.Field // Name is FILE:LINE
	count int
}

// add notes a problem at a line; line 0 is the file as a whole.
func (p *problems) add(line int, format string, args ...any) {
	p.count++
	if len(p.told) >= maxProblems {
		return
	}
	place := p.file
	if line > 0 {
		place = fmt.Sprintf("%s:%d", p.file, line)
	}
	p.told = append(p.told, fault.Field{Name: place, Reason: fmt.Sprintf(format, args...)})
}

// err gives all problems as one error, one line each; nil if there is none.
func (p *problems) err() error {
	if p.count == 0 {
		return nil
	}
	lines := make([]string, len(p.told))
	for i, one := range p.told {
		lines[i] = one.Name + ": " + one.Reason
	}
	if more := p.count - len(p.told); more > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more problems", p.file, more))
	}
	return &fault.Error{Kind: fault.Invalid, Message: strings.Join(lines, "\n")}
}
