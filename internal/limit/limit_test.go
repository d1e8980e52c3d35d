package limit_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/limit"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestBurstThenEvenSpacing(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 10, Per: 15 * time.Minute}, 100)
	key := limit.Key{Name: "ada"}
	for i := range 10 {
		if ok, wait := k.Allow(key, start); !ok || wait != 0 {
			t.Fatalf("event %d of the burst refused, wait %v", i, wait)
		}
	}
	if ok, wait := k.Allow(key, start); ok || wait != 90*time.Second {
		t.Fatalf("the eleventh: ok=%v wait=%v, expected a refusal for 90s", ok, wait)
	}
	if ok, _ := k.Allow(key, start.Add(90*time.Second-1)); ok {
		t.Fatal("allowed a nanosecond early")
	}
	if ok, _ := k.Allow(key, start.Add(90*time.Second)); !ok {
		t.Fatal("refused at the moment that was promised")
	}
	if ok, _ := k.Allow(key, start.Add(90*time.Second)); ok {
		t.Fatal("two allowed where one fits")
	}
}

func TestPeekCountsNothingAndHitAlwaysCounts(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 2, Per: time.Minute}, 100)
	key := limit.Key{Name: "ada"}
	for range 100 {
		if ok, _ := k.Peek(key, start); !ok {
			t.Fatal("peeking used something up")
		}
	}
	for range 50 {
		k.Hit(key, start)
	}
	ok, wait := k.Peek(key, start)
	if ok || wait != 30*time.Second {
		t.Fatalf("after a flood of hits: ok=%v wait=%v, expected a wait of one interval", ok, wait)
	}
	if ok, _ := k.Peek(limit.Key{Name: "bob"}, start); !ok {
		t.Fatal("a flood on one key touched another")
	}
}

func TestReturnTakesBackOneEvent(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 2, Per: time.Minute}, 100)
	key := limit.Key{Name: "ada"}
	for range 20 {
		if ok, _ := k.Allow(key, start); !ok {
			t.Fatal("refused although each event was taken back")
		}
		k.Return(key, start)
	}
	k.Return(key, start)
	k.Return(limit.Key{Name: "never seen"}, start)
	k.Hit(key, start)
	k.Hit(key, start)
	if ok, _ := k.Peek(key, start); ok {
		t.Fatal("returning more than was counted gave credit")
	}
}

func TestNameAndPlaceAreCountedTogetherAndApart(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 1, Per: time.Hour}, 100)
	home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7")
	k.Hit(limit.Key{Name: "ada", From: home}, start)
	for _, c := range []struct {
		key  limit.Key
		free bool
	}{
		{limit.Key{Name: "ada", From: home}, false},
		{limit.Key{Name: "ada", From: netip.MustParseAddr("::ffff:192.0.2.1")}, false},
		{limit.Key{Name: "ada", From: away}, true},
		{limit.Key{Name: "bob", From: home}, true},
		{limit.Key{Name: "ada"}, true},
		{limit.Key{From: home}, true},
	} {
		if ok, _ := k.Peek(c.key, start); ok != c.free {
			t.Errorf("%+v: free=%v, expected %v", c.key, ok, c.free)
		}
	}
}

func TestSourceFoldsNetworksAndMappedAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":                  "192.0.2.1",
		"::ffff:192.0.2.1":           "192.0.2.1",
		"2001:db8:1:2:3:4:5:6":       "2001:db8:1:2::",
		"2001:db8:1:2:ffff:ffff:0:1": "2001:db8:1:2::",
		"2001:db8:1:3::1":            "2001:db8:1:3::",
		"fe80::1%eth0":               "fe80::",
		"::1":                        "::",
	} {
		if got := limit.Source(netip.MustParseAddr(in)).String(); got != want {
			t.Errorf("Source(%s) = %s, expected %s", in, got, want)
		}
	}
	if limit.Source(netip.Addr{}).IsValid() {
		t.Error("no address became one")
	}
}

func TestOffAllowsEverything(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{}, 1<<20)
	for range 1000 {
		k.Hit(limit.Key{Name: "x"}, start)
		if ok, _ := k.Allow(limit.Key{Name: "x"}, start); !ok {
			t.Fatal("refused although limits are off")
		}
	}
}

func TestClockSetBackLocksNobodyOut(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 3, Per: time.Minute}, 100)
	key := limit.Key{Name: "ada"}
	for range 3 {
		k.Hit(key, start)
	}
	if _, wait := k.Peek(key, start.Add(-24*time.Hour)); wait > 20*time.Second {
		t.Fatalf("a clock set back a day makes one wait %v", wait)
	}
	if ok, wait := k.Peek(key, start.Add(-24*time.Hour+20*time.Second)); !ok {
		t.Errorf("whoever waited as long as was said is to wait %v more", wait)
	}
}

func TestFloodOfNewKeysKeepsTheWorstOffenders(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 50, Per: time.Minute}, 4096)
	worst := limit.Key{Name: "worst"}
	for range 50 {
		k.Hit(worst, start)
	}
	for i := range 200_000 {
		k.Hit(limit.Key{Name: fmt.Sprint("stranger ", i)}, start)
	}
	if ok, _ := k.Peek(worst, start); ok {
		t.Fatal("a flood of new keys washed out a key that was at its limit")
	}
}

func TestRecoveredKeysGiveWayFirst(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 2, Per: time.Second}, 8) // one set only
	for i := range 8 {
		k.Hit(limit.Key{Name: fmt.Sprint("old ", i)}, start)
	}
	later := start.Add(time.Minute)
	live := limit.Key{Name: "live"}
	k.Hit(live, later)
	k.Hit(live, later)
	for i := range 7 {
		k.Hit(limit.Key{Name: fmt.Sprint("new ", i)}, later)
	}
	if ok, _ := k.Peek(live, later); ok {
		t.Fatal("a live key was forgotten while recovered ones were kept")
	}
}

func TestManyAtOnceNeverPassTheCount(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 25, Per: time.Hour}, 1024)
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 20 {
				if ok, _ := k.Allow(limit.Key{Name: "ada"}, start); ok {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 25 {
		t.Fatalf("%d of 1000 simultaneous events passed, expected exactly 25", passed.Load())
	}
}

func TestPeekOfAnAbsentKeyAllocatesNothing(t *testing.T) {
	k := limit.NewKeeper(limit.Rate{Count: 10, Per: time.Minute}, 65536)
	key := limit.Key{Name: "98071167-004c-4ddf-ba37-5d4599fdf319", From: netip.MustParseAddr("2001:db8::1")}
	if n := testing.AllocsPerRun(1000, func() { k.Peek(key, start); k.Hit(key, start) }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

func TestParseReadsWhatPeopleWrite(t *testing.T) {
	for text, want := range map[string]limit.Rate{
		"10/15m":  {Count: 10, Per: 15 * time.Minute},
		"50/1m":   {Count: 50, Per: time.Minute},
		"100/s":   {Count: 100, Per: time.Second},
		"7/d":     {Count: 7, Per: 24 * time.Hour},
		"7/2d":    {Count: 7, Per: 48 * time.Hour},
		"1/1m30s": {Count: 1, Per: 90 * time.Second},
		"off":     {},
	} {
		if got, err := limit.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; expected %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "10", "10/", "/1m", "0/1m", "-1/m", "+1/m", "x/1m", "10/x", "10/0s", "10/-1m", "10/1ns",
		"9999999/s", "1/999999d", "OFF", " 1/s", "1/s ", "1//s", "1/d1",
	} {
		if got, err := limit.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, expected an error", text, got)
		} else if !strings.Contains(err.Error(), "such as 10/15m") {
			t.Errorf("Parse(%q): the error %q does not show the form", text, err)
		}
	}
}

func TestParseListWantsEveryNameOnce(t *testing.T) {
	got, err := limit.ParseList("account=10/15m, address=off", "account", "address")
	if err != nil || len(got) != 2 || got["account"].Count != 10 || !got["address"].Off() {
		t.Fatalf("got %v, %v", got, err)
	}
	if got, err = limit.ParseList("off", "account", "address"); err != nil || len(got) != 2 || !got["account"].Off() {
		t.Fatalf("off: got %v, %v", got, err)
	}
	for text, says := range map[string]string{
		"":                                   "NAME=RATE",
		"account=10/15m":                     "address is missing",
		"account=1/s,account=2/s":            "given twice",
		"account=1/s,address=1/s,client=1/s": "one of account, address",
		"account=1/s,address=x":              "limit address: rate \"x\"",
	} {
		if _, err := limit.ParseList(text, "account", "address"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("ParseList(%q): %v, expected it to say %q", text, err, says)
		}
	}
}

// The rule itself, without the arithmetic: in no window of any length do more than the burst plus what drains in the
// window pass, and whoever waits as told is let through.
func TestNoWindowPassesMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := limit.Rate{
			Count: rapid.IntRange(1, 20).Draw(t, "count"),
			Per:   time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(time.Hour)).Draw(t, "per")),
		}
		k := limit.NewKeeper(rate, 64)
		key := limit.Key{Name: "x"}
		now := start
		var passed []time.Time
		for range rapid.IntRange(1, 80).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(rate.Per)/3).Draw(t, "step")))
			ok, wait := k.Allow(key, now)
			if ok {
				passed = append(passed, now)
				continue
			}
			if wait <= 0 || wait > rate.Per {
				t.Fatalf("refused with a wait of %v", wait)
			}
			if ok, _ := k.Peek(key, now.Add(wait)); !ok {
				t.Fatalf("still refused after the wait of %v that was promised", wait)
			}
		}
		each := rate.Per / time.Duration(rate.Count)
		for i := range passed {
			for j := i; j < len(passed); j++ {
				if n, most := j-i+1, rate.Count+int(passed[j].Sub(passed[i])/each); n > most {
					t.Fatalf("%d passed within %v, at most %d may", n, passed[j].Sub(passed[i]), most)
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"10/15m", "off", "1/s", "99/d", "1/1h1m", "account=10/15m,address=50/1m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rate, err := limit.Parse(text)
		if err == nil {
			if again, err := limit.Parse(rate.String()); err != nil || again != rate {
				t.Fatalf("%q reads as %v, which reads as %v, %v", text, rate, again, err)
			}
		}
		_, _ = limit.ParseList(text, "account", "address")
	})
}

func BenchmarkPeekAbsent(b *testing.B) {
	k := limit.NewKeeper(limit.Rate{Count: 10, Per: time.Minute}, 65536)
	key := limit.Key{Name: "98071167-004c-4ddf-ba37-5d4599fdf319", From: netip.MustParseAddr("192.0.2.1")}
	b.ReportAllocs()
	for b.Loop() {
		k.Peek(key, start)
	}
}
