package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
)

// worthwhile is the size from which a page is compressed.
const worthwhile = 1 << 10

// compressed gives a page as it goes over the wire to this browser, which may be on another sheet. A page with a secret in it goes
// as it is: how well text compresses tells of what is repeated in it (BREACH).
func (p *Pages) compressed(v *visitor, page *bytes.Buffer) *bytes.Buffer {
	if v.secret || page.Len() < worthwhile || !strings.Contains(v.Header.Get("Accept-Encoding"), "gzip") {
		return page
	}
	zip, pooled := p.Material.zips.Get().(*gzip.Writer)
	if !pooled {
		zip, _ = gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // of a level that there is: it does not fail
	}
	defer p.Material.zips.Put(zip)
	small := p.Material.sheet()
	zip.Reset(small)
	_, _ = page.WriteTo(zip) // into memory: it does not fail
	_ = zip.Close()
	v.out.Header().Set("Content-Encoding", "gzip")
	p.Material.putBack(page)
	return small
}
