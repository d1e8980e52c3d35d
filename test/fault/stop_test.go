package fault_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

func TestTheSignalToStopLetsWhatIsInFlightFinish(t *testing.T) {
	eachDatabase(t, func(t *testing.T, h *home) {
		sample.Declare(t, h.settings()...)
		hub := h.serve(t)
		issued(t, hub, sample.Till())

		// Requests that are in flight for certain: the hub has their header and waits for the end of their body.
		var waiting []*unfinished
		for range 20 {
			waiting = append(waiting, begin(t, hub, sample.Till()))
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var wrong strange
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				for ctx.Err() == nil {
					answer, err := sample.Till().Token(context.WithoutCancel(ctx), hub.Asker)
					verdict := sample.Judge(answer, err)
					if verdict == sample.Lost && refused(err) {
						return // it does not listen any more
					}
					if verdict != sample.Good {
						wrong.add(fmt.Sprintf("while stopping: %s %v", verdict, err))
						return
					}
				}
			})
		}
		blackbox.Soon(t, "requests are in flight", func() bool { return hub.Metric(t, "process_open_fds") > 20 })
		began := time.Now()
		done := make(chan int)
		go func() { done <- hub.Stop(t) }()
		blackbox.Soon(t, "it does not listen any more", func() bool {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(hub.Base, "http://"))
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		})
		for _, request := range waiting {
			if status := request.finish(t); status != http.StatusOK {
				t.Errorf("a request that was in flight was answered with %d", status)
			}
		}
		if exit := <-done; exit != 0 {
			t.Errorf("the hub ended with %d", exit)
		}
		took := time.Since(began)
		t.Logf("stopped within %v", took.Round(time.Millisecond))
		if took > 10*time.Second {
			t.Errorf("it took %v to stop", took)
		}
		stop()
		clients.Wait()
		wrong.report(t)
		if result := blackbox.Run(t, "", append([]string{"audit", "verify"}, h.settings()...)...); result.Exit != 0 {
			t.Errorf("hub audit verify: %s%s", result.Stdout, result.Stderr)
		}
	})
}

// unfinished is a request whose body lacks its end.
type unfinished struct {
	conn net.Conn
	rest string
}

func begin(t *testing.T, hub *sample.Node, client sample.Client) *unfinished {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(hub.Base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	body := "grant_type=client_credentials&scope=payments&client_id=" + client.ID + "&client_secret=" + client.Secret
	half := len(body) / 2
	_, err = fmt.Fprintf(conn, "POST /api/rest/oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\n\r\n%s", len(body), body[:half])
	if err != nil {
		t.Fatal(err)
	}
	return &unfinished{conn: conn, rest: body[half:]}
}

// finish sends the rest and gives the status of the answer.
func (u *unfinished) finish(t *testing.T) int {
	t.Helper()
	if _, err := io.WriteString(u.conn, u.rest); err != nil {
		t.Errorf("the rest of a request: %v", err)
		return 0
	}
	response, err := http.ReadResponse(bufio.NewReader(u.conn), nil)
	if err != nil {
		t.Errorf("the answer: %v", err)
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// refused reports whether an error says that nobody listens. A client that is told so by a connection which breaks before its
// request was read may send it again elsewhere, but no client of this test is: the hub has parted from all of them by then.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
