package cluster_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	rules "example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// TestWhatIsTakenAwayOnOneNodeIsGoneOnTheOther takes things away beside both nodes, which have everything in memory, and gives
// them back.
func TestWhatIsTakenAwayOnOneNodeIsGoneOnTheOther(t *testing.T) {
	t.Parallel()
	h := start(t)
	ofShop, ofExport, ofExchange := token(t, h.near, sample.Shop()), token(t, h.near, sample.Export()), token(t, h.near, sample.Exchange())
	gets := func(client sample.Client) func(*sample.Node) sample.Verdict {
		return func(node *sample.Node) sample.Verdict { return sample.Judge(client.Token(t.Context(), node.Asker)) }
	}
	live := func(token string) func(*sample.Node) sample.Verdict {
		return func(node *sample.Node) sample.Verdict { return introspect(t, node, token) }
	}
	may := func(token string) func(*sample.Node) sample.Verdict {
		return func(node *sample.Node) sample.Verdict {
			return sample.Judge(sample.ForwardAuthTo(t.Context(), node.Asker, token, "payments:create"))
		}
	}
	for _, change := range []struct {
		what, take, give string
		hits             map[string]func(*sample.Node) sample.Verdict
	}{
		{"a service is disabled", sample.DisableShop, sample.EnableShop,
			map[string]func(*sample.Node) sample.Verdict{"its tokens": live(ofShop), "a new token": gets(sample.Shop())}},
		{"an API client is disabled", sample.DisableExport, sample.EnableExport,
			map[string]func(*sample.Node) sample.Verdict{"its tokens": live(ofExport), "a new token": gets(sample.Export())}},
		{"a user is banned", sample.BanSam, sample.LetSamIn,
			map[string]func(*sample.Node) sample.Verdict{"the tokens of his API client": live(ofExchange), "a new token": gets(sample.Exchange())}},
		{"a role is taken from a user", sample.TakeRobinsRole, sample.GiveRobinsRole,
			map[string]func(*sample.Node) sample.Verdict{"his API client's token": may(ofExport), "his permanent token": may(sample.PermanentToken)}},
		{"a permission is taken from a role", sample.NarrowRole, sample.WidenRole,
			map[string]func(*sample.Node) sample.Verdict{"the token of a user": may(ofExchange), "a permanent token": may(sample.PermanentToken)}},
	} {
		for _, step := range []struct {
			document string
			want     sample.Verdict
		}{{change.take, sample.Bad}, {change.give, sample.Good}} {
			h.warm(t, change.hits)
			h.change(t, step.document)
			applied := time.Now()
			for _, node := range []*sample.Node{h.near, h.far} {
				for subject, ask := range change.hits {
					blackbox.Soon(t, change.what+": "+subject, func() bool { return ask(node) == step.want })
				}
			}
			t.Logf("%s (%s): seen by both nodes within %v", change.what, step.want, time.Since(applied).Round(time.Millisecond))
		}
	}
}

// warm asks both nodes everything, so that they have it in memory.
func (h *hub) warm(t *testing.T, questions map[string]func(*sample.Node) sample.Verdict) {
	t.Helper()
	for _, node := range []*sample.Node{h.near, h.far} {
		for _, ask := range questions {
			ask(node)
		}
	}
}

// TestARevocationReachesTheOtherNodeAndStays revokes many tokens on one node while the other is asked about them without pause.
func TestARevocationReachesTheOtherNodeAndStays(t *testing.T) {
	t.Parallel()
	h := start(t)
	var clients sync.WaitGroup
	var lock sync.Mutex
	longest := time.Duration(0)
	for number := range 24 {
		client := []sample.Client{sample.Till(), sample.Shop(), sample.Export()}[number%3]
		clients.Go(func() {
			answer, err := client.Token(t.Context(), h.near.Asker)
			if verdict := sample.Judge(answer, err); verdict != sample.Good {
				t.Errorf("a token: %s", verdict)
				return
			}
			text := answer.Text("access_token")
			for range 5 {
				if verdict := introspect(t, h.far, text); verdict != sample.Good {
					t.Errorf("a live token on the other node: %s", verdict)
				}
			}
			if verdict := sample.Judge(client.Revoke(t.Context(), h.near.Asker, text)); verdict != sample.Good {
				t.Errorf("a revocation: %s", verdict)
			}
			revoked := time.Now()
			if verdict := introspect(t, h.near, text); verdict != sample.Bad {
				t.Errorf("a revoked token on the node that revoked it: %s", verdict)
			}
			last := revoked
			for time.Since(last) < 2*time.Second && time.Since(revoked) < 20*time.Second {
				if asked := time.Now(); introspect(t, h.far, text) == sample.Good {
					last = asked
				}
				time.Sleep(10 * time.Millisecond)
			}
			lock.Lock()
			defer lock.Unlock()
			longest = max(longest, last.Sub(revoked))
		})
	}
	clients.Wait()
	t.Logf("a revoked token was accepted by the other node for at most %v", longest.Round(time.Millisecond))
	if longest > 5*time.Second {
		t.Errorf("a revoked token was accepted by the other node for %v", longest)
	}
}

// A node that has to read what was revoked so far, while more is revoked all the time, must not wait for a pause.
func TestANodeThatStartsWhileOthersRevokeAnswers(t *testing.T) {
	t.Parallel()
	h := start(t)
	live := token(t, h.near, sample.Shop())
	h.revokeMany(t, 30_000)
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				answer, err := sample.Shop().Token(t.Context(), h.near.Asker)
				if sample.Judge(answer, err) == sample.Good {
					_, _ = sample.Shop().Revoke(t.Context(), h.near.Asker, answer.Text("access_token"))
				}
			}
		})
	}
	another := h.farNode()
	started := time.Now()
	verdict := introspect(t, another, live)
	t.Logf("%s after %v", verdict, time.Since(started).Round(time.Millisecond))
	if took := time.Since(started); verdict != sample.Good || took > 8*time.Second {
		t.Errorf("the first answer about a live token: %s after %v", verdict, took)
	}
	close(stop)
	clients.Wait()
}

// revokeMany puts revocations into the database, as if there had been that many within the last hour.
func (h *hub) revokeMany(t *testing.T, many int) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{DSN: h.settings[3], MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const atOnce = 1000 // in good time also on a machine that has much else to do
	for from := 0; from < many; from += atOnce {
		err := db.Tx(t.Context(), func(tx *store.Tx) error {
			for i := from; i < from+atOnce; i++ {
				token := rules.RevokedToken{Environment: rules.Production, TokenID: fmt.Sprintf("token-%d", i), ExpiresAt: time.Now().Add(time.Hour)}
				if err := tx.RevokeToken(t.Context(), token); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
