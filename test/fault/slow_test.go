package fault_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
	"example.org/hub/test/relay"
	"example.org/hub/test/sample"
)

// What is in memory hides a database in trouble for a while, so here the hub forgets what it knew first.
func TestARequestThatNeedsTheDatabaseEndsInTimeWithoutIt(t *testing.T) {
	for name, worsen := range map[string]func(*relay.Relay){"nothing answers": (*relay.Relay).Freeze, "connections are reset": (*relay.Relay).Cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			direct, way := besideRelay(t)
			hub := sample.Serve(t, direct.data, "--data", direct.data, "--database", through(way, direct.dsn))
			token := issued(t, hub, sample.Export())
			forget(t, direct, hub)
			worsen(way)
			var asking sync.WaitGroup
			for name, ask := range questionsOfAll(hub, token) {
				asking.Go(func() {
					began := time.Now()
					verdict := sample.Judge(ask(t.Context()))
					if took := time.Since(began); took > grace+margin/2 || verdict != sample.Trouble {
						t.Errorf("%s: %s after %v, want %s within %v", name, verdict, took, sample.Trouble, grace)
					}
				})
			}
			asking.Wait()
		})
	}
}

func TestADatabaseThatIsFarAwayIsNeverAVerdict(t *testing.T) {
	t.Parallel()
	direct, way := besideRelay(t)
	hub := sample.Serve(t, direct.data, "--data", direct.data, "--database", through(way, direct.dsn), "--failure-limits", "off")
	questions := everyQuestion(t, hub)
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
	defer stop()
	var log diary
	wait := log.keep(ctx, questions)
	way.Delay(50 * time.Millisecond) // each way: what asks many things one after the other still ends within the patience of the store
	forget(t, direct, hub)
	wait()
	var wrong strange
	for _, n := range log.notes {
		if n.verdict != n.question.right && n.verdict != sample.Trouble {
			wrong.add(n.question.name + ": " + string(n.verdict))
		}
	}
	wrong.report(t)
	way.Heal()
	for _, q := range questions {
		blackbox.Soon(t, q.name+" is answered as before", func() bool { return sample.Judge(q.ask(t.Context())) == q.right })
	}
}

// besideRelay is a hub's home, as a verb reaches it, and a relay to its database.
func besideRelay(t *testing.T) (*home, *relay.Relay) {
	t.Helper()
	direct := &home{data: t.TempDir(), dsn: postgres.Start(t)}
	sample.Declare(t, direct.settings()...)
	return direct, relay.New(t, addressIn(direct.dsn))
}

func addressIn(dsn string) string {
	return dsn[strings.IndexByte(dsn, '@')+1 : strings.LastIndexByte(dsn, '/')]
}

// through gives the DSN with the relay in place of the server.
func through(way *relay.Relay, dsn string) string {
	return strings.Replace(dsn, addressIn(dsn), way.Address(), 1)
}

// forget makes all that a running hub remembers of people and roles stale, and waits until it has heard of that.
func forget(t *testing.T, direct *home, hub *sample.Node) {
	t.Helper()
	sample.Change(t, "version: 1\nroles:\n  - {key: operator, name: Operator of payments}\napiClients:\n"+
		"  - {id: "+sample.Exchange().ID+", environment: production, disabled: true}\n", direct.settings()...)
	blackbox.Soon(t, "the hub hears of a change", func() bool {
		return sample.Judge(sample.Exchange().Token(t.Context(), hub.Asker)) == sample.Bad
	})
	sample.Change(t, "version: 1\nroles:\n  - {key: operator, name: Operator}\n", direct.settings()...)
	time.Sleep(time.Second) // nothing may be asked meanwhile, or it would be remembered
}

// questionsOfAll is one question for each way into the database.
func questionsOfAll(hub *sample.Node, token string) map[string]func(context.Context) (*blackbox.Answer, error) {
	return map[string]func(context.Context) (*blackbox.Answer, error){
		"a known client asks for a token": func(ctx context.Context) (*blackbox.Answer, error) { return sample.Export().Token(ctx, hub.Asker) },
		"a new client asks for a token":   func(ctx context.Context) (*blackbox.Answer, error) { return sample.Shop().Token(ctx, hub.Asker) },
		"an opaque token is asked for":    func(ctx context.Context) (*blackbox.Answer, error) { return sample.Till().Token(ctx, hub.Asker) },
		"a token is introspected": func(ctx context.Context) (*blackbox.Answer, error) {
			return sample.Payments().Introspect(ctx, hub.Asker, token)
		},
		"a token is shown to forward-auth": func(ctx context.Context) (*blackbox.Answer, error) {
			return sample.ForwardAuth(ctx, hub.Asker, token)
		},
		"a token is revoked": func(ctx context.Context) (*blackbox.Answer, error) {
			return sample.Export().Revoke(ctx, hub.Asker, token)
		},
		"a bearer asks who it is": func(ctx context.Context) (*blackbox.Answer, error) {
			return hub.Try(ctx, http.MethodGet, "/api/rest/users/me", "", blackbox.Bearer(sample.PermanentToken))
		},
	}
}
