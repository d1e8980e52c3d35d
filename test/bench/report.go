package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// report collects what was found, prints it, and counts what missed its target.
type report struct {
	out    io.Writer
	missed int
}

// verdict holds a figure against its target and says so in a word; a target of zero is none.
func (r *report) verdict(figure, limit float64, form string) string {
	if limit == 0 {
		return ""
	}
	word := "met"
	if figure > limit {
		word = "MISSED"
		r.missed++
	}
	return fmt.Sprintf("at most "+form+", %s", limit, word)
}

// atLeast is verdict for a figure that has to reach its target.
func (r *report) atLeast(figure, least float64) string {
	word := "met"
	if figure < least {
		word = "MISSED"
		r.missed++
	}
	return fmt.Sprintf("at least %.1f, %s", least, word)
}

// measured is a subject with who was measured at it: the floor, and one hub for each number of services.
type measured struct {
	subject subject
	floor   *contender
	hubs    []*contender
}

// ratios prints one table for each number of services, and one that compares the numbers with each other.
func (r *report) ratios(wire string, services []int, all []measured) {
	for i, number := range services {
		r.head("%s, %s services: hub against the floor", wire, thousands(number))
		table := r.table("", "floor", "floor µs", "hub µs", "CPU ratio", "floor req/s", "hub req/s", "req/s ratio", "target for CPU")
		for _, one := range all {
			processor, rate := ratio(one.hubs[i], one.floor)
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.2f\t%.0f\t%.0f\t%.2f\t%s\n", one.subject.name, one.subject.floor,
				micros(one.floor.processorTime()), micros(one.hubs[i].processorTime()), processor,
				one.floor.perSecond(), one.hubs[i].perSecond(), rate, r.verdict(processor, one.subject.limit, "%.1f"))
		}
		_ = table.Flush()
	}
	for i := 1; i < len(services); i++ {
		r.head("%s: %s services against %s", wire, thousands(services[i]), thousands(services[0]))
		table := r.table("", "µs", "µs", "CPU ratio", "req/s ratio", "target for CPU")
		for _, one := range all {
			processor, rate := ratio(one.hubs[i], one.hubs[0])
			fmt.Fprintf(table, "%s\t%s\t%s\t%.2f\t%.2f\t%s\n", one.subject.name, micros(one.hubs[0].processorTime()),
				micros(one.hubs[i].processorTime()), processor, rate, r.verdict(processor, one.subject.growth, "%.1f"))
		}
		_ = table.Flush()
	}
}

// figure is one absolute number with its target.
type figure struct {
	name  string
	value float64
	unit  string
	limit float64
}

func (r *report) figures(all []figure) {
	r.head("Absolute figures")
	table := r.table("", "value", "unit", "target")
	for _, one := range all {
		fmt.Fprintf(table, "%s\t%.1f\t%s\t%s\n", one.name, one.value, one.unit, r.verdict(one.value, one.limit, "%.0f"))
	}
	_ = table.Flush()
}

func (r *report) head(format string, args ...any) { fmt.Fprintf(r.out, "\n"+format+"\n", args...) }

func (r *report) table(columns ...string) *tabwriter.Writer {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for i, column := range columns {
		if i > 0 {
			fmt.Fprint(table, "\t")
		}
		fmt.Fprint(table, column)
	}
	fmt.Fprintln(table)
	return table
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Microsecond)) }

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
