package fault_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
	"example.org/hub/test/sample"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

// home is a database, and the folder of a hub that is started on it again and again.
type home struct {
	data   string
	dsn    string           // empty: SQLite
	server *postgres.Server // nil on SQLite
}

// eachDatabase runs a test on SQLite and on a PostgreSQL server of its own.
func eachDatabase(t *testing.T, test func(*testing.T, *home)) {
	t.Run("sqlite", func(t *testing.T) { test(t, &home{data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { test(t, onPostgres(t)) })
}

func onPostgres(t *testing.T) *home {
	t.Helper()
	server := postgres.New(t)
	return &home{data: t.TempDir(), dsn: server.Database(t), server: server}
}

// settings name the database to a verb.
func (h *home) settings() []string {
	settings := []string{"--data", h.data}
	if h.dsn != "" {
		settings = append(settings, "--database", h.dsn)
	}
	return settings
}

// serve starts a hub.
func (h *home) serve(t *testing.T, more ...string) *sample.Node {
	t.Helper()
	return sample.Serve(t, h.data, append(h.settings(), more...)...)
}

// number reads a setting of the tests.
func number(t *testing.T, name string, standard uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// chance makes the random choices of a test; its seed is printed.
func chance(t *testing.T) *rand.Rand {
	t.Helper()
	seed := number(t, "HUB_TEST_SEED", uint64(time.Now().UnixNano()))
	t.Logf("HUB_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// within gives a random time up to most.
func within(random *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(most)))
}
