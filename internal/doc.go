// Package internal holds no code of its own: it is the front of the house, and its tests keep the house in shape.
//
// arch_test.go has the floors as data: which room there is, what it may import, who owns which outside library. Start
// there when a room is added. The checks themselves are in arch_rules_test.go, and arch_breach_test.go feeds them breaches so
// that a check which stopped checking is noticed. map_test.go keeps the map in docs/ARCHITECTURE.md equal to the first sentences
// of all doc.go files, linked_test.go keeps docs/linked.txt equal to the modules that the program links; `make generate`
// writes both anew.
package internal
