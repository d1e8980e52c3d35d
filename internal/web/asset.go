package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// static is what browsers fetch beside the pages.
//
//go:embed static
var static embed.FS

// asset is one file, as it is and, once somebody has asked for it so, compressed.
type asset struct {
	media  string
	body   []byte
	zipped func() []byte
}

// mediaTypes are those of our files. The system's own table differs from machine to machine.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func newAsset(name string, body []byte) *asset {
	return &asset{media: mediaTypes[path.Ext(name)], body: body, zipped: sync.OnceValue(func() []byte {
		var zipped bytes.Buffer
		zip := gzip.NewWriter(&zipped)
		_, _ = zip.Write(body) // into memory: it does not fail
		_ = zip.Close()
		return zipped.Bytes()
	})}
}

// assets are served under a version that is the hash of them all, so that browsers may keep them for ever and modules find
// each other beside them.
type assets struct {
	path    string // below the issuer
	version string
	files   map[string]*asset
}

func loadAssets() (assets, error) {
	a := assets{files: map[string]*asset{}}
	sum := sha256.New()
	err := fs.WalkDir(static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write(body)
		file := path.Base(name)
		if folder := path.Dir(name); folder != "static" { // a part of the file that is named like the folder
			file = path.Base(folder) + path.Ext(name)
			if before := a.files[file]; before != nil {
				body = append(slices.Clip(before.body), body...)
			}
		}
		a.files[file] = newAsset(file, body)
		return nil
	})
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	a.path = "/static/" + a.version
	return a, err
}

// asset answers with a file. Under another version, which a node of another release has named, it is the file of today and
// not kept.
func (p *Pages) asset(w http.ResponseWriter, r *http.Request) {
	a, err := p.Material.assets()
	if err != nil {
		http.Error(w, "The files of the pages cannot be read.", http.StatusInternalServerError)
		return
	}
	file, known := a.files[r.PathValue("name")]
	if !known {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", file.media)
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if r.PathValue("version") == a.version {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := file.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = file.zipped()
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
