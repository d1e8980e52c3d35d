// Package query is the grammar of the REST lists: what ?query= and ?orderBy= say, as trees that no wire and no database has
// a part in, and the neutral shapes in which a list is asked for and answered.
//
//	parse.go     Parse: text to Node; lex.go beneath it cuts the text into words
//	node.go      Node, and All, Any and Is, by which rooms add conditions of their own
//	match.go     Node.Matches: a query held against something that is in memory
//	order.go     ParseOrder: "name,login:desc" to []Order
//	assist.go    Assist: what could stand where the caret is
//	list.go      List and Page: one page asked for, one page answered
//
// What a key means (which column, which index) is the affair of package store; who may see which rows, that of the core
// rooms. The grammar is tolerant, since people type it, and bounded, since strangers do.
//
// Start reading at node.go, then parse.go.
package query
