package signin_test

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// Nodes keep their own count of wrong codes, so each of fifty attempts meets a node that has seen few of them.
func TestOfFiftyUsesOfOneCodeOverTwoNodesOneSucceeds(t *testing.T) {
	database := storetest.PostgreSQL(t)
	b := newBench(t, database)
	stores := []*store.Store{b.store, database.Open(t)}
	for round := range storetest.Rounds(t) {
		recovery := fmt.Sprintf("k7mp%04d", round)
		b.enrol()
		b.tx(func(tx *store.Tx) error { // another password, since which no code was wrong
			password := must(tx.Password(t.Context(), "0190-ADA"))
			password.ChangedAt = hub.Now()
			if err := tx.SetPassword(t.Context(), password); err != nil {
				return err
			}
			return tx.SetRecoveryCodes(t.Context(), "0190-ADA", [][]byte{b.master.Digest("recovery/0190-ADA/" + recovery)})
		})
		halves := make([]secret.Value, 10)
		for i := range halves {
			halves[i] = b.signIn()
		}
		// The code is that of a clock which is ahead: it stays good for a minute at least, however long fifty take.
		for turn, shown := range []string{code(1), recovery} {
			var won atomic.Int64
			var all sync.WaitGroup
			for i := range 50 {
				options := b.Options
				options.Store = stores[i%len(stores)]
				node := signin.New(options)
				all.Go(func() {
					err := storetest.Insist(func() error {
						_, err := node.SecondFactor(t.Context(), halves[5*turn+i%5], shown,
							from(netip.AddrFrom4([4]byte{10, 1, byte(round), byte(i)})))
						return err
					})
					switch {
					case err == nil:
						won.Add(1)
					case !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.Limited):
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Fatalf("round %d: %s was good %d times", round, shown, won.Load())
			}
		}
	}
}
