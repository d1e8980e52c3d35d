package cluster_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/relay"
	"example.org/hub/test/sample"
)

// TestANodeWithoutTheDatabaseDoesNotBelieveWhatItKnew takes the database away from one node while the other ends credentials.
func TestANodeWithoutTheDatabaseDoesNotBelieveWhatItKnew(t *testing.T) {
	for name, lose := range map[string]func(*relay.Relay){"cut off": (*relay.Relay).Cut, "out of hearing": (*relay.Relay).Freeze} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t)
			stays := token(t, h.near, sample.Shop())
			ended := map[string]string{
				"a revoked JWT": token(t, h.near, sample.Shop()), "a revoked opaque token": token(t, h.near, sample.Till()),
				"a token of a banned user": token(t, h.near, sample.Exchange()), "a token of a disabled client": token(t, h.near, sample.Export()),
			}
			for what, text := range ended {
				if verdict := introspect(t, h.far, text); verdict != sample.Good {
					t.Fatalf("before: %s is %s", what, verdict)
				}
			}

			lose(h.way)
			lost := time.Now()
			for client, what := range map[sample.Client]string{sample.Shop(): "a revoked JWT", sample.Till(): "a revoked opaque token"} {
				if verdict := sample.Judge(client.Revoke(t.Context(), h.near.Asker, ended[what])); verdict != sample.Good {
					t.Fatalf("revoke: %s", verdict)
				}
			}
			h.change(t, sample.BanSam)
			h.change(t, sample.DisableExport)

			ctx, stop := context.WithCancel(t.Context())
			var asking sync.WaitGroup
			seen := sightings{last: lost}
			for what, text := range ended {
				for range 2 {
					asking.Go(func() { seen.watch(ctx, t, h.far, what, text) })
				}
			}
			blackbox.Soon(t, "the node says that it is not ready", func() bool { return h.far.Readiness(ctx) == "not-ready" })
			time.Sleep(time.Until(lost.Add(7 * time.Second)))
			if verdict := introspect(t, h.far, stays); verdict != sample.Trouble {
				t.Errorf("a live token at the node without a database: %s, want %s", verdict, sample.Trouble)
			}
			if verdict := introspect(t, h.near, stays); verdict != sample.Good {
				t.Errorf("a live token at the other node: %s", verdict)
			}
			h.way.Heal()
			healed := time.Now()
			took := blackbox.Soon(t, "a live token is good again", func() bool { return introspect(t, h.far, stays) == sample.Good })
			t.Logf("the node answers again %v after it has the database", took)
			time.Sleep(time.Second)
			stop()
			asking.Wait()
			if last := seen.last.Sub(lost); last > 6*time.Second {
				t.Errorf("%s was accepted %v after the database was lost (healed after %v)", seen.what, last, healed.Sub(lost))
			} else {
				t.Logf("what had been ended elsewhere was accepted for %v", last.Round(time.Millisecond))
			}
			for what, text := range ended {
				if verdict := introspect(t, h.far, text); verdict != sample.Bad {
					t.Errorf("afterwards: %s is %s", what, verdict)
				}
			}
		})
	}
}

// sightings is when a credential that had been ended was last accepted.
type sightings struct {
	lock sync.Mutex
	last time.Time
	what string
}

func (s *sightings) watch(ctx context.Context, t *testing.T, node *sample.Node, what, text string) {
	for ctx.Err() == nil {
		asked := time.Now()
		if introspect(t, node, text) == sample.Good {
			s.lock.Lock()
			if asked.After(s.last) {
				s.last, s.what = asked, what
			}
			s.lock.Unlock()
		}
		time.Sleep(time.Millisecond)
	}
}
