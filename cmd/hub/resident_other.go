//go:build !linux

package main

import "runtime/debug"

// forgetStart gives back the memory that only a start needs.
func forgetStart() error {
	debug.FreeOSMemory()
	return nil
}
