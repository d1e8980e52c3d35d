package metrics_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/metrics"
)

func text(t *testing.T, s *metrics.Set) string {
	t.Helper()
	var out strings.Builder
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func expect(t *testing.T, s *metrics.Set, lines ...string) {
	t.Helper()
	got := text(t, s)
	for _, line := range lines {
		if !strings.Contains(got, "\n"+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(got) {
			if strings.HasPrefix(line, "hub_") {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}

func TestEveryMetricIsWrittenAsCounted(t *testing.T) {
	s := metrics.New()
	s.Build("1.2.3", "abc")
	login := s.TokenRequests("login", "test")
	login.Count("ok")
	login.Count("ok")
	login.Of("invalid_client").Inc()
	s.Introspections("production").Count("active")
	s.ForwardAuth("production").Count("invalid_token")
	s.Refusals.Count("allowlist")
	s.DatabaseErrors.Count("read-only")
	s.Panics.Inc()
	s.ReadOnly.Flag(true)
	s.CertificateEnd.Set(1.75e9)
	job := s.Upkeep("expiry")
	job.Ran(time.Unix(1_700_000_000, 0))
	job.Failures.Inc()
	s.Upkeep("rotation")
	expect(t, s,
		`hub_token_requests_total{door="login",environment="test",outcome="ok"} 2`,
		`hub_token_requests_total{door="login",environment="test",outcome="invalid_client"} 1`,
		`hub_introspections_total{environment="production",outcome="active"} 1`,
		`hub_forward_auth_total{environment="production",outcome="invalid_token"} 1`,
		`hub_refusals_total{cause="allowlist"} 1`,
		`hub_database_errors_total{kind="read-only"} 1`,
		`hub_panics_total 1`,
		`hub_read_only 1`,
		`hub_tls_certificate_end_timestamp_seconds 1.75e+09`,
		`hub_upkeep_last_run_timestamp_seconds{job="expiry"} 1.7e+09`,
		`hub_upkeep_last_run_timestamp_seconds{job="rotation"} 0`,
		`hub_upkeep_failures_total{job="expiry"} 1`,
		`hub_feed_age_seconds -1`,
	)
	got := text(t, s)
	for _, name := range []string{`hub_build_info{commit="abc",go="go`, "go_goroutines ", "process_resident_memory_bytes "} {
		if !strings.Contains(got, "\n"+name) {
			t.Errorf("no metric %s", name)
		}
	}
	s.ReadOnly.Flag(false)
	expect(t, s, `hub_read_only 0`)
}

func TestFeedAgeGrowsWhileNothingIsRead(t *testing.T) {
	s := metrics.New()
	s.FeedRead(time.Now().Add(-time.Hour))
	if got := text(t, s); !strings.Contains(got, "\nhub_feed_age_seconds 36") {
		t.Error("a feed read an hour ago is not an hour old")
	}
}

func TestTheSameDoorResolvedTwiceIsOneMetric(t *testing.T) {
	s := metrics.New()
	s.TokenRequests("token", "production").Count("ok")
	s.TokenRequests("token", "production").Count("ok")
	expect(t, s, `hub_token_requests_total{door="token",environment="production",outcome="ok"} 2`)
}

func TestOpenLabelsAreCapped(t *testing.T) {
	s := metrics.New()
	for i := range 10_000 {
		s.Refusals.Count(fmt.Sprint("cause ", i))
	}
	if n := strings.Count(text(t, s), "\nhub_refusals_total{"); n > 65 {
		t.Fatalf("%d causes are shown", n)
	}
	expect(t, s, `hub_refusals_total{cause="other"} 9936`)
}

func TestHostileValuesStayOneLabel(t *testing.T) {
	s := metrics.New()
	s.Refusals.Count("a\"b\nhub_panics_total 9")
	s.Refusals.Count("\xff\xfe")
	s.TokenRequests("\xff", "\xff").Count("ok")
	s.Upkeep("\xff").Failures.Inc()
	expect(t, s, `hub_refusals_total{cause="a\"b\nhub_panics_total 9"} 1`, `hub_refusals_total{cause="?"} 1`, `hub_panics_total 0`)
}

func TestManyAtOnceAreAllCounted(t *testing.T) {
	s := metrics.New()
	outcomes := s.TokenRequests("token", "production")
	var all sync.WaitGroup
	for g := range 32 {
		all.Go(func() {
			for i := range 500 {
				outcomes.Count(fmt.Sprint("code ", (g+i)%10))
			}
			_ = s.WriteText(new(strings.Builder))
		})
	}
	all.Wait()
	expect(t, s, `hub_token_requests_total{door="token",environment="production",outcome="code 3"} 1600`)
}

func TestCountingAllocatesNothing(t *testing.T) {
	s := metrics.New()
	ok, causes := s.TokenRequests("token", "production").Of("ok"), s.Refusals
	causes.Count("limit")
	if n := testing.AllocsPerRun(1000, func() { ok.Inc(); causes.Count("limit") }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestAWriterThatFailsIsReported(t *testing.T) {
	if err := metrics.New().WriteText(brokenWriter{}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Fatalf("got %v", err)
	}
}

func BenchmarkResolvedCounter(b *testing.B) {
	counter := metrics.New().TokenRequests("token", "production").Of("ok")
	b.ReportAllocs()
	for b.Loop() {
		counter.Inc()
	}
}

func BenchmarkOpenLabel(b *testing.B) {
	outcomes := metrics.New().TokenRequests("token", "production")
	b.ReportAllocs()
	for b.Loop() {
		outcomes.Count("invalid_client")
	}
}
