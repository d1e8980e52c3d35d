// Package config is the settings of the program: what can be set, where from, and what values mean.
//
// Settings is the list of flags; file.go reads hub.toml and the environment into the same names, so that a flag wins over
// HUB_*, which wins over the file, which wins over the default. Resolve turns texts into typed values and names the flag
// that is wrong.
//
// What does not live here: the verbs of the command line (cmd/hub), settings that administrators change while the hub
// runs (hub.Settings).
//
// Start reading at settings.go.
package config
