package provider_test

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
)

func TestNobodyCanHaveAHostAskedWithoutEnd(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	d.node.Fetch = &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	server := d.server(d.node, hub.Production, issuer)
	listener := listenTLS(t)
	var asked atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			conn.Close() // before a word is said
		}
	}()
	address := "https://" + listener.Addr().String() + "/document"
	for name, ask := range map[string]func(int) error{
		"request objects": func(i int) error {
			_, err := server.Requests.Fetch(t.Context(), &oauth.Client{}, fmt.Sprintf("%s#%d", address, i))
			return err
		},
		"keys": func(i int) error {
			_, err := server.Clients.ClientKeys(t.Context(), &oauth.Client{JWKSURI: fmt.Sprintf("%s?%d", address, i)}, true)
			return err
		},
	} {
		before := asked.Load()
		var err error
		for i := range 200 {
			err = ask(i)
		}
		var refused *oauth.Error
		if !errors.As(err, &refused) || refused.Code != oauth.TemporarilyUnavailable || refused.RetryAfter <= 0 {
			t.Errorf("%s: %v", name, err)
		}
		if times := asked.Load() - before; times < 100 || times > 130 {
			t.Errorf("%s: asked %d times", name, times)
		}
	}
}
