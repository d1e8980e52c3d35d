package fault_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// longest is how long the load lasts at most before the kill.
const longest = 700 * time.Millisecond

func TestAKillLosesNothingAcknowledgedAndBringsBackNothingRevoked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, h *home) {
		random := chance(t)
		sample.Declare(t, h.settings()...)
		all := &ledger{}
		for round := range number(t, "HUB_TEST_ROUNDS", 5) {
			from := all.length()
			hub := h.round(t, all, random)
			entries := all.since(from)
			older := all.since(0)[:from]
			random.Shuffle(len(older), func(a, b int) { older[a], older[b] = older[b], older[a] })
			h.compare(t, hub, append(entries, older[:min(len(older), 300)]...))
			h.healthy(t, hub)
			if exit := hub.Stop(t); exit != 0 {
				t.Errorf("the hub ended with %d", exit)
			}
			t.Logf("round %d: %s", round, summary(entries))
			if t.Failed() {
				return
			}
		}
	})
}

// round runs a hub under load, kills something at a random moment, and gives the hub that runs afterwards.
func (h *home) round(t *testing.T, all *ledger, random *rand.Rand) *sample.Node {
	t.Helper()
	hub := h.serve(t)
	clients := &load{ledger: all, hub: hub.Asker, home: h, random: func() *rand.Rand { return rand.New(rand.NewPCG(random.Uint64(), 0)) }}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	from := all.length()
	wait := clients.run(ctx, t)
	blackbox.Soon(t, "credentials are issued", func() bool { return all.length()-from > 30 })
	time.Sleep(within(random, longest))

	alsoServer := h.server != nil && random.IntN(2) == 0
	alsoHub := !alsoServer || random.IntN(2) == 0
	if alsoServer {
		h.server.Kill(t)
	}
	if alsoHub {
		hub.Kill(t)
	}
	stop()
	wait()
	if alsoServer {
		h.server.Start(t)
	}
	clients.report(t)
	if alsoHub {
		h.killAtStart(t, random)
		hub = h.serve(t)
	}
	blackbox.Soon(t, "the hub is ready", func() bool { return hub.Readiness(t.Context()) == "ready" })
	return hub
}

// killAtStart starts a hub and kills it while it may still be starting.
func (h *home) killAtStart(t *testing.T, random *rand.Rand) {
	t.Helper()
	hub := exec.Command(blackbox.Binary(t), append(serveAnywhere(), h.settings()...)...)
	hub.Env = blackbox.Environment()
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(within(random, 100*time.Millisecond))
	_ = hub.Process.Kill()
	_ = hub.Wait()
}

// compare holds what the clients know against what the hub says and against what the database holds.
func (h *home) compare(t *testing.T, hub *sample.Node, entries []entry) {
	t.Helper()
	rows := h.read(t)
	work := make(chan entry)
	var askers sync.WaitGroup
	for range 8 {
		askers.Go(func() {
			for e := range work {
				rows.compare(t, hub, e)
			}
		})
	}
	for _, e := range entries {
		work <- e
	}
	close(work)
	askers.Wait()
	if !maps.Equal(rows.revoked, rows.revokeEvents) {
		t.Errorf("%d tokens are revoked, and %d events tell of it", len(rows.revoked), len(rows.revokeEvents))
	}
	if !maps.Equal(rows.permanent, rows.createEvents) {
		t.Errorf("%d permanent tokens were created, and %d events tell of it", len(rows.permanent), len(rows.createEvents))
	}
}

// rows is what a database holds of the credentials in a ledger.
type rows struct {
	db           *store.Store
	master       *secret.Master
	revoked      map[string]bool // ids of access tokens
	revokeEvents map[string]bool
	permanent    map[string]bool // names
	createEvents map[string]bool
}

func (h *home) read(t *testing.T) *rows {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: h.data, DSN: h.dsn, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	master, err := secret.LoadMaster(filepath.Join(h.data, "master.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	r := &rows{db: db, master: master, revoked: map[string]bool{}, permanent: map[string]bool{}}
	revoked, err := db.RevokedTokens(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range revoked {
		r.revoked[one.TokenID] = true
	}
	owner, err := db.UserByAlias(t.Context(), sample.Robin)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := db.PermanentTokensOfUser(t.Context(), owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range tokens {
		if one.Name == "sample" { // declared, not created
			continue
		}
		if r.permanent[one.Name] {
			t.Errorf("the permanent token %q is there twice", one.Name)
		}
		r.permanent[one.Name] = true
	}
	r.revokeEvents = r.targets(t, "access-token.revoke", func(id, _ string) string { return id })
	r.createEvents = r.targets(t, "permanent-token.create", func(_, name string) string { return name })
	delete(r.createEvents, "sample")
	return r
}

// targets lists what the events of an action are about.
func (r *rows) targets(t *testing.T, action string, of func(id, name string) string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	var mark store.EventMark
	for {
		events, err := r.db.Events(t.Context(), store.EventFilter{Action: action}, mark, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			target := of(e.TargetID, e.TargetName)
			if found[target] {
				t.Errorf("two events tell of %s %s", action, target)
			}
			found[target] = true
			mark = store.EventMark{At: e.At, ID: e.ID}
		}
		if len(events) < 1000 {
			return found
		}
	}
}

// compare checks one credential. Of what is unknown to the client either everything may be there or nothing: that rows and
// events agree is checked for all of them at once.
func (r *rows) compare(t *testing.T, hub *sample.Node, e entry) {
	if e.kind == permanent && e.issue == acknowledged && !r.permanent[e.name] {
		t.Errorf("the permanent token %q was acknowledged and is lost", e.name)
	}
	if e.issue != acknowledged {
		return
	}
	want := sample.Good
	if e.kind != permanent {
		gone := r.revoked[r.id(t, e)]
		switch {
		case gone && e.revoke == never:
			t.Errorf("%s: revoked, though nobody asked for that", e.kind)
		case !gone && e.revoke == acknowledged:
			t.Errorf("%s: live, though its revocation was acknowledged", e.kind)
		}
		if gone {
			want = sample.Bad
		}
	}
	if got := sample.Judge(sample.Payments().Introspect(t.Context(), hub.Asker, e.text)); got != want {
		t.Errorf("%s (revocation: %d): %s, want %s", e.kind, e.revoke, got, want)
	}
	if got := sample.Judge(sample.ForwardAuth(t.Context(), hub.Asker, e.text)); got != want {
		t.Errorf("forward-auth: %s (revocation: %d): %s, want %s", e.kind, e.revoke, got, want)
	}
}

// id is the id of an access token.
func (r *rows) id(t *testing.T, e entry) string {
	if e.kind == opaque {
		row, err := r.db.OpaqueTokenByDigest(t.Context(), r.master.Digest(e.text))
		if err != nil {
			t.Errorf("an opaque access token that was acknowledged: %v", err)
		}
		return row.TokenID
	}
	parts := strings.Split(e.text, ".")
	var claims struct {
		ID string `json:"jti"`
	}
	if len(parts) != 3 {
		t.Errorf("a JWT has %d parts", len(parts))
	} else if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil {
		t.Error(err)
	} else if err := json.Unmarshal(payload, &claims); err != nil {
		t.Error(err)
	}
	return claims.ID
}

// healthy checks the audit chain and that a new credential can be had and ended.
func (h *home) healthy(t *testing.T, hub *sample.Node) {
	t.Helper()
	if result := blackbox.Run(t, "", append([]string{"audit", "verify"}, h.settings()...)...); result.Exit != 0 {
		t.Errorf("hub audit verify: %s%s", result.Stdout, result.Stderr)
	}
	for _, client := range []sample.Client{sample.Till(), sample.Shop()} {
		answer, err := client.Token(t.Context(), hub.Asker)
		if verdict := sample.Judge(answer, err); verdict != sample.Good {
			t.Fatalf("a token afterwards: %s", verdict)
		}
		if verdict := sample.Judge(client.Revoke(t.Context(), hub.Asker, answer.Text("access_token"))); verdict != sample.Good {
			t.Errorf("a revocation afterwards: %s", verdict)
		}
	}
}

func summary(entries []entry) string {
	counts := map[string]int{}
	for _, e := range entries {
		counts[string(e.kind)+" issue "+[]string{"never", "unknown", "acknowledged"}[e.issue]]++
		if e.revoke != never {
			counts[string(e.kind)+" revocation "+[]string{"never", "unknown", "acknowledged"}[e.revoke]]++
		}
	}
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("%d %s", counts[what], what))
	}
	return strings.Join(lines, ", ")
}
