package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// The measuring itself, with the floor in place of hub.
func TestTheFloorIsMeasuredAgainstItself(t *testing.T) {
	program := filepath.Join(t.TempDir(), "floor")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./floor").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	begin := func() *contender {
		running, err := start(t.Context(), "floor ready addr=", program, "-client", floorClient.id, "-secret", floorClient.secret)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(running.stop)
		addr := strings.TrimPrefix(running.ready, "floor ready addr=")
		return &contender{name: "floor", process: running, load: load{addr: addr, requests: [][]byte{floorSign(addr)}}}
	}
	one, other := begin(), begin()
	short := effort{rounds: 3, duration: 200 * time.Millisecond, connections: 16}
	if err := short.measure(t.Context(), []*contender{one, other}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	processor, rate := ratio(one, other)
	t.Logf("the floor against itself: processor time %.2f, requests per second %.2f, %v per request", processor, rate, one.processorTime())
	if len(one.results) != 3 || processor <= 0 || rate <= 0 || one.processorTime() <= 0 {
		t.Errorf("measured nothing: %+v", one.results)
	}
	if used, err := one.process.memory(); err != nil || used < 1e6 {
		t.Errorf("memory %d, %v", used, err)
	}

	var shown bytes.Buffer
	found := report{out: &shown}
	found.ratios("plain HTTP", []int{10, 100000}, []measured{{subject{"token", "sign", 1e9, 1e-9, nil}, one, []*contender{other, one}}})
	found.figures([]figure{{"binary", 40, "MB", 35}})
	for _, want := range []string{
		"plain HTTP, 10 services", "100,000 services against 10",
		"at most 1000000000.0, met", "at most 0.0, MISSED", "at most 35, MISSED",
	} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &shown)
		}
	}
	if found.missed != 2 {
		t.Errorf("%d targets missed, want 2", found.missed)
	}
}

func TestAProgramThatEndsBeforeItIsReadySaysWhy(t *testing.T) {
	_, err := start(t.Context(), "ready", "sh", "-c", "echo the port is taken >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "the port is taken") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error %v", err)
	}
}

func TestProcessorTimeIsReadBehindAnyName(t *testing.T) {
	got, err := parseProcessorTime([]byte("42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 125 75 0 0 20 0 8 0 1 2 3"))
	if err != nil || got != 2*time.Second {
		t.Errorf("got %v, %v, want 2 s", got, err)
	}
	if _, err := parseProcessorTime([]byte("42 (x) S 1")); err == nil {
		t.Error("a short line was read")
	}
}

func TestThePopulationIsValidAndDistinct(t *testing.T) {
	var people, services bytes.Buffer
	if err := declarePeople(&people); err != nil {
		t.Fatal(err)
	}
	if err := declareServices(&services, 1, 500); err != nil {
		t.Fatal(err)
	}
	type declared struct {
		Services   []struct{ ID, Key string }
		APIClients []struct{ ID string }    `yaml:"apiClients"`
		Apps       []struct{ AppID string } `yaml:"apps"`
	}
	var first, rest declared
	if err := yaml.Unmarshal(people.Bytes(), &first); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(services.Bytes(), &rest); err != nil {
		t.Fatal(err)
	}
	if len(first.Services) != 1 || len(first.APIClients) != developers || len(first.Apps) != developers || len(rest.Services) != 499 {
		t.Errorf("%d, %d, %d, %d declared", len(first.Services), len(first.APIClients), len(first.Apps), len(rest.Services))
	}
	ids := map[string]bool{}
	for _, one := range append(first.Services, rest.Services...) {
		ids[one.ID], ids[one.Key] = true, true
	}
	if len(ids) != 1000 {
		t.Errorf("%d different ids and keys for 500 services", len(ids))
	}
}
