package fault_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// A disk can be full, or nothing at all can be written to it. The first is a small file system of its own where the tests
// may mount one; both are, everywhere, a limit on the size of files that is set on the running hub from outside.
func TestWithoutRoomToWriteAHubVerifiesAndRecoversByItself(t *testing.T) {
	for name, lose := range map[string]func(*testing.T) disk{"full": smallDisk, "read-only": lockedDisk} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lose(t).run(t)
		})
	}
}

// disk is where a hub keeps its database until nothing can be written there any more.
type disk struct {
	data       string
	begin, end func(*sample.Node)
}

func (d disk) run(t *testing.T) {
	h := &home{data: d.data}
	sample.Declare(t, h.settings()...)
	hub := h.serve(t, "--failure-limits", "off")
	questions := everyQuestion(t, hub)
	ended := issued(t, hub, sample.Till()) // what shall be revoked when it cannot be

	d.begin(hub)
	var log diary
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	wait := log.keep(ctx, questions)
	blackbox.Soon(t, "an opaque token cannot be issued", func() bool {
		return sample.Judge(sample.Till().Token(ctx, hub.Asker)) == sample.Trouble
	})
	if verdict := sample.Judge(sample.Till().Revoke(ctx, hub.Asker, ended)); verdict != sample.Trouble {
		t.Errorf("a revocation that cannot be written down: %s, want %s", verdict, sample.Trouble)
	}
	if verdict := sample.Judge(sample.Payments().Introspect(ctx, hub.Asker, ended)); verdict != sample.Good {
		t.Errorf("a token whose revocation failed: %s, want %s", verdict, sample.Good)
	}
	refused, err := sample.Client{ID: sample.Shop().ID, Secret: "wrong"}.Token(ctx, hub.Asker)
	if verdict := sample.Judge(refused, err); verdict != sample.Bad {
		t.Fatalf("a wrong secret: %s", verdict)
	}
	if readiness := hub.Readiness(ctx); readiness != "read-only" {
		t.Errorf("readiness %q, want read-only", readiness)
	}
	blackbox.Soon(t, "the metric says so", func() bool { return hub.Metric(t, "hub_read_only") == 1 })
	if failed := hub.Metric(t, `hub_database_errors_total{kind="read-only"}`); failed == 0 {
		t.Error("no write that failed was counted")
	}
	time.Sleep(grace + time.Second) // verification goes on for as long as it takes, not only for the grace of a lost database
	stop()
	wait()
	var wrong strange
	for _, n := range log.notes {
		if n.verdict != n.question.right && (n.verdict != sample.Trouble || n.question.name != issuesOpaque) {
			wrong.add(n.question.name + ": " + string(n.verdict) + ", want " + string(n.question.right))
		}
		if took := n.ended.Sub(n.began); took > grace+margin {
			wrong.add(n.question.name + " took longer than it may")
		}
	}
	wrong.report(t)
	if free := blackbox.Run(t, "", append([]string{"audit", "verify"}, h.settings()...)...); free.Exit != 0 && free.Exit != 1 {
		t.Errorf("hub audit verify: exit code %d: %s", free.Exit, free.Stderr)
	}

	d.end(hub)
	took := blackbox.Soon(t, "the hub is ready", func() bool { return hub.Readiness(t.Context()) == "ready" })
	t.Logf("ready %v after there was room again", took)
	for _, q := range questions {
		if verdict := sample.Judge(q.ask(t.Context())); verdict != q.right {
			t.Errorf("afterwards: %s: %s, want %s", q.name, verdict, q.right)
		}
	}
	if verdict := sample.Judge(sample.Till().Revoke(t.Context(), hub.Asker, ended)); verdict != sample.Good {
		t.Errorf("a revocation afterwards: %s", verdict)
	}
	if verdict := sample.Judge(sample.Payments().Introspect(t.Context(), hub.Asker, ended)); verdict != sample.Bad {
		t.Errorf("a token that was revoked afterwards: %s", verdict)
	}
	blackbox.Soon(t, "what was refused meanwhile is explained", func() bool {
		return blackbox.Run(t, "", append([]string{"explain", refused.Header.Get("Hub-Error-Id")}, h.settings()...)...).Exit == 0
	})
	h.healthy(t, hub)
	blackbox.Soon(t, "the metric says so", func() bool { return hub.Metric(t, "hub_read_only") == 0 })
	if exit := hub.Stop(t); exit != 0 {
		t.Errorf("the hub ended with %d", exit)
	}
}

// smallDisk is a file system of a few megabytes that is filled to its end; where none can be mounted, a limit that lies just
// above what the files have now.
func smallDisk(t *testing.T) disk {
	t.Helper()
	at := t.TempDir()
	if err := syscall.Mount("hub-test", at, "tmpfs", 0, "size=8m"); err != nil {
		t.Logf("no file system of its own (%v): the size of files is limited instead", err)
		return limitedDisk(t, at, func() uint64 { return largest(t, at) + 4096 })
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(at, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(at, "filler")
	return disk{
		data: filepath.Join(at, "data"),
		begin: func(*sample.Node) {
			file, err := os.Create(filler)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			for piece := bytes.Repeat([]byte{1}, 4096); err == nil; {
				_, err = file.Write(piece)
			}
		},
		end: func(*sample.Node) {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// lockedDisk takes no byte more from the hub, at whatever place of a file.
func lockedDisk(t *testing.T) disk {
	t.Helper()
	return limitedDisk(t, t.TempDir(), func() uint64 { return 0 })
}

// limitedDisk takes what a limit allows.
func limitedDisk(t *testing.T, at string, most func() uint64) disk {
	return disk{
		data:  at,
		begin: func(hub *sample.Node) { limit(t, hub, syscall.RLIMIT_FSIZE, most()) },
		end:   func(hub *sample.Node) { limit(t, hub, syscall.RLIMIT_FSIZE, unlimited) },
	}
}

// largest is the size of the largest file in a folder.
func largest(t *testing.T, folder string) uint64 {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	most := int64(0)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			most = max(most, info.Size())
		}
	}
	return uint64(most)
}
