package fault_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
	"example.org/hub/test/sample"
)

// A first start makes the schema, the master key, the people and services there are from the start, and the signing keys.
func TestAFirstStartThatIsKilledIsFinishedByTheNextOne(t *testing.T) {
	for name, empty := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": postgres.Start} {
		t.Run(name, func(t *testing.T) { killFirstStarts(t, empty) })
	}
}

func killFirstStarts(t *testing.T, empty func(testing.TB) string) {
	random := chance(t)
	for round := range number(t, "HUB_TEST_ROUNDS", 5) {
		h := &home{data: t.TempDir(), dsn: empty(t)}
		for range 1 + random.IntN(3) {
			h.killAtStart(t, random)
		}
		node := h.serve(t)
		sample.Declare(t, h.settings()...)
		h.healthy(t, node)
		for slot, active := range h.activeKeys(t) {
			if active != 1 {
				t.Errorf("round %d: %d keys for %s are active", round, active, slot)
			}
		}
		node.Kill(t)
	}
}

// activeKeys counts the keys that sign, by environment and use.
func (h *home) activeKeys(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	listed := blackbox.MustRun(t, "", append([]string{"keys", "list"}, h.settings()...)...)
	for number, line := range strings.Split(strings.TrimSpace(listed), "\n") {
		if fields := strings.Fields(line); number > 0 {
			slot := fields[0] + " " + fields[1]
			found[slot] += 0
			if fields[4] == "active" {
				found[slot]++
			}
		}
	}
	return found
}

func TestAnApplyThatIsKilledIsThereWhollyOrNotAtAll(t *testing.T) {
	eachDatabase(t, func(t *testing.T, h *home) {
		random := chance(t)
		sample.Declare(t, h.settings()...)
		node := h.serve(t)
		const many = 150
		whole, took := 0, 100*time.Millisecond // how long an apply takes here
		rounds := number(t, "HUB_TEST_ROUNDS", 5)
		for round := range rounds {
			before := h.services(t)
			apply := exec.Command(blackbox.Binary(t), append([]string{"apply", "-f", "-"}, h.settings()...)...)
			apply.Env = blackbox.Environment()
			apply.Stdin = strings.NewReader(manyServices(round, many))
			if err := apply.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(within(random, took*3/2))
			_ = apply.Process.Kill()
			_ = apply.Wait()
			added := h.services(t) - before
			switch added {
			case 0:
			case many:
				whole++
			default:
				t.Errorf("round %d: %d of %d services are there", round, added, many)
			}
			began := time.Now()
			sample.Change(t, manyServices(round, many), h.settings()...) // what was killed can be done again
			if added == 0 {
				took = time.Since(began)
			}
			if added := h.services(t) - before; added != many {
				t.Errorf("round %d: %d of %d services are there after another apply", round, added, many)
			}
			// The hub that runs meanwhile knows the last of them.
			last := sample.Client{ID: serviceID(round, many-1), Secret: "secret-of-many-services"}
			blackbox.Soon(t, "the running hub knows the services", func() bool {
				return sample.Judge(last.Introspect(t.Context(), node.Asker, "unknown")) == sample.Bad && node.Readiness(t.Context()) == "ready"
			})
		}
		t.Logf("%d of %d were there before they were killed", whole, rounds)
		h.healthy(t, node)
	})
}

func serviceID(round uint64, n int) string { return fmt.Sprintf("many-%d-%d", round, n) }

func manyServices(round uint64, many int) string {
	var document strings.Builder
	document.WriteString("version: 1\nservices:\n")
	for n := range many {
		fmt.Fprintf(&document, "  - {id: %[1]s, environment: production, key: key-%[1]s, name: Name of %[1]s, secrets: [secret-of-many-services]}\n",
			serviceID(round, n))
	}
	return document.String()
}

func (h *home) services(t *testing.T) int64 {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: h.data, DSN: h.dsn, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	page, err := db.ListServices(t.Context(), hub.Production, query.List{Limit: 1, Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}
