package blackbox

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// House is what a hub has in its folder after it was started for the first time and a hub.yaml was applied. It is made when the
// first test asks for it, and each test has a copy: to make tables, keys, a certificate and the hashes of passwords takes longer
// than most tests do with them.
type House struct {
	declaration string
	once        sync.Once
	files       map[string]file // by their paths in the folder; none if it could not be made
}

type file struct {
	mode    fs.FileMode
	content []byte
}

// Declared is the house that a hub.yaml declares.
func Declared(declaration string) *House { return &House{declaration: declaration} }

// Serve is Serve on a copy of the house.
func (o *House) Serve(t testing.TB, args ...string) *Hub {
	t.Helper()
	o.once.Do(func() { o.build(t) })
	if len(o.files) == 0 {
		t.Fatal("the hub that this one begins as a copy of was not made: see the first test that failed")
	}
	folder := t.TempDir()
	for path, file := range o.files {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.content, file.mode); err != nil {
			t.Fatal(err)
		}
	}
	return Serve(t, folder, args...)
}

// build starts a hub, lets it make all that it makes at its first start, and reads what it leaves.
func (o *House) build(t testing.TB) {
	t.Helper()
	h := Serve(t, "")
	h.Apply(t, o.declaration)
	for _, environment := range []string{"", "/test"} { // these keys are made beside everything else
		Soon(t, "the key for ID tokens", func() bool { return strings.Contains(h.Get(t, environment+"/api/rest/oauth2/keys").Body, `"RSA"`) })
	}
	if code := h.Stop(t); code != 0 {
		t.Fatalf("the hub ended with exit code %d", code)
	}
	files := map[string]file{}
	err := filepath.WalkDir(h.Data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(h.Data, path)
		files[name] = file{info.Mode().Perm(), content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.files = files
}
