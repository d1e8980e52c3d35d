package fault_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/hub/test/sample"
)

// More clients at once than there are connections to a database, all of them writing: none may be sent away, and none may
// wait for ever.
func TestACrowdThatWritesAtOnceIsServed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, h *home) {
		sample.Declare(t, h.settings()...)
		node := h.serve(t)
		ending := time.Now().Add(3 * time.Second)
		var wrong strange
		var clients sync.WaitGroup
		var lock sync.Mutex
		served, longest := 0, time.Duration(0)
		for range 100 {
			clients.Go(func() {
				for time.Now().Before(ending) {
					began := time.Now()
					answer, err := sample.Till().Token(t.Context(), node.Asker)
					if verdict := sample.Judge(answer, err); verdict != sample.Good {
						wrong.add(fmt.Sprintf("a token: %s %v", verdict, err))
						continue
					}
					if verdict := sample.Judge(sample.Till().Revoke(t.Context(), node.Asker, answer.Text("access_token"))); verdict != sample.Good {
						wrong.add(fmt.Sprintf("a revocation: %s", verdict))
					}
					lock.Lock()
					served++
					longest = max(longest, time.Since(began))
					lock.Unlock()
				}
			})
		}
		clients.Wait()
		wrong.report(t)
		t.Logf("%d tokens were issued and revoked, the slowest pair took %v", served, longest.Round(time.Millisecond))
	})
}
