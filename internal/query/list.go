package query

import "time"

// List asks for one page of a list.
type List struct {
	Where Node
	Order []Order // empty: the noun's own order
	After string  // where the page before ended, as its Next said; empty: from the beginning

	// Skip passes over so many rows, which costs as much as reading them. With After it is only the number of rows that
	// came before, as the link said, and nothing is passed over.
	Skip int

	// Limit is the most rows to give; All (-1) gives MaxAll of them at most, with a Next where there are more.
	Limit int

	// Within is how long rows of a list that grows without end may be looked through one by one, where no index finds those that are
	// asked for; zero is as long as the store likes. A page that ends with it may hold fewer rows than Limit, or none, and still
	// have a Next.
	Within time.Duration

	// Exact wants the total counted where it is not known without: for wires that announce a number of pages.
	Exact bool

	// Uncounted says that the total does not matter: it is only more than what was given where there is more.
	Uncounted bool
}

// The sizes of pages.
const (
	Everything   = -1     // Limit: all rows
	DefaultLimit = 100    // when a request names none
	MaxAll       = 10_000 // rows of one answer, also for Everything: what fits into memory many times over
)

// Size is the number of rows to read at most.
func (l List) Size() int {
	if l.Limit == Everything {
		return MaxAll
	}
	return min(max(l.Limit, 0), MaxAll)
}

// Page is the answer.
type Page[T any] struct {
	Items []T

	// Total is the number of rows of the whole list. Rows are not counted for it: it is exact for a list without
	// conditions, for one with Exact, and where a query finds no more than a thousand; elsewhere it is what is known to be
	// there, at least one more than was given so far while Next is not empty (and perhaps none, where List.Within ended the page).
	Total int64

	Next string // where to go on (List.After); empty on the last page
}
