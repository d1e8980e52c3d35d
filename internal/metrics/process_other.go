//go:build !linux

package metrics

// readUsage answers false: only Linux is asked.
func readUsage() (usage, bool) { return usage{}, false }
