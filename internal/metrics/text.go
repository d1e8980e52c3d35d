package metrics

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ContentType is the media type of what WriteText writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// WriteText writes every metric in the Prometheus text format, version 0.0.4.
func (s *Set) WriteText(w io.Writer) error {
	out := &page{}
	for _, f := range append(s.families[:len(s.families):len(s.families)], process(s.born)...) {
		out.family(f)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

// page is what is being written.
type page struct{ bytes.Buffer }

func (p *page) family(f *family) {
	p.WriteString("# HELP " + f.name + " " + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(f.help) + "\n")
	p.WriteString("# TYPE " + f.name + " " + f.kind + "\n")
	f.lock.Lock()
	members := maps.Clone(f.members)
	f.lock.Unlock()
	for _, labels := range slices.Sorted(maps.Keys(members)) {
		members[labels].write(p, f.name, labels)
	}
}

func (p *page) line(name, labels, value string) {
	p.WriteString(name)
	if labels != "" {
		p.WriteString("{" + labels + "}")
	}
	p.WriteString(" " + value + "\n")
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
