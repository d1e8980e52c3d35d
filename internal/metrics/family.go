package metrics

import (
	"strings"
	"sync"
)

// The types of families, as the text format has them.
const (
	counterKind = "counter"
	gaugeKind   = "gauge"
)

// family is all metrics of one name. They differ by the values of its labels.
type family struct {
	name, help, kind string
	labels           []string

	lock    sync.Mutex
	members map[string]metric // by the labels as they are written
}

// metric writes its line.
type metric interface {
	write(out *page, name, labels string)
}

// of gives the member with these values, one for each label; it is made when it is asked for first.
func (f *family) of(make func() metric, values ...string) metric {
	var text strings.Builder
	for i, value := range values {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(f.labels[i] + `="` + quoted(value) + `"`)
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	member, there := f.members[text.String()]
	if !there {
		member = make()
		f.members[text.String()] = member
	}
	return member
}

func (f *family) gauge(values ...string) Gauge {
	return f.of(func() metric { return newGauge() }, values...).(Gauge)
}

func (f *family) counter(values ...string) Counter {
	return f.of(func() metric { return newCounter() }, values...).(Counter)
}

// quoted is a label's value as it stands between quotes. One that is not UTF-8 would break the answer to every later scrape.
func quoted(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(value, "?"))
}
