package fault_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// load is clients that get and end credentials at a hub, all at the same time, and write down what they know.
type load struct {
	ledger *ledger
	hub    *blackbox.Asker
	home   *home
	random func() *rand.Rand // one for each client
	strange
}

// strange is answers that no client should ever get.
type strange struct {
	lock sync.Mutex
	seen map[string]int
}

func (s *strange) add(what string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	s.seen[what]++
}

func (s *strange) report(t *testing.T) {
	t.Helper()
	s.lock.Lock()
	defer s.lock.Unlock()
	for what, times := range s.seen {
		t.Errorf("%s (%d times)", what, times)
	}
}

// run starts the clients; they end with ctx. The function it gives waits for that.
func (l *load) run(ctx context.Context, t *testing.T) (wait func()) {
	var clients sync.WaitGroup
	for range 4 {
		random := l.random()
		clients.Go(func() { l.getAndEnd(ctx, sample.Till(), opaque, random) })
	}
	for range 2 {
		random := l.random()
		clients.Go(func() { l.getAndEnd(ctx, sample.Shop(), signed, random) })
	}
	for client := range 2 {
		clients.Go(func() { l.createPermanent(ctx, t, client) })
	}
	return clients.Wait
}

// getAndEnd gets token after token and revokes every third or so, at random one of those it got before.
func (l *load) getAndEnd(ctx context.Context, as sample.Client, kind kind, random *rand.Rand) {
	var mine []*entry
	for ctx.Err() == nil {
		e := l.ledger.begin(kind, "")
		answer, err := as.Token(context.WithoutCancel(ctx), l.hub)
		switch verdict := sample.Judge(answer, err); verdict {
		case sample.Good:
			l.ledger.issued(e, answer.Text("access_token"))
			mine = append(mine, e)
		case sample.Lost:
			return
		case sample.Trouble:
		default:
			l.add(fmt.Sprintf("%s was not issued: %s: %s", kind, verdict, withoutID(answer)))
		}
		if len(mine) == 0 || random.IntN(3) > 0 {
			continue
		}
		at := random.IntN(len(mine))
		e = mine[at]
		mine = slices.Delete(mine, at, at+1)
		l.ledger.revoking(e, sent)
		answer, err = as.Revoke(context.WithoutCancel(ctx), l.hub, e.text)
		switch verdict := sample.Judge(answer, err); verdict {
		case sample.Good:
			l.ledger.revoking(e, acknowledged)
		case sample.Lost:
			return
		case sample.Trouble:
		default:
			l.add(fmt.Sprintf("%s was not revoked: %s: %s", kind, verdict, withoutID(answer)))
		}
	}
}

// withoutID is what an answer says, the same each time.
func withoutID(answer *blackbox.Answer) string {
	return fmt.Sprintf("%d %s", answer.Status, strings.ReplaceAll(answer.Body, answer.Text("error_id"), ""))
}

// createPermanent makes permanent tokens with the program's own verb beside the running hub. The verb is killed, too.
func (l *load) createPermanent(ctx context.Context, t *testing.T, client int) {
	for number := 0; ctx.Err() == nil; number++ {
		name := fmt.Sprintf("token %d of client %d, entry %d", number, client, l.ledger.length())
		e := l.ledger.begin(permanent, name)
		args := []string{"token", "create", "--user", sample.Robin, "--name", name, "--scope", "payments"}
		verb := exec.CommandContext(ctx, blackbox.Binary(t), append(args, l.home.settings()...)...)
		verb.Env = blackbox.Environment()
		var out, said bytes.Buffer
		verb.Stdout, verb.Stderr = &out, &said
		switch err := verb.Run(); {
		case err == nil:
			l.ledger.issued(e, strings.TrimSpace(out.String()))
		case ctx.Err() == nil && verb.ProcessState.ExitCode() != 1: // 1 is trouble with the database
			l.add(fmt.Sprintf("hub token create: %v: %s", err, said.String()))
		}
	}
}
