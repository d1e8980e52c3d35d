package metrics

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// process is what everybody's dashboards show of a program in Go, under the names they know: families made for one answer,
// since the values are those of that moment.
func process(born time.Time) []*family {
	var all []*family
	show := func(name, help, kind string, value float64) {
		all = append(all, &family{name: name, help: help, kind: kind, members: map[string]metric{"": computed(func() float64 { return value })}})
	}
	samples := []metrics.Sample{
		{Name: "/sched/goroutines:goroutines"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"},
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(samples)
	value := func(i int) float64 { return float64(samples[i].Value.Uint64()) }
	all = append(all, &family{name: "go_info", help: "Always 1; the label says what the program was built with.", kind: gaugeKind,
		members: map[string]metric{`version="` + quoted(runtime.Version()) + `"`: computed(func() float64 { return 1 })}})
	show("go_goroutines", "Goroutines that exist.", gaugeKind, value(0))
	show("go_memstats_heap_alloc_bytes", "Bytes of objects on the heap.", gaugeKind, value(1))
	show("go_memstats_sys_bytes", "Bytes of memory that the runtime holds.", gaugeKind, value(2))
	show("go_memstats_alloc_bytes_total", "Bytes of objects that were ever made.", counterKind, value(3))
	show("go_gc_cycles_total", "Rounds of the garbage collector.", counterKind, value(4))
	show("process_start_time_seconds", "Unix time at which the process began.", gaugeKind, float64(born.UnixMilli())/1e3)
	if now, ok := readUsage(); ok {
		show("process_cpu_seconds_total", "Seconds of processor time, in the program and in the kernel.", counterKind, now.cpu)
		show("process_resident_memory_bytes", "Bytes of memory that are resident.", gaugeKind, now.resident)
		show("process_virtual_memory_bytes", "Bytes of address space.", gaugeKind, now.virtual)
		show("process_open_fds", "File descriptors that are open.", gaugeKind, now.files)
		show("process_max_fds", "File descriptors that may be open.", gaugeKind, now.mostFiles)
	}
	return all
}

// usage is what the system says of the process: seconds, bytes and numbers.
type usage struct{ cpu, resident, virtual, files, mostFiles float64 }
