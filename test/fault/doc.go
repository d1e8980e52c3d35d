// Package fault breaks what a running hub stands on and holds it to its promises: kill -9 under load, a database that is
// stopped, frozen or far away, a disk that is full or can only be read, strangers that flood it, and the signal to stop.
//
// Everything here starts the real program on a real database. Each random choice comes from a seed that is printed;
// HUB_TEST_SEED repeats it, and HUB_TEST_ROUNDS (5 if not set) says how many times the program is killed on each database.
//
// Start reading at kill_test.go; ledger_test.go is the memory that it holds the hub against.
package fault
