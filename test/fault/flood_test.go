package fault_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// What a hub uses must come back to where it was. Some more than before may stay: connections to its database, caches.
const (
	moreGoroutines  = 20
	moreDescriptors = 20
	moreMemory      = 24 << 20
)

func TestAFloodOfBadRequestsAndSlowClientsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := &home{data: t.TempDir()}
	sample.Declare(t, h.settings()...)
	hub := h.serve(t)
	good := issued(t, hub, sample.Shop())
	flood(t, hub, 300) // what is made at first use is there before the first measurement
	hub.Client.CloseIdleConnections()
	before := usage(t, hub)

	hanging := hang(t, hub, 300)
	flood(t, hub, 6000)
	for _, ask := range []func() (*blackbox.Answer, error){
		func() (*blackbox.Answer, error) { return sample.Shop().Token(t.Context(), hub.Asker) },
		func() (*blackbox.Answer, error) { return sample.Payments().Introspect(t.Context(), hub.Asker, good) },
		func() (*blackbox.Answer, error) { return sample.ForwardAuth(t.Context(), hub.Asker, good) },
	} {
		if verdict := sample.Judge(ask()); verdict != sample.Good {
			t.Errorf("an honest client from the same address is answered: %s", verdict)
		}
	}
	during := usage(t, hub)
	if during.descriptors < before.descriptors+200 {
		t.Errorf("the slow clients are not there: %v before, %v during", before, during)
	}
	// A client that does not finish its request within 10 s (the header) or 30 s (the body) is cut off by the hub.
	took := blackbox.Soon(t, "clients with slow headers are cut off", func() bool { return hanging.cut("header") == 100 })
	t.Logf("slow headers were cut off after %v", took)
	hanging.leave()
	hub.Client.CloseIdleConnections()
	var after use
	blackbox.Soon(t, "all that was used is given back", func() bool {
		after = usage(t, hub)
		return after.goroutines <= before.goroutines+moreGoroutines && after.descriptors <= before.descriptors+moreDescriptors &&
			after.memory <= before.memory+moreMemory
	})
	t.Logf("before %v, during %v, after %v", before, during, after)
}

// use is what a hub uses, as it says itself.
type use struct{ goroutines, descriptors, memory float64 }

func (u use) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f file descriptors, %.1f MB", u.goroutines, u.descriptors, u.memory/(1<<20))
}

func usage(t *testing.T, hub *sample.Node) use {
	t.Helper()
	return use{hub.Metric(t, "go_goroutines"), hub.Metric(t, "process_open_fds"), hub.Metric(t, "process_resident_memory_bytes")}
}

// flood sends bad requests of every kind, many at once. Each has to be refused, and none may be an error of the hub's.
func flood(t *testing.T, hub *sample.Node, many int) {
	t.Helper()
	form, json := "application/x-www-form-urlencoded", "application/json"
	requests := []struct{ method, path, kind, authorization, body string }{
		{"POST", "/api/rest/oauth2/token", form, "Basic !!!", "grant_type=client_credentials"},
		{"POST", "/api/rest/oauth2/token", form, "", "grant_type=client_credentials&client_id=%d&client_secret=x"},
		{"POST", "/api/rest/oauth2/token", form, "", "grant_type=client_credentials&client_id=a&client_id=b"},
		{"POST", "/api/rest/oauth2/token", json, "", `{"grant_type": "client_credentials"}`},
		{"POST", "/api/rest/oauth2/token", form, "", "grant_type=unheard&client_id=%d&client_secret=" + strings.Repeat("x", 70_000)},
		{"POST", "/api/rest/oauth2/introspect", form, "", "token=%d"},
		{"POST", "/oauth/create_token", form, "", "client_id=%d&client_secret=x&grant_type=client_credentials"},
		{"POST", "/login", json, "", `{"app_id": "%d", "app_key": "no"}`},
		{"POST", "/login", json, "", `{"app_id": [[[[[[[[[[`},
		{"GET", "/api/forward-auth?service=payments", "", "Bearer no-such-token-%d", ""},
		{"GET", "/api/forward-auth?service=payments", "", "Bearer ey.ey.%d", ""},
		{"GET", "/api/rest/users/me", "", "Bearer x%d", ""},
		{"DELETE", "/api/rest/oauth2/token", "", "", ""},
		{"GET", "/no/such/page/%d", "", "", ""},
		{"GET", "/" + strings.Repeat("long/", 2000), "", "", ""},
	}
	work := make(chan int)
	var senders sync.WaitGroup
	var wrong strange
	for range 32 {
		senders.Go(func() {
			for number := range work {
				r := requests[number%len(requests)]
				fill := func(text string) string { return strings.ReplaceAll(text, "%d", fmt.Sprint(number)) }
				options := []blackbox.Option{blackbox.Header("Content-Type", r.kind)}
				if r.authorization != "" {
					options = append(options, blackbox.Header("Authorization", fill(r.authorization)))
				}
				answer, err := hub.Try(t.Context(), r.method, fill(r.path), fill(r.body), options...)
				if err == nil && (answer.Status < 400 || answer.Status >= 500) {
					wrong.add(fmt.Sprintf("%s %.40s: %d %s", r.method, r.path, answer.Status, answer.Body))
				}
			}
		})
	}
	for number := range many {
		work <- number
	}
	close(work)
	senders.Wait()
	wrong.report(t)
}

// slow is clients that begin a request and do not go on.
type slow struct {
	lock  sync.Mutex
	conns map[string][]net.Conn
	ended map[string]int
}

// hang opens connections that are slow in one of three ways: nothing is sent, half a header, half a body.
func hang(t *testing.T, hub *sample.Node, many int) *slow {
	t.Helper()
	s := &slow{conns: map[string][]net.Conn{}, ended: map[string]int{}}
	starts := map[string]string{
		"nothing": "",
		"header":  "POST /api/rest/oauth2/token HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
		"body": "POST /api/rest/oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
			"Content-Length: 1000\r\n\r\ngrant_type=",
	}
	for name, start := range starts {
		for range many / len(starts) {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(hub.Base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, start); err != nil {
				t.Fatal(err)
			}
			s.conns[name] = append(s.conns[name], conn)
			go func() {
				_, _ = io.Copy(io.Discard, conn)
				s.lock.Lock()
				defer s.lock.Unlock()
				s.ended[name]++
			}()
		}
	}
	return s
}

// cut is how many clients of a kind were cut off.
func (s *slow) cut(name string) int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.ended[name]
}

func (s *slow) leave() {
	for _, conns := range s.conns {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}
}
