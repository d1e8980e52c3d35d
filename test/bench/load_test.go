package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnswersAreReadToTheirEnd(t *testing.T) {
	const next = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext"
	tests := []struct {
		name, answer string
		status       int
		body         string
	}{
		{"a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "hello"},
		{"nothing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nB\r\n, all world\r\n0\r\n\r\n", 200, "hello, all world"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			from := bufio.NewReader(strings.NewReader(test.answer + next))
			status, body, err := readAnswer(from)
			if err != nil || status != test.status || string(body) != test.body {
				t.Errorf("got %d %q %v", status, body, err)
			}
			if _, body, err := readAnswer(from); err != nil || string(body) != "next" {
				t.Errorf("the next answer is %q, %v", body, err)
			}
		})
	}
	for _, broken := range []string{"", "HTTP/1.1", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -\r\n\r\n"} {
		if _, _, err := readAnswer(bufio.NewReader(strings.NewReader(broken))); err == nil {
			t.Errorf("%q was read as an answer", broken)
		}
	}
}

func TestALoadCountsWhatTheServerAnswered(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.PostForm.Get("scope") != "payments" || r.Header.Get("Authorization") != basic("a b", "c:d") {
			http.Error(w, "wrong request", http.StatusBadRequest)
			return
		}
		asked.Add(1)
		_, _ = io.WriteString(w, strings.Repeat("x", 5000)) // more than net/http sends with a length
	}))
	defer server.Close()
	addr := server.Listener.Addr().String()
	l := load{addr: addr, requests: [][]byte{postForm(addr, "/x", basic("a b", "c:d"), map[string][]string{"scope": {"payments"}})}}
	lines, err := l.connect(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(lines)
	did, err := l.send(lines, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if did.answers == 0 || int64(did.answers) != asked.Load() {
		t.Errorf("counted %d answers, the server gave %d", did.answers, asked.Load())
	}
}

func TestARefusalEndsTheLoadAndIsShown(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
	}))
	defer server.Close()
	addr := server.Listener.Addr().String()
	l := load{addr: addr, requests: [][]byte{get(addr, "/keys", "")}}
	lines, err := l.connect(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(lines)
	_, err = l.send(lines, time.Minute)
	if err == nil || !strings.Contains(err.Error(), `"GET /keys HTTP/1.1" was answered 401: {"error":"invalid_client"}`) {
		t.Errorf("error %v", err)
	}
}

func TestMedianIsTheMiddle(t *testing.T) {
	got := []float64{median([]float64{}), median([]float64{3}), median([]float64{9, 1, 2}), median([]float64{4, 1, 2, 9})}
	if diff := cmp.Diff([]float64{0, 3, 2, 3}, got); diff != "" {
		t.Error(diff)
	}
}
