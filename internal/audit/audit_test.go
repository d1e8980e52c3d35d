package audit_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

func event(n int) hub.Event {
	return hub.Event{
		ID: fmt.Sprintf("event-%d", n), At: time.UnixMilli(1_700_000_000_000 + int64(n)).UTC(), Environment: hub.Production,
		AuthorID: "a", AuthorName: "Ada", Action: "service.create", TargetType: "service", TargetID: "t", TargetName: "Payments",
		Door: "cli", Address: "192.0.2.1", Credential: "c", Result: hub.Success, Reason: "r", ErrorID: "e",
		Details: `{"name":"<Payments>"}`,
	}
}

func chain(n int) []hub.Event {
	events := make([]hub.Event, n)
	var previous []byte
	for i := range events {
		events[i] = event(i + 1)
		events[i].Chain = hub.Link{Position: int64(i + 1), Previous: previous}
		previous = audit.Hash(previous, events[i])
		events[i].Chain.Hash = previous
	}
	return events
}

func each(events []hub.Event) iter.Seq2[hub.Event, error] {
	return func(yield func(hub.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// The form of an event must never change by accident: chains that exist would no longer verify.
func TestCanonicalFormStaysAsItIs(t *testing.T) {
	e := event(1)
	e.Chain.Position = 1
	const want = "313235a3ea60193b8597f10848242dc6d6302d6731b20a7bed3e85b4eea295fe"
	if got := hex.EncodeToString(audit.Hash(nil, e)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEveryFieldOfAnEventCounts(t *testing.T) {
	e := event(1)
	e.Chain.Position = 7
	want := audit.Hash([]byte("previous"), e)
	if bytes.Equal(want, audit.Hash([]byte("another"), e)) {
		t.Error("the previous hash does not count")
	}
	fields := reflect.TypeOf(e)
	for i := range fields.NumField() {
		altered := e
		switch field := reflect.ValueOf(&altered).Elem().Field(i); value := field.Addr().Interface().(type) {
		case *string:
			*value += "x"
		case *hub.Environment:
			*value = hub.Test
		case *time.Time:
			*value = value.Add(time.Millisecond)
		case *hub.Link:
			value.Position++
		default:
			t.Fatalf("a field of a new type: %s", fields.Field(i).Name)
		}
		if bytes.Equal(want, audit.Hash([]byte("previous"), altered)) {
			t.Errorf("%s does not count", fields.Field(i).Name)
		}
	}
	moved := e
	moved.AuthorID, moved.AuthorName = e.AuthorID+e.AuthorName, ""
	if bytes.Equal(want, audit.Hash([]byte("previous"), moved)) {
		t.Error("text may move from one field to the next")
	}
}

func TestBrokenChainIsNamedByPositionAndEvent(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]hub.Event) []hub.Event
		want   []string
	}{
		"whole": {func(e []hub.Event) []hub.Event { return e }, nil},
		"empty": {func([]hub.Event) []hub.Event { return nil }, nil},
		"altered": {
			func(e []hub.Event) []hub.Event { e[2].AuthorName = "Eve"; return e },
			[]string{"position 3, event event-3: was altered"},
		},
		"altered twice": {
			func(e []hub.Event) []hub.Event { e[1].Result, e[3].Door = "x", "x"; return e },
			[]string{"position 2, event event-2: was altered", "position 4, event event-4: was altered"},
		},
		"one missing": {func(e []hub.Event) []hub.Event { return slices.Delete(e, 1, 2) }, []string{"position 2: the event is missing"}},
		"two missing": {
			func(e []hub.Event) []hub.Event { return slices.Delete(e, 1, 3) },
			[]string{"position 2: 2 events are missing, up to position 3"},
		},
		"beginning missing": {func(e []hub.Event) []hub.Event { return e[1:] }, []string{"position 1: the event is missing"}},
		"out of order": {
			func(e []hub.Event) []hub.Event { e[1], e[2] = e[2], e[1]; return e },
			[]string{"position 2: the event is missing", "position 2, event event-2: stands after position 3"},
		},
		"twice": {
			func(e []hub.Event) []hub.Event { return slices.Insert(e, 2, e[1]) },
			[]string{"position 2, event event-2: stands after position 2"},
		},
		"renumbered": {func(e []hub.Event) []hub.Event {
			e = slices.Delete(e, 1, 2)
			e[1].Chain.Position = 2
			e[2].Chain.Position = 3
			e[3].Chain.Position = 4
			return e
		}, []string{"position 2, event event-3: was altered", "position 3, event event-4", "position 4, event event-5"}},
		"replaced": {func(e []hub.Event) []hub.Event {
			e[2].AuthorName = "Eve"
			e[2].Chain.Hash = audit.Hash(e[2].Chain.Previous, e[2])
			return e
		}, []string{"position 4, event event-4: does not follow"}},
	} {
		report, err := audit.Verify(each(c.change(chain(5))))
		if err != nil {
			t.Fatal(err)
		}
		if report.Holds() != (len(c.want) == 0) || len(report.Breaks) != len(c.want) {
			t.Errorf("%s: %v %v, want %v", name, report, report.Breaks, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(report.Breaks[i].String(), want) {
				t.Errorf("%s: %v, want %s", name, report.Breaks[i], want)
			}
		}
	}
}

func TestReportNamesHeadAndBoundsItsLength(t *testing.T) {
	events := chain(300)
	report, _ := audit.Verify(each(events))
	if !strings.Contains(report.String(), "300 events, the chain holds; its head is position 300, hash "+hex.EncodeToString(events[299].Chain.Hash)) {
		t.Error(report)
	}
	for i := range events {
		events[i].Details = "{}"
	}
	report, _ = audit.Verify(each(events))
	if report.Broken != 300 || len(report.Breaks) != 100 || report.String() != "300 events, the chain is broken in 300 places" {
		t.Error(report, len(report.Breaks))
	}
}

func TestFileIsVerifiedWithoutAServer(t *testing.T) {
	events := chain(5)
	var file bytes.Buffer
	if err := audit.Export(&file, each(events)); err != nil {
		t.Fatal(err)
	}
	var again []hub.Event
	for e, err := range audit.Read("events.jsonl", bytes.NewReader(file.Bytes())) {
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, e)
	}
	events[0].Chain.Previous = []byte{}
	if !reflect.DeepEqual(events, again) {
		t.Errorf("got %v, want %v", again, events)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"whole":   {"", "", "the chain holds"},
		"altered": {`"authorName":"Ada"`, `"authorName":"Eve"`, "the chain is broken in 1 places"},
		"details": {`<Payments>`, `<payments>`, "the chain is broken in 1 places"},
	} {
		report, err := audit.VerifyFile("events.jsonl", strings.NewReader(strings.Replace(file.String(), c.old, c.new, 1)))
		if err != nil || !strings.Contains(report.String(), c.want) {
			t.Errorf("%s: %v %v", name, report, err)
		}
	}
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":      {file.String() + "garbage\n", "events.jsonl:6: not an exported event"},
		"unknown key":  {strings.Replace(file.String(), `"door"`, `"dour"`, 1), "events.jsonl:1: not an exported event"},
		"two on one":   {strings.Replace(file.String(), "\n", " {}\n", 1), "events.jsonl:1: not an exported event: something follows"},
		"no base64":    {strings.Replace(file.String(), `"hash":"`, `"hash":"*`, 1), "events.jsonl:1: not an exported event: hash is not base64"},
		"endless line": {strings.Repeat("x", 2<<20), "events.jsonl:1: cannot be read"},
	} {
		_, err := audit.VerifyFile("events.jsonl", strings.NewReader(c.text))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTroubleOnTheWayIsPassedOn(t *testing.T) {
	trouble := errors.New("trouble")
	broken := func(yield func(hub.Event, error) bool) { yield(hub.Event{}, trouble) }
	if _, err := audit.Verify(broken); !errors.Is(err, trouble) {
		t.Error(err)
	}
	if err := audit.Export(new(bytes.Buffer), broken); !errors.Is(err, trouble) {
		t.Error(err)
	}
}

func FuzzVerifyFile(f *testing.F) {
	var file bytes.Buffer
	if err := audit.Export(&file, each(chain(2))); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := audit.VerifyFile("x", bytes.NewReader(text))
		if err == nil && report.Events > 0 && report.Holds() && report.Head.Position != report.Events+report.LetGo {
			t.Errorf("%v", report)
		}
	})
}
