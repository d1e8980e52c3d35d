package fault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// A file that cannot be used is somebody's only copy: it is named, kept, and never replaced by an empty one.
func TestADatabaseFileThatCannotBeUsedIsNamedAndKept(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, file string){
		"overwritten in the middle": func(t *testing.T, file string) {
			write(t, file, func(text []byte) []byte {
				copy(text[len(text)/2:], bytes.Repeat([]byte("damage"), 4096))
				return text
			})
		},
		"overwritten at the start": func(t *testing.T, file string) {
			write(t, file, func(text []byte) []byte { copy(text, "this is no database"); return text })
		},
		"cut short": func(t *testing.T, file string) {
			write(t, file, func(text []byte) []byte { return text[:len(text)/3] })
		},
		"emptied": func(t *testing.T, file string) {
			write(t, file, func([]byte) []byte { return nil })
		},
		"read-only": func(t *testing.T, file string) {
			if err := os.Chmod(file, 0o400); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &home{data: t.TempDir()}
			sample.Declare(t, h.settings()...)
			file := filepath.Join(h.data, "hub.db")
			spoil(t, file)
			before := read(t, file)
			for _, verb := range [][]string{serveAnywhere(), {"export"}, {"keys", "list"}} {
				result := blackbox.Run(t, "", append(verb, h.settings()...)...)
				if result.Exit == 0 || !strings.Contains(result.Stderr, file) {
					t.Errorf("hub %s: exit code %d: %s", verb[0], result.Exit, result.Stderr)
				}
			}
			if !bytes.Equal(before, read(t, file)) {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		h := &home{data: t.TempDir()}
		sample.Declare(t, h.settings()...)
		file := filepath.Join(h.data, "hub.db")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		result := blackbox.Run(t, "", append(serveAnywhere(), h.settings()...)...)
		if result.Exit == 0 || !strings.Contains(result.Stderr, file) {
			t.Errorf("exit code %d: %s", result.Exit, result.Stderr)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("an empty one is there instead")
		}
	})
}

func TestASecondHubOnOneSQLiteFileIsRefused(t *testing.T) {
	t.Parallel()
	h := &home{data: t.TempDir()}
	first := h.serve(t)
	result := blackbox.Run(t, "", append(serveAnywhere(), h.settings()...)...)
	if result.Exit == 0 || !strings.Contains(result.Stderr, "another hub") {
		t.Errorf("exit code %d: %s", result.Exit, result.Stderr)
	}
	first.Kill(t)
	h.serve(t) // what a killed hub held is free
}

// serveAnywhere is hub serve on a port that the kernel chooses.
func serveAnywhere() []string {
	return []string{"serve", "--listen", "localhost:0", "--tls", "off", "--metrics-listen", "off"}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	if err := os.WriteFile(file, change(read(t, file)), 0o600); err != nil {
		t.Fatal(err)
	}
}
