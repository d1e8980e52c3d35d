// Package readme holds README.md to its word: every command block is run as it stands, in order, in a fresh copy of the tree.
//
// A block marked `sh` runs in one bash session for the whole page, one marked `sh background` in a terminal of its own, which
// counts as ready when it says so. Only ports are replaced by free ones, since no test may rely on a fixed one.
//
// docs/flows.md is held to its word in the same way: each of its scripts has to end in a live token (flows_test.go). So are
// docs/token-desk.md (token_desk_test.go), docs/secrets.md with its rule for scanners (secrets_test.go), and the settings and
// addresses that docs/OPERATING.md and docs/finding.md name (operating_test.go).
//
// Start reading at page.go, then readme_test.go.
package readme
