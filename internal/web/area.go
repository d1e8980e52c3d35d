package web

import "html/template"

// area is a field of several lines, for the template "area".
type area struct {
	Name, Value          string
	Label, Hint, Mistake template.HTML
	Rows                 int  // 0: three
	Prose                bool // for people to read, nothing to copy or compare
	Fixed                bool // it may be read, not changed
}
