// Package limit is the arithmetic of rate limits, and a keeper of counts whose memory strangers cannot grow.
//
// rate.go holds the arithmetic (GCRA, the generic cell rate algorithm) as pure functions of one number and a time;
// parse.go reads `10/15m` and `account=10/15m,address=50/1m`; key.go says what is counted together; keeper.go remembers
// the numbers of many keys in a table of fixed size.
//
// Start reading at Rate. What does not live here: which door asks which keeper, and the answers 429 and Retry-After
// (each wire's own writer). Nothing is stored: a restart forgives.
package limit
