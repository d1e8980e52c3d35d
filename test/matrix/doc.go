// Package matrix holds every control of the hub against every way in: one test whose rows are the doors and whose columns are
// the controls, and no cell of it is empty.
//
// Each cell has a verdict that is tried out on the real program, in both environments, or the reason why the two cannot meet.
// A door or a control without its cells fails the test, so a way in that is added later cannot forget a control.
//
// matrix_test.go walks the table; table_test.go is the table; door_test.go brings somebody to each door; take_test.go takes
// something away; verdict_test.go has the verdicts that cells share, cell_test.go those of one cell; site_test.go starts the hub
// and declares who lives in it; nodes_test.go takes away through one node and asks a second, on PostgreSQL.
//
// Beside the matrix, mistake_test.go makes the usual mistakes of whoever connects a service, and holds each refusal against
// what it should be explained by; description_test.go asks for every address of api/openapi.yaml that is no REST resource.
//
// Start reading at matrix_test.go.
package matrix
