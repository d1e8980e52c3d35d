package web_test

import (
	"compress/gzip"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// What a browser fetches for a page at most, compressed, in bytes: the page itself, and everything that all pages share.
const (
	heaviestPage = 35_000
	allAssets    = 25_000
)

// weigh holds each page that any test opens to its weight.
func (b *browser) weigh(a answer) {
	b.Helper()
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return
	}
	if weight := zipped(b, a.text, gzip.BestSpeed); weight > heaviestPage {
		b.Errorf("%s %s weighs %d bytes compressed, more than %d", a.Request.Method, a.Request.URL, weight, heaviestPage)
	}
}

func TestWhatAllPagesShareWeighsLittle(t *testing.T) {
	sum := 0
	err := fs.WalkDir(os.DirFS("static"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile("static/" + name)
		sum += zipped(t, string(body), gzip.DefaultCompression)
		return err
	})
	if err != nil || sum == 0 || sum > allAssets {
		t.Errorf("stylesheet, scripts and pictures weigh %d bytes compressed, more than %d; %v", sum, allAssets, err)
	}
}

// zipped is how many bytes a text is compressed.
func zipped(t testing.TB, text string, level int) int {
	t.Helper()
	var size counter
	zip, err := gzip.NewWriterLevel(&size, level)
	if err == nil {
		_, err = zip.Write([]byte(text))
	}
	if err == nil {
		err = zip.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return int(size)
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(bytes []byte) (int, error) {
	*c += counter(len(bytes))
	return len(bytes), nil
}
