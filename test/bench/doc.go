// Command bench measures hub beside the least program that does the same (test/bench/floor) and reports ratios.
//
// It builds both, fills a database with few and with many services through `hub apply`, starts both as processes of their own,
// and loads them in turn, round after round, with the same client: 16 kept connections that send prepared bytes. What it
// compares are requests per second and, less moved by noise, the processor time that the server spent per request as the kernel
// counts it. Besides, it takes memory at rest and after the load, the size of the binary, and the time from exec to the first
// token. The targets stand beside the figures; missing one is a word in the report, and with -check exit code 1.
//
// Two further modes are about people: refresh.go measures refreshes beside tokens by client credentials, and beside what the
// database alone can commit; gate.go what machines keep while everybody signs in. Both start from people.go.
//
// The mode "lists" compares a hub with a million users with one of a thousand: pages, queries, walks; and users/me with the same
// answer out of the floor's memory. Filling takes a minute, so it is asked for by name: `make bench BENCH="-modes lists"`.
//
// The mode "pages" opens every page of a hub with 100,000 users and a million permanent tokens (office.go) and compares the
// time to the first byte with that of the floor's page of as many rows and bytes: page_list.go lists them, page.go measures. It
// is asked for by name, too.
//
// Start reading at subject.go, which lists what is measured and against what; round.go is the measuring, load.go the client,
// filled.go the database. Run it from the project's root: `make bench`, or `make bench BENCH="-services 10 -wires plain"`.
package main
