//go:build !linux

package main

import "runtime/debug"

// giveBack gives memory back to the system.
func giveBack() error {
	debug.FreeOSMemory()
	return nil
}
