package server

import (
	"net/http"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"
)

// profiled serves the profiles of the runtime below /debug/pprof/, in the form and under the names that `go tool pprof` and
// `go tool trace` ask for. net/http/pprof would do the same with a reader and a merger of profiles besides, which weigh more
// than all metrics and which nobody needs who asks for one profile.
func profiled(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, one := range pprof.Profiles() {
			_, _ = w.Write([]byte(one.Name() + "\n"))
		}
		_, _ = w.Write([]byte("profile?seconds=30\ntrace?seconds=1\n"))
	})
	mux.HandleFunc("GET /debug/pprof/{name}", func(w http.ResponseWriter, r *http.Request) {
		one := pprof.Lookup(r.PathValue("name"))
		if one == nil {
			http.NotFound(w, r)
			return
		}
		if r.FormValue("gc") != "" {
			runtime.GC()
		}
		level, _ := strconv.Atoi(r.FormValue("debug"))
		inForm(w, level)
		_ = one.WriteTo(w, level)
	})
	mux.HandleFunc("GET /debug/pprof/profile", func(w http.ResponseWriter, r *http.Request) {
		record(w, r, 30, func() error { return pprof.StartCPUProfile(w) }, pprof.StopCPUProfile)
	})
	mux.HandleFunc("GET /debug/pprof/trace", func(w http.ResponseWriter, r *http.Request) {
		record(w, r, 1, func() error { return trace.Start(w) }, trace.Stop)
	})
}

// record runs what watches the program for so many seconds as were asked for, and ends early with its caller.
func record(w http.ResponseWriter, r *http.Request, otherwise int, begin func() error, end func()) {
	seconds, err := strconv.Atoi(r.FormValue("seconds"))
	if err != nil || seconds < 1 {
		seconds = otherwise
	}
	inForm(w, 0)
	if err := begin(); err != nil {
		http.Error(w, "somebody else is recording: "+err.Error(), http.StatusConflict)
		return
	}
	defer end()
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
	case <-r.Context().Done():
	}
}

func inForm(w http.ResponseWriter, level int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if level > 0 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
}
