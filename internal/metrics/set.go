package metrics

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Set is all metrics of one hub. The methods that take a label value resolve it once; keep what they return.
type Set struct {
	Refusals       *Counters // hub_refusals_total{cause}: every refused request, by the cause the audit names
	DatabaseErrors *Counters // hub_database_errors_total{kind}: trouble of the database, not of the request
	Panics         Counter   // hub_panics_total: requests that ended in a programming error
	ReadOnly       Gauge     // hub_read_only: 1 while nothing can be written
	CertificateEnd Gauge     // hub_tls_certificate_end_timestamp_seconds: Unix time at which the served certificate ends

	families       []*family
	born           time.Time
	tokens         *family
	introspections *family
	forwardAuth    *family
	upkeepRan      *family
	upkeepFailed   *family
	build          *family
	feedRead       atomic.Int64 // Unix nanoseconds, 0 before the first
}

// New makes an empty set. What the runtime and the system say of the process is shown with it.
func New() *Set {
	s := &Set{born: time.Now()}
	s.build = s.add(gaugeKind, "hub_build_info", "Always 1; the labels say what is running.", "commit", "go", "version")
	s.CertificateEnd = s.add(gaugeKind, "hub_tls_certificate_end_timestamp_seconds",
		"Unix time at which the served certificate ends, 0 if none is served.").gauge()
	s.DatabaseErrors = newCounters(s.add(counterKind, "hub_database_errors_total", "Failures of the database by kind.", "kind"))
	s.add(gaugeKind, "hub_feed_age_seconds", "Seconds since the change feed was last read to its end, -1 if it never was.").
		of(func() metric { return computed(s.feedAge) })
	s.forwardAuth = s.add(counterKind, "hub_forward_auth_total",
		"Forward-auth questions by environment and outcome (ok or the error code).", "environment", "outcome")
	s.introspections = s.add(counterKind, "hub_introspections_total",
		"Introspection requests by environment and outcome (active, inactive or the error code).", "environment", "outcome")
	s.Panics = s.add(counterKind, "hub_panics_total", "Requests that ended in a programming error.").counter()
	s.ReadOnly = s.add(gaugeKind, "hub_read_only", "1 while nothing can be written.").gauge()
	s.Refusals = newCounters(s.add(counterKind, "hub_refusals_total", "Refused requests by cause.", "cause"))
	s.tokens = s.add(counterKind, "hub_token_requests_total",
		"Token requests by door, environment and outcome (ok or the error code).", "door", "environment", "outcome")
	s.upkeepFailed = s.add(counterKind, "hub_upkeep_failures_total", "Runs of a background job that failed.", "job")
	s.upkeepRan = s.add(gaugeKind, "hub_upkeep_last_run_timestamp_seconds",
		"Unix time at which a background job last finished well, 0 if never.", "job")
	return s
}

func (s *Set) add(kind, name, help string, labels ...string) *family {
	f := &family{name: name, help: help, kind: kind, labels: labels, members: map[string]metric{}}
	s.families = append(s.families, f)
	return f
}

// Build names the running program.
func (s *Set) Build(version, commit string) {
	s.build.gauge(commit, runtime.Version(), version).Set(1)
}

// TokenRequests resolves the counters of a door (`token`, `create_token`, `login`) in an environment, by outcome (`ok`, or the
// error code of the answer).
func (s *Set) TokenRequests(door, environment string) *Counters {
	return newCounters(s.tokens, door, environment)
}

// Introspections resolves the counters of introspection in an environment, by outcome (`active`, `inactive`, or the error code).
func (s *Set) Introspections(environment string) *Counters {
	return newCounters(s.introspections, environment)
}

// ForwardAuth resolves the counters of forward-auth in an environment, by outcome (`ok`, or the error code).
func (s *Set) ForwardAuth(environment string) *Counters {
	return newCounters(s.forwardAuth, environment)
}

// Job is the metrics of one background job.
type Job struct {
	Failures Counter
	lastRun  Gauge
}

// Upkeep resolves the metrics of a background job. From then on its last run is shown, 0 until it has run.
func (s *Set) Upkeep(job string) Job {
	return Job{Failures: s.upkeepFailed.counter(job), lastRun: s.upkeepRan.gauge(job)}
}

// Ran notes that the job finished well at this time.
func (j Job) Ran(at time.Time) { j.lastRun.Set(float64(at.UnixNano()) / 1e9) }

// FeedRead notes that the change feed was read to its end at this time.
func (s *Set) FeedRead(at time.Time) { s.feedRead.Store(at.UnixNano()) }

// feedAge is computed when it is asked for: a feed that has stopped must be seen to grow old.
func (s *Set) feedAge() float64 {
	read := s.feedRead.Load()
	if read == 0 {
		return -1
	}
	return time.Since(time.Unix(0, read)).Seconds()
}
