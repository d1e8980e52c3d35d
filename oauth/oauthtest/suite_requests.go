package oauthtest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/oauth"
)

func hasRequests(f *Fixture) bool { return f.Server.Requests != nil }

// requestRules hold the port of pushed requests; what the endpoints make of it has tests of its own.
var requestRules = []rule{
	{"what was pushed is found again as it was", func(b *bench) {
		want := &oauth.PushedRequest{ClientID: b.confidential().id, Ends: b.Server.Now().Add(time.Minute).Truncate(time.Millisecond), Stashed: true,
			Parameters: oauth.Parameters{"scope": {"a b"}, "resource": {"one", "two"}, "state": {"\u00e4\n\"'"}, "empty": {""}}}
		handle := b.push(want)
		if len(handle) < 22 || strings.ContainsAny(handle, " &#?=%:") {
			b.Errorf("the handle is %q", handle)
		}
		got, err := b.open(handle)
		if err != nil || got.ClientID != want.ClientID || !got.Stashed || !maps.EqualFunc(got.Parameters, want.Parameters, slices.Equal[[]string]) {
			b.Errorf("got %+v, %v", got, err)
		}
	}},
	{"a request that was not opened in time is gone", func(b *bench) {
		handle := b.push(b.anyRequest())
		b.advance(91 * time.Second)
		b.gone(handle)
	}},
	{"a request that was opened waits for the person, and no longer", func(b *bench) {
		handle := b.push(b.anyRequest())
		for range 3 { // opening it again does not make it live longer
			if _, err := b.open(handle); err != nil {
				b.Fatal(err)
			}
			b.advance(19 * time.Minute)
		}
		b.advance(4 * time.Minute)
		b.gone(handle)
	}},
	{"a request that was answered is gone", func(b *bench) {
		handle := b.push(b.anyRequest())
		if _, err := b.open(handle); err != nil {
			b.Fatal(err)
		}
		for _, want := range []bool{true, false} {
			if first, err := b.Server.Requests.Use(b.Context(), handle, b.Server.Now()); err != nil || first != want {
				b.Errorf("got %v, %v, want %v", first, err, want)
			}
		}
		b.gone(handle)
	}},
	{"of fifty answers at once one is the first", func(b *bench) {
		nodes := append([]*oauth.Server{b.Server}, b.Peers...)
		for range 4 {
			handle := b.push(b.anyRequest())
			if _, err := b.open(handle); err != nil {
				b.Fatal(err)
			}
			var wins atomic.Int32
			var together sync.WaitGroup
			for i := range 50 {
				together.Go(func() {
					first, err := nodes[i%len(nodes)].Requests.Use(b.Context(), handle, b.Server.Now())
					if err != nil {
						b.Error(err)
					}
					if first {
						wins.Add(1)
					}
				})
			}
			together.Wait()
			if wins.Load() != 1 {
				b.Errorf("%d were the first", wins.Load())
			}
		}
	}},
	{"a handle that never was is not found", func(b *bench) {
		for _, handle := range []string{"", "x", strings.Repeat("x", 10_000), "\x00"} {
			b.gone(handle)
			if first, err := b.Server.Requests.Use(b.Context(), handle, b.Server.Now()); err != nil || first {
				b.Errorf("%q: %v, %v", handle, first, err)
			}
		}
	}},
	{"a request of the other environment is not found", func(b *bench) {
		handle := b.push(b.anyRequest())
		if b.Other.Requests == nil {
			return // it keeps none
		}
		if _, err := b.Other.Requests.Open(b.Context(), handle, b.Server.Now(), time.Hour); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
	}},
}

func (b *bench) anyRequest() *oauth.PushedRequest {
	return &oauth.PushedRequest{
		ClientID: b.confidential().id, Ends: b.Server.Now().Add(90 * time.Second), Parameters: oauth.Parameters{"scope": {"x"}},
	}
}

func (b *bench) push(request *oauth.PushedRequest) string {
	b.Helper()
	handle, err := b.Server.Requests.Push(b.Context(), request)
	if err != nil {
		b.Fatal(err)
	}
	return handle
}

func (b *bench) open(handle string) (*oauth.PushedRequest, error) {
	return b.Server.Requests.Open(b.Context(), handle, b.Server.Now(), time.Hour)
}

func (b *bench) gone(handle string) {
	b.Helper()
	if _, err := b.open(handle); !errors.Is(err, oauth.ErrNotFound) {
		b.Errorf("got %v, want ErrNotFound", err)
	}
}
