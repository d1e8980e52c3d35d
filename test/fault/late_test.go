package fault_test

import (
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

func TestAHubStartedBeforeItsDatabaseWaitsForIt(t *testing.T) {
	t.Parallel()
	h := onPostgres(t)
	sample.Declare(t, h.settings()...)
	h.server.Stop(t)
	hub := h.serve(t)
	for what, verdict := range map[string]sample.Verdict{
		"healthz":   sample.Judge(hub.Try(t.Context(), "GET", "/healthz", "")),
		"discovery": sample.Judge(sample.Discovery(t.Context(), hub.Asker)),
	} {
		if verdict != sample.Good {
			t.Errorf("%s: %s, want %s", what, verdict, sample.Good)
		}
	}
	for what, verdict := range map[string]sample.Verdict{
		"the key set, which it has never seen": sample.Judge(sample.Keys(t.Context(), hub.Asker)),
		"a token":                              sample.Judge(sample.Shop().Token(t.Context(), hub.Asker)),
		"introspection":                        sample.Judge(sample.Payments().Introspect(t.Context(), hub.Asker, sample.PermanentToken)),
		"forward-auth":                         sample.Judge(sample.ForwardAuth(t.Context(), hub.Asker, sample.PermanentToken)),
	} {
		if verdict != sample.Trouble {
			t.Errorf("%s: %s, want %s", what, verdict, sample.Trouble)
		}
	}
	if readiness := hub.Readiness(t.Context()); readiness != "not-ready" {
		t.Errorf("readiness %q", readiness)
	}
	h.server.Start(t)
	took := blackbox.Soon(t, "the hub is ready", func() bool { return hub.Readiness(t.Context()) == "ready" })
	t.Logf("ready %v after its database", took)
	for what, verdict := range map[string]sample.Verdict{
		"the key set":  sample.Judge(sample.Keys(t.Context(), hub.Asker)),
		"a token":      sample.Judge(sample.Shop().Token(t.Context(), hub.Asker)),
		"forward-auth": sample.Judge(sample.ForwardAuth(t.Context(), hub.Asker, sample.PermanentToken)),
	} {
		if verdict != sample.Good {
			t.Errorf("%s: %s, want %s", what, verdict, sample.Good)
		}
	}
}

// A database that was never used is empty when the hub finds it: the hub makes the schema and the keys then.
func TestAHubStartedBeforeItsFirstDatabaseBeginsWhenItComes(t *testing.T) {
	t.Parallel()
	h := onPostgres(t)
	h.server.Stop(t)
	hub := h.serve(t)
	h.server.Start(t)
	blackbox.Soon(t, "the hub is ready", func() bool { return hub.Readiness(t.Context()) == "ready" })
	sample.Declare(t, h.settings()...)
	blackbox.Soon(t, "a token is had", func() bool { return sample.Judge(sample.Shop().Token(t.Context(), hub.Asker)) == sample.Good })
}
