package metrics

import (
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Set is all metrics of one hub. The methods that take a label value resolve it once; keep what they return.
type Set struct {
	Refusals       *Counters // hub_refusals_total{cause}: every refused request, by the cause the audit names
	DatabaseErrors *Counters // hub_database_errors_total{kind}: trouble of the database, not of the request
	Panics         Counter   // hub_panics_total: requests that ended in a programming error
	ReadOnly       Gauge     // hub_read_only: 1 while nothing can be written
	CertificateEnd Gauge     // hub_tls_certificate_end_timestamp_seconds: Unix time at which the served certificate ends

	registry       *prometheus.Registry
	tokens         *prometheus.CounterVec
	tokenTime      *prometheus.HistogramVec
	introspections *prometheus.CounterVec
	forwardAuth    *prometheus.CounterVec
	upkeepRan      *prometheus.GaugeVec
	upkeepFailed   *prometheus.CounterVec
	build          *prometheus.GaugeVec
	feedRead       atomic.Int64 // Unix nanoseconds, 0 before the first
}

// New makes an empty set, with the collectors of the Go runtime and of the process.
func New() *Set {
	s := &Set{registry: prometheus.NewRegistry()}
	s.tokens = vec(s, "hub_token_requests_total", "Token requests by door, environment and outcome (ok or the error code).", "door", "environment", "outcome")
	s.tokenTime = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "hub_token_request_seconds", Help: "Time from the parsed token request to its answer.",
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"door", "environment"})
	s.introspections = vec(s, "hub_introspections_total", "Introspection requests by environment and outcome.", "environment", "outcome")
	s.forwardAuth = vec(s, "hub_forward_auth_total", "Forward-auth questions by environment and verdict.", "environment", "verdict")
	s.Refusals = counters(vec(s, "hub_refusals_total", "Refused requests by cause.", "cause"))
	s.DatabaseErrors = counters(vec(s, "hub_database_errors_total", "Failures of the database by kind.", "kind"))
	s.upkeepFailed = vec(s, "hub_upkeep_failures_total", "Runs of a background job that failed.", "job")
	s.upkeepRan = gauges(s, "hub_upkeep_last_run_timestamp_seconds", "Unix time at which a background job last finished well, 0 if never.", "job")
	s.build = gauges(s, "hub_build_info", "Always 1; the labels say what is running.", "version", "commit", "go")
	s.Panics = Counter{vec(s, "hub_panics_total", "Requests that ended in a programming error.").WithLabelValues()}
	s.ReadOnly = Gauge{gauges(s, "hub_read_only", "1 while nothing can be written.").WithLabelValues()}
	s.CertificateEnd = Gauge{gauges(s, "hub_tls_certificate_end_timestamp_seconds", "Unix time at which the served certificate ends, 0 if none is served.").WithLabelValues()}
	s.registry.MustRegister(s.tokenTime, s.feedAge(), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

func vec(s *Set, name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	s.registry.MustRegister(v)
	return v
}

func gauges(s *Set, name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	s.registry.MustRegister(v)
	return v
}

// toLabel keeps a value that is not UTF-8 from breaking the answer to every later scrape.
func toLabel(value string) string { return strings.ToValidUTF8(value, "?") }

// Build names the running program.
func (s *Set) Build(version, commit string) {
	s.build.WithLabelValues(toLabel(version), toLabel(commit), runtime.Version()).Set(1)
}

// Door is the metrics of one way to a token in one environment.
type Door struct {
	Outcomes *Counters // `ok`, or the error code of the answer
	Time     Timer
}

// Door resolves the metrics of a door (`token`, `create_token`, `login`) in an environment.
func (s *Set) Door(door, environment string) Door {
	labels := prometheus.Labels{"door": toLabel(door), "environment": toLabel(environment)}
	return Door{Outcomes: counters(s.tokens.MustCurryWith(labels)), Time: Timer{s.tokenTime.With(labels)}}
}

// Introspections resolves the counters of introspection in an environment, by outcome (`active`, `inactive`, or the
// error code).
func (s *Set) Introspections(environment string) *Counters {
	return counters(s.introspections.MustCurryWith(prometheus.Labels{"environment": toLabel(environment)}))
}

// ForwardAuth resolves the counters of forward-auth in an environment, by verdict (`ok`, or the error type).
func (s *Set) ForwardAuth(environment string) *Counters {
	return counters(s.forwardAuth.MustCurryWith(prometheus.Labels{"environment": toLabel(environment)}))
}

// Job is the metrics of one background job.
type Job struct {
	Failures Counter
	lastRun  Gauge
}

// Upkeep resolves the metrics of a background job. From then on its last run is shown, 0 until it has run.
func (s *Set) Upkeep(job string) Job {
	return Job{Failures: Counter{s.upkeepFailed.WithLabelValues(toLabel(job))}, lastRun: Gauge{s.upkeepRan.WithLabelValues(toLabel(job))}}
}

// Ran notes that the job finished well at this time.
func (j Job) Ran(at time.Time) { j.lastRun.Set(float64(at.UnixNano()) / 1e9) }

// FeedRead notes that the change feed was read to its end at this time.
func (s *Set) FeedRead(at time.Time) { s.feedRead.Store(at.UnixNano()) }

// feedAge is computed when it is asked for: a feed that has stopped must be seen to grow old.
func (s *Set) feedAge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hub_feed_age_seconds", Help: "Seconds since the change feed was last read to its end, -1 if it never was.",
	}, func() float64 {
		read := s.feedRead.Load()
		if read == 0 {
			return -1
		}
		return time.Since(time.Unix(0, read)).Seconds()
	})
}
