//go:build !linux

package blackbox

import "os/exec"

// bind lets a program end with this process where the system knows how.
func bind(*exec.Cmd) {}
