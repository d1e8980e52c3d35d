package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/secret"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/relay"
	"example.org/hub/test/sample"
)

const (
	grace  = 5 * time.Second        // how long a hub may go on without its database, and how long a request may take
	margin = 3 * time.Second        // what a busy machine may add
	pause  = 100 * time.Millisecond // between two requests of one asker
)

// outage is a way to lose a database. Each has a hub and a database of its own.
type outage struct {
	home       *home
	begin, end func()
}

func TestADatabaseThatIsAwayIsNeverAVerdict(t *testing.T) {
	ways := map[string]func(*testing.T) outage{
		"stopped": func(t *testing.T) outage {
			h := onPostgres(t)
			sample.Declare(t, h.settings()...)
			return outage{home: h, begin: func() { h.server.Stop(t) }, end: func() { h.server.Start(t) }}
		},
		"cut off": func(t *testing.T) outage {
			h, way := behindRelay(t)
			return outage{home: h, begin: way.Cut, end: way.Heal}
		},
		"out of hearing": func(t *testing.T) outage {
			h, way := behindRelay(t)
			return outage{home: h, begin: way.Freeze, end: way.Heal}
		},
	}
	for name, lose := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lose(t).run(t)
		})
	}
}

// behindRelay is a hub whose way to the server that all tests share can be cut.
func behindRelay(t *testing.T) (*home, *relay.Relay) {
	t.Helper()
	direct, way := besideRelay(t)
	return &home{data: direct.data, dsn: through(way, direct.dsn)}, way
}

// run asks for everything all the time: before, during and after.
func (o outage) run(t *testing.T) {
	hub := o.home.serve(t, "--failure-limits", "off")
	questions := everyQuestion(t, hub)
	for _, q := range questions {
		if verdict := sample.Judge(q.ask(t.Context())); verdict != q.right {
			t.Fatalf("before: %s: %s, want %s", q.name, verdict, q.right)
		}
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var log diary
	wait := log.keep(ctx, questions)
	began := time.Now()
	o.begin()
	away := time.Now()
	blackbox.Soon(t, "the hub says that it is not ready", func() bool { return hub.Readiness(t.Context()) == "not-ready" })
	t.Logf("not ready after %v", time.Since(began).Round(time.Millisecond))
	time.Sleep(time.Until(away.Add(grace + margin)))
	if failed := hub.Metric(t, `hub_database_errors_total{kind="unreachable"}`); failed == 0 {
		t.Error("nothing that the database did not answer was counted")
	}
	ending := time.Now()
	o.end()
	back := time.Now()
	for _, q := range questions {
		blackbox.Soon(t, q.name+" is answered again", func() bool { return sample.Judge(q.ask(ctx)) == q.right })
	}
	healed := time.Since(back)
	t.Logf("everything is answered again %v after the database came back", healed.Round(time.Millisecond))
	if healed > grace+margin {
		t.Errorf("it took %v to heal", healed)
	}
	blackbox.Soon(t, "the hub is ready", func() bool { return hub.Readiness(t.Context()) == "ready" })
	stop()
	wait()

	var wrong strange
	for _, n := range log.notes {
		switch {
		case n.ended.Sub(n.began) > grace+margin:
			wrong.add(fmt.Sprintf("%s: the answer (%s) took longer than %v", n.question.name, n.verdict, grace+margin))
		case n.verdict == n.question.right:
			if !n.question.always && n.began.After(away.Add(grace+margin/2)) && n.ended.Before(ending) {
				wrong.add(fmt.Sprintf("%s: %s, more than %v after the database was lost", n.question.name, n.verdict, grace+margin/2))
			}
		case n.verdict != sample.Trouble || n.question.always:
			wrong.add(fmt.Sprintf("%s: %s, want %s", n.question.name, n.verdict, n.question.right))
		case n.question.known && n.began.Before(began.Add(grace/2)):
			wrong.add(fmt.Sprintf("%s: %s less than %v after the database was lost", n.question.name, n.verdict, grace/2))
		}
	}
	wrong.report(t)
	t.Logf("%d answers", len(log.notes))
}

// question is something that may be asked of a hub, with the only verdict there may be besides trouble.
type question struct {
	name   string
	right  sample.Verdict
	known  bool // a credential that was used a moment ago: answered for a while without a database
	always bool // answered with or without a database
	ask    func(context.Context) (*blackbox.Answer, error)
}

// The one question of everyQuestion that cannot be answered without writing.
const (
	tillIs       = "a service with opaque tokens"
	asks         = " asks for a token"
	issuesOpaque = tillIs + asks
)

// everyQuestion gives what the sample's members ask: of good credentials and of bad ones, in every way.
func everyQuestion(t *testing.T, hub *sample.Node) []question {
	t.Helper()
	get := func(path string) func(context.Context) (*blackbox.Answer, error) {
		return func(ctx context.Context) (*blackbox.Answer, error) { return hub.Try(ctx, http.MethodGet, path, "") }
	}
	questions := []question{
		{name: "the key set", right: sample.Good, always: true,
			ask: func(ctx context.Context) (*blackbox.Answer, error) { return sample.Keys(ctx, hub.Asker) }},
		{name: "discovery", right: sample.Good, always: true,
			ask: func(ctx context.Context) (*blackbox.Answer, error) { return sample.Discovery(ctx, hub.Asker) }},
		{name: "healthz", right: sample.Good, always: true, ask: get("/healthz")},
	}
	clients := map[string]sample.Client{"a service": sample.Shop(), tillIs: sample.Till(), "an API client": sample.Export()}
	for name, client := range clients {
		questions = append(questions, question{name: name + asks, right: sample.Good, known: client != sample.Till(),
			ask: func(ctx context.Context) (*blackbox.Answer, error) { return client.Token(ctx, hub.Asker) }})
		wrong := sample.Client{ID: client.ID, Secret: client.Secret + "x"}
		questions = append(questions, question{name: name + " with a wrong secret asks for a token", right: sample.Bad,
			ask: func(ctx context.Context) (*blackbox.Answer, error) { return wrong.Token(ctx, hub.Asker) }})
	}
	unknown := sample.Client{ID: "no-such-client", Secret: "no-such-secret"}
	questions = append(questions, question{name: "an unknown client asks for a token", right: sample.Bad,
		ask: func(ctx context.Context) (*blackbox.Answer, error) { return unknown.Token(ctx, hub.Asker) }})

	live := map[string]string{"a JWT": issued(t, hub, sample.Shop()), "an opaque token": issued(t, hub, sample.Till()),
		"a JWT of a user": issued(t, hub, sample.Export()), "a permanent token": sample.PermanentToken}
	for name, token := range live {
		questions = append(questions, about(hub, name, token, sample.Good, true)...)
	}
	dead := map[string]string{
		"a revoked JWT":            revoked(t, hub, sample.Shop()),
		"a revoked opaque token":   revoked(t, hub, sample.Till()),
		"an altered JWT":           altered(live["a JWT"]),
		"an altered opaque token":  altered(live["an opaque token"]),
		"an unknown opaque token":  secret.New(secret.AccessToken, false).Reveal(),
		"an unknown old token":     "perm:cm9iaW4=.c2FtcGxl.unknown",
		"a token of another issue": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im5vbmUifQ.e30.c2lnbmF0dXJl",
	}
	for name, token := range dead {
		questions = append(questions, about(hub, name, token, sample.Bad, false)...)
	}
	return questions
}

// about asks in each way whether a token is good.
func about(hub *sample.Node, name, token string, right sample.Verdict, known bool) []question {
	return []question{
		{name: name + " is introspected", right: right, known: known,
			ask: func(ctx context.Context) (*blackbox.Answer, error) {
				return sample.Payments().Introspect(ctx, hub.Asker, token)
			}},
		{name: name + " is shown to forward-auth", right: right, known: known,
			ask: func(ctx context.Context) (*blackbox.Answer, error) {
				return sample.ForwardAuth(ctx, hub.Asker, token)
			}},
	}
}

func issued(t *testing.T, hub *sample.Node, to sample.Client) string {
	t.Helper()
	answer, err := to.Token(t.Context(), hub.Asker)
	if verdict := sample.Judge(answer, err); verdict != sample.Good {
		t.Fatalf("a token: %s", verdict)
	}
	return answer.Text("access_token")
}

func revoked(t *testing.T, hub *sample.Node, to sample.Client) string {
	t.Helper()
	token := issued(t, hub, to)
	if verdict := sample.Judge(to.Revoke(t.Context(), hub.Asker, token)); verdict != sample.Good {
		t.Fatalf("a revocation: %s", verdict)
	}
	return token
}

// altered changes one character in the middle of a token.
func altered(token string) string {
	at := len(token) / 2
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

// diary is everything that was asked and answered.
type diary struct {
	lock  sync.Mutex
	notes []note
}

type note struct {
	question     question
	verdict      sample.Verdict
	began, ended time.Time
}

// keep asks each question again and again until ctx ends. The function it gives waits for the last answers.
func (d *diary) keep(ctx context.Context, questions []question) (wait func()) {
	var askers sync.WaitGroup
	for _, q := range questions {
		askers.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				verdict := sample.Judge(q.ask(context.WithoutCancel(ctx)))
				n := note{question: q, verdict: verdict, began: began, ended: time.Now()}
				d.lock.Lock()
				d.notes = append(d.notes, n)
				d.lock.Unlock()
				select {
				case <-ctx.Done():
				case <-time.After(pause):
				}
			}
		})
	}
	return askers.Wait
}
