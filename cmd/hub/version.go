package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"example.org/hub/internal/store"
)

// version and commit are set by the linker (-X main.version=...); without it they come from the build information.
var version, commit string

type versionVerb struct{}

// Run prints version, commit, Go and SQLite versions.
func (versionVerb) Run(terminal *Terminal) error {
	release, revision := build()
	fmt.Fprintf(terminal.Out, "hub %s\ncommit %s\n%s\nSQLite %s\n", release, revision, runtime.Version(), store.SQLiteVersion())
	return nil
}

func build() (release, revision string) {
	release, revision = version, commit
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return orUnknown(release), orUnknown(revision)
	}
	if release == "" {
		release = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && revision == "" {
			revision = setting.Value
		}
	}
	return orUnknown(release), orUnknown(revision)
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
