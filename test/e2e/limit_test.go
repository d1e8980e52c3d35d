package e2e_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

func TestGuessingIsSlowedAndLocksNobodyOut(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		// One counter over all doors, whoever the guesses are about.
		guess := func(i int) *blackbox.Answer {
			switch i % 3 {
			case 0:
				return createToken(t, hub.Asker, benClient, "not-the-secret")
			case 1:
				return clientCredentials(t, hub.Asker, benClient, "not-the-secret", "")
			}
			return login(t, hub.Asker, benClient, "not-the-secret")
		}
		var limited *blackbox.Answer
		for i := 0; i < 100 && limited == nil; i++ {
			if answer := guess(i); answer.Status == http.StatusTooManyRequests {
				limited = answer
			} else if answer.Status != http.StatusUnauthorized {
				t.Fatalf("guess %d: %d %s", i, answer.Status, answer.Body)
			}
		}
		if limited == nil {
			t.Fatal("100 guesses were answered")
		}
		if limited.Header.Get("Retry-After") == "" || limited.Header.Get("Hub-Error-Id") == "" {
			t.Errorf("%v", limited.Header)
		}
		for i := range 3 {
			if answer := guess(i); answer.Status != http.StatusTooManyRequests {
				t.Errorf("door %d: %d %s", i, answer.Status, answer.Body)
			}
		}
		if answer := login(t, hub.Asker, benClient, "not-the-secret"); answer.Text("error_type") != "too_many_requests" ||
			answer.Text("instance") != "/v1/login" {
			t.Errorf("the payments door: %s", answer.Body)
		}
		// The right secret still works, from the same address too.
		granted(t, createToken(t, hub.Asker, benClient, benSecret))
		granted(t, createToken(t, hub.Asker, adaClient, adaSecret))
	})
}

func TestRequestsOfOneClientAreBounded(t *testing.T) {
	hub := serve(t, "--rate-limit", "5/s")
	var limited *blackbox.Answer
	for i := 0; i < 200 && limited == nil; i++ {
		if answer := createToken(t, hub.Asker, benClient, benSecret); answer.Status == http.StatusTooManyRequests {
			limited = answer
		}
	}
	if limited == nil || limited.Header.Get("Retry-After") == "" {
		t.Fatalf("no limit was felt: %v", limited)
	}
	granted(t, createToken(t, hub.Asker, adaClient, adaSecret)) // another client feels nothing
}

func TestAPlainRequestToTheTLSPortIsToldSo(t *testing.T) {
	hub := blackbox.Serve(t, "")
	connection, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(hub.URL, "https://"), "localhost", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, "POST /oauth/create_token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), hub.URL) {
		t.Errorf("%v %s", err, answer)
	}
	if version := hub.Get(t, "/healthz"); version.Status != http.StatusOK {
		t.Errorf("over TLS: %d", version.Status)
	}
}
