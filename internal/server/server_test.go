package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.org/hub/internal/metrics"
	"example.org/hub/internal/server"
)

// echo answers with what a handler sees of the client.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"address": r.RemoteAddr, "path": r.URL.Path, "cookie": r.Header.Get("Cookie"),
		"pattern": r.Pattern, "uri": r.RequestURI,
	})
}

func route(pattern string) server.Route {
	return server.Route{Pattern: pattern, Handler: http.HandlerFunc(echo)}
}

// options is a hub as small as it gets, with TLS of its own on loopback.
func options(t testing.TB, routes ...server.Route) server.Options {
	t.Helper()
	return server.Options{
		Listen: "127.0.0.1:0", Dir: t.TempDir(), TLS: server.TLS{Mode: server.TLSAuto},
		Environments: []server.Environment{{Name: "production", URL: "https://localhost:8443", Routes: routes}},
	}
}

// running is a server at work, and a client that trusts it.
type running struct {
	*server.Server
	address string
	dir     string
	client  *http.Client
	log     *logBuffer
	stop    func() error
}

func start(t testing.TB, o server.Options) *running {
	t.Helper()
	log := &logBuffer{}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.Listen(ctx); err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r := &running{Server: s, address: s.Addr(), dir: o.Dir, log: log}
	r.stop = sync.OnceValue(func() error { cancel(); return <-done })
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	if root, err := os.ReadFile(filepath.Join(o.Dir, "tls", "ca.pem")); err == nil {
		config.RootCAs.AppendCertsFromPEM(root)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	r.client = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(log.String())
		}
	})
	return r
}

type logBuffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(line []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(line)
}

func (l *logBuffer) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

// reply is an answer read to its end.
type reply struct {
	*http.Response
	body string
}

func send(t testing.TB, client *http.Client, method, url string) reply {
	t.Helper()
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, client, request)
}

func do(t testing.TB, client *http.Client, request *http.Request) reply {
	t.Helper()
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(body)}
}

// serve asks the edge without a network.
func serve(h http.Handler, request *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	return w
}

func handler(t testing.TB, o server.Options) http.Handler {
	t.Helper()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Handler()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}

func TestHealthAndReadinessSayWhatTheContractSays(t *testing.T) {
	var status server.Status
	var reason string
	o := options(t)
	o.Ready = func() (server.Status, string) { return status, reason }
	o.Environments = append(o.Environments, server.Environment{Name: "test", URL: "https://localhost:8443/test"})
	h := handler(t, o)
	for _, c := range []struct {
		status server.Status
		reason string
		code   int
		body   string
	}{
		{server.Ready, "", 200, `{"status":"ready","reason":""}`},
		{server.ReadOnly, "disk full", 200, `{"status":"read-only","reason":"disk full"}`},
		{server.NotReady, "database", 503, `{"status":"not-ready","reason":"database"}`},
	} {
		status, reason = c.status, c.reason
		for _, base := range []string{"", "/hub", "/test", "/test/hub"} {
			w := serve(h, httptest.NewRequest("GET", base+"/readyz", nil))
			if w.Code != c.code || strings.TrimSpace(w.Body.String()) != c.body {
				t.Errorf("%s/readyz: %d %s, expected %d %s", base, w.Code, w.Body, c.code, c.body)
			}
			if w := serve(h, httptest.NewRequest("GET", base+"/healthz", nil)); w.Code != 200 {
				t.Errorf("%s/healthz: %d", base, w.Code)
			}
		}
	}
	if w := serve(h, httptest.NewRequest("POST", "/readyz", nil)); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /readyz: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestMetricsHaveTheirOwnListener(t *testing.T) {
	for _, withProfiles := range []bool{false, true} {
		o := options(t)
		o.MetricsListen, o.Pprof, o.Metrics = "127.0.0.1:0", withProfiles, metrics.New()
		o.Metrics.Refusals.Count("limit")
		s := start(t, o)
		got := send(t, http.DefaultClient, "GET", "http://"+s.MetricsAddr()+"/metrics")
		if got.StatusCode != 200 || !strings.Contains(got.body, `hub_refusals_total{cause="limit"} 1`) ||
			!strings.Contains(got.body, "hub_tls_certificate_end_timestamp_seconds 1.") {
			t.Fatalf("metrics: %d %s", got.StatusCode, got.body)
		}
		if got := send(t, http.DefaultClient, "GET", "http://"+s.MetricsAddr()+"/debug/pprof/"); (got.StatusCode == 200) != withProfiles {
			t.Errorf("with profiles %v: /debug/pprof/ answers %d", withProfiles, got.StatusCode)
		}
		if got := send(t, s.client, "GET", "https://"+s.address+"/metrics"); got.StatusCode != 404 {
			t.Errorf("/metrics on the public port: %d", got.StatusCode)
		}
	}
}

func TestProfilesAreInTheFormOfTheirTools(t *testing.T) {
	o := options(t)
	o.MetricsListen, o.Pprof, o.Metrics = "127.0.0.1:0", true, metrics.New()
	s := start(t, o)
	for path, begins := range map[string]string{
		"": "allocs\n", "heap": "\x1f\x8b", "goroutine?debug=1": "goroutine profile: ", "profile?seconds=1": "\x1f\x8b", "trace?seconds=1": "go 1.",
	} {
		if got := send(t, http.DefaultClient, "GET", "http://"+s.MetricsAddr()+"/debug/pprof/"+path); got.StatusCode != 200 ||
			!strings.HasPrefix(got.body, begins) {
			t.Errorf("/debug/pprof/%s: %d %.40q", path, got.StatusCode, got.body)
		}
	}
	if got := send(t, http.DefaultClient, "GET", "http://"+s.MetricsAddr()+"/debug/pprof/none"); got.StatusCode != 404 {
		t.Errorf("a profile that there is not: %d", got.StatusCode)
	}
}

func TestStopFinishesWhatIsInFlight(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := start(t, options(t, server.Route{Pattern: "GET /slow", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = w.Write([]byte("whole"))
	})}))
	answered := make(chan string, 1)
	go func() {
		answer, err := s.client.Get("https://" + s.address + "/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		answered <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	eventually(t, "new connections are refused", func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	close(release)
	if got := <-answered; got != "whole" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopAnswersEveryConnectionItTookIn(t *testing.T) {
	for range 3 {
		o := options(t, server.Route{Pattern: "GET /", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
		o.TLS.Mode = server.TLSOff
		s := start(t, o)
		var began atomic.Int32
		var clients sync.WaitGroup
		for range 32 {
			clients.Go(func() {
				dial := &http.Transport{DisableKeepAlives: true}
				for {
					answer, err := (&http.Client{Transport: dial}).Get("http://" + s.address + "/")
					if errors.Is(err, syscall.ECONNREFUSED) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					answer.Body.Close()
					began.Add(1)
				}
			})
		}
		eventually(t, "every client is at it", func() bool { return began.Load() > 100 })
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		clients.Wait()
	}
}

func TestStopCutsWhatDoesNotEnd(t *testing.T) {
	entered := make(chan struct{})
	o := options(t, server.Route{Pattern: "GET /stuck", Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})})
	o.Shorten(0, 0, 0, 50*time.Millisecond, 0)
	s := start(t, o)
	failed := make(chan error, 1)
	go func() {
		_, err := s.client.Get("https://" + s.address + "/stuck")
		failed <- err
	}()
	<-entered
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil {
		t.Error("the stuck request got an answer")
	}
	if !strings.Contains(s.log.String(), "cut off") {
		t.Error("nothing in the log")
	}
}

func TestNothingStaysBehindAfterConnections(t *testing.T) {
	s := start(t, options(t, route("GET /x")))
	send(t, s.client, "GET", "https://"+s.address+"/x")
	s.client.CloseIdleConnections()
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			client := &http.Client{Transport: s.client.Transport.(*http.Transport).Clone()}
			defer client.CloseIdleConnections()
			for range 5 {
				if answer, err := client.Get("https://" + s.address + "/x"); err == nil {
					_, _ = io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
				}
			}
		})
	}
	all.Wait()
	eventually(t, "goroutines are back to where they were", func() bool { return runtime.NumGoroutine() <= before+2 })
}

func TestATakenPortIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, flag := range []string{"--listen", "--metrics-listen"} {
		o := options(t)
		if flag == "--listen" {
			o.Listen = l.Addr().String()
		} else {
			o.MetricsListen = l.Addr().String()
		}
		s, err := server.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), flag) || !strings.Contains(err.Error(), "another program") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestLocalhostIsBothFamilies(t *testing.T) {
	o := options(t, route("GET /x"))
	o.Listen = "localhost:0"
	s := start(t, o)
	_, port, _ := net.SplitHostPort(s.address)
	hosts := []string{"127.0.0.1", "localhost"}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil { // this machine has IPv6
		l.Close()
		hosts = append(hosts, "[::1]")
	}
	for _, host := range hosts {
		if got := send(t, s.client, "GET", "https://"+host+":"+port+"/x"); got.StatusCode != 200 {
			t.Errorf("%s: %d", host, got.StatusCode)
		}
	}
}

func TestSettingsThatCannotWorkAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*server.Options)
		says   string
	}{
		"listen":           {func(o *server.Options) { o.Listen = "8443" }, "--listen"},
		"unknown mode":     {func(o *server.Options) { o.TLS.Mode = "on" }, "--tls \"on\": expected auto, file, acme or off"},
		"file without key": {func(o *server.Options) { o.TLS = server.TLS{Mode: "file", CertFile: "x"} }, "--tls-key"},
		"off in public":    {func(o *server.Options) { o.TLS.Mode, o.Listen = "off", "0.0.0.0:80" }, "--trusted-proxies"},
		"off everywhere":   {func(o *server.Options) { o.TLS.Mode, o.Listen = "off", ":80" }, "--trusted-proxies"},
		"auto for public":  {func(o *server.Options) { o.Environments[0].URL = "https://www.example.com" }, "www.example.com is neither"},
		"auto for address": {func(o *server.Options) { o.Environments[0].URL = "https://8.8.8.8" }, "8.8.8.8 is neither"},
		"acme for private": {func(o *server.Options) { o.TLS.Mode = "acme" }, "no authority vouches for localhost"},
		"header":           {func(o *server.Options) { o.ForwardedHeader = "X-Real-IP" }, "--forwarded-header"},
		"url with query":   {func(o *server.Options) { o.Environments[0].URL = "https://localhost/?x" }, "base URL"},
		"url with slash":   {func(o *server.Options) { o.Environments[0].URL = "https://localhost/" }, "slash at the end"},
		"url without host": {func(o *server.Options) { o.Environments[0].URL = "https:///x" }, "base URL"},
		"twice the same": {func(o *server.Options) {
			o.Environments = append(o.Environments, server.Environment{Name: "test", URL: "https://localhost:8443"})
		}, "both answer"},
		"beneath the alias": {func(o *server.Options) {
			o.Environments = append(o.Environments, server.Environment{Name: "test", URL: "https://localhost:8443/hub"})
		}, "both answer"},
		"route twice":     {func(o *server.Options) { o.Environments[0].Routes = []server.Route{route("GET /x"), route("GET /x")} }, "route table"},
		"route without /": {func(o *server.Options) { o.Environments[0].Routes = []server.Route{route("x")} }, "slash in front"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			c.change(&o)
			if _, err := server.New(o); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, expected it to say %q", err, c.says)
			}
		})
	}
}
