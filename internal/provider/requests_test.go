package provider_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestWhoFloodsAClientWithRequestsLosesHisOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newHub(t, database)
		requests := d.server(d.node, hub.Production, issuer).Requests
		id, _ := d.newService(oauthtest.Service{Key: "app"})
		push := func(from string, size int) string {
			t.Helper()
			handle, err := requests.Push(t.Context(), &oauth.PushedRequest{ClientID: id, Stashed: true, Ends: time.Now().Add(time.Minute),
				From: netip.MustParseAddr(from), Parameters: oauth.Parameters{"claims": {strings.Repeat("x", size)}}})
			if err != nil {
				t.Fatalf("from %s: %v", from, err)
			}
			return handle
		}
		waits := func(handle string) bool {
			_, err := requests.Open(t.Context(), handle, time.Now(), time.Hour)
			if err != nil && !errors.Is(err, oauth.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		before, flood := push("192.0.2.1", 500), []string{}
		for i := range 60 {
			flood = append(flood, push(fmt.Sprintf("2001:db8::%x", i), 60_000)) // one network of one subscriber
		}
		after, left := push("192.0.2.2", 500), 0
		for _, handle := range flood {
			if waits(handle) {
				left++
			}
		}
		if !waits(before) || !waits(after) || !waits(flood[len(flood)-1]) {
			t.Error("a flood from elsewhere took away what others sent")
		}
		if left < 10 || left > 17 {
			t.Errorf("%d requests of 60 kB wait, want about a megabyte", left)
		}
	})
}

// site is a server of a client on this machine, which this process trusts.
type site struct {
	address string
	answers chan string // what it answers next, head and body
	asked   chan struct{}
}

func newSite(t *testing.T) *site {
	t.Helper()
	listener := listenTLS(t)
	s := &site{address: "https://" + listener.Addr().String() + "/object", answers: make(chan string, 10), asked: make(chan struct{}, 10)}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.answer(conn)
		}
	}()
	return s
}

func (s *site) answer(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, 4096)
	if _, err := conn.Read(buffer); err != nil {
		return
	}
	s.asked <- struct{}{}
	fmt.Fprint(conn, <-s.answers)
}

func page(status, head, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), head, body)
}

func TestRequestObjectsAreFetchedOnceWhileTheyMayBeKept(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	d.node.Fetch = &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	requests := d.server(d.node, hub.Production, issuer).Requests
	s := newSite(t)
	s.answers <- page("200 OK", "Cache-Control: max-age=600\r\n", "object")
	for range 3 {
		if object, err := requests.Fetch(t.Context(), &oauth.Client{}, s.address); err != nil || object != "object" {
			t.Errorf("got %q, %v", object, err)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times", len(s.asked))
	}
	s.answers <- page("200 OK", "", "another")
	if object, err := requests.Fetch(t.Context(), &oauth.Client{}, s.address+"#another"); err != nil || object != "another" {
		t.Errorf("under another address: %q, %v", object, err)
	}
}

func TestARequestObjectThatCannotBeHadIsAVerdictWhichTellsNoAddresses(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	d.node.Fetch = &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	requests := d.server(d.node, hub.Production, issuer).Requests
	s := newSite(t)
	for name, uri := range map[string]string{
		"not there": s.address, "in trouble": s.address + "2", "too big": s.address + "3",
		"private": "https://localhost.example.invalid/", "plain": "http://127.0.0.1/", "not allowed": "https://10.0.0.1/",
	} {
		switch name {
		case "not there":
			s.answers <- page("404 Not Found", "", "")
		case "in trouble":
			s.answers <- page("500 Oops", "", "")
		case "too big":
			s.answers <- page("200 OK", "", strings.Repeat("x", 100_000))
		}
		_, err := requests.Fetch(t.Context(), &oauth.Client{}, uri)
		var refused *oauth.Error
		if !errors.As(err, &refused) || refused.Code != oauth.InvalidRequestURI {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if x := refused.Explanation; x.Received != uri || x.Reason == "" || strings.Contains(x.Reason, "is not a public address") {
			t.Errorf("%s: explained as %+v", name, x)
		}
	}
}
