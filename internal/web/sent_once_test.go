package web_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

func TestAFormThatArrivesTwiceMakesOneThing(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	bench.tx(func(tx *store.Tx) error {
		return tx.InsertService(t.Context(), hub.Service{ID: "wiki", Environment: hub.Production, Key: "wiki", Name: "Wiki", CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	for name, form := range map[string]struct {
		at     string
		fields []string
	}{
		"token":      {"/account/security/tokens/new", []string{"name", "nightly", "scope", "wiki"}},
		"API client": {"/account/security/api-clients/new", []string{"label", "nightly"}},
		"app":        {"/settings/api-access/new", []string{"label", "nightly"}},
	} {
		b := bench.browser()
		b.signIn()
		drawn := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(b.get(form.at).text)
		if drawn == nil {
			t.Fatalf("the form of a new %s has no name", name)
		}
		fields := append([]string{"once", drawn[1]}, form.fields...)
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = b.post(form.at, fields...) })
		}
		all.Wait()
		for _, a := range answers {
			a.leads(bench, strings.TrimPrefix(answers[0].Header.Get("Location"), bench.server.URL))
		}
		if made := b.follow(answers[0]); made.StatusCode != 200 || name != "app" && !strings.Contains(made.text, `class="ticket`) {
			t.Errorf("%s: the secret is not shown: %d", name, made.StatusCode)
		}
		another := b.post(form.at, append([]string{"once", drawn[1]}, append(slices.Clone(form.fields[2:]), form.fields[0], "weekly")...)...)
		if another.StatusCode != 303 || another.Header.Get("Location") == answers[0].Header.Get("Location") {
			t.Errorf("%s: with another name the form makes nothing new: %d", name, another.StatusCode)
		}
	}
}
