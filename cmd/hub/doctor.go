package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/mail"
	"example.org/hub/internal/store"
)

type doctorVerb struct{}

// finding is what one check found: empty advice means that all is well.
type finding struct {
	state  string
	advice string
}

// checkup is the list of what hub doctor looks at, in order.
var checkup = []struct {
	subject string
	look    func(context.Context, *house) finding
}{
	{"settings", func(_ context.Context, h *house) finding { return finding{state: "url " + h.resolved.URL} }},
	{"permissions of files", lookAtFiles},
	{"disk", lookAtDisk},
	{"database", lookAtDatabase},
	{"clock", lookAtClock},
	{"signing keys", lookAtKeys},
	{"audit log", lookAtAudit},
	{"certificate", lookAtCertificate},
	{"mail", lookAtMail},
}

// Run checks this hub and says what to do.
func (doctorVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		troubles := 0
		for _, item := range checkup {
			found := item.look(ctx, h)
			if found.advice == "" {
				fmt.Fprintf(terminal.Out, "ok    %s: %s\n", item.subject, found.state)
				continue
			}
			troubles++
			fmt.Fprintf(terminal.Out, "CHECK %s: %s\n      %s\n", item.subject, found.state, found.advice)
		}
		if troubles > 0 {
			return fault.New(fault.Conflict, "%d of %d checks found something to do", troubles, len(checkup))
		}
		return nil
	})
}

// lookAtFiles wants everything in the data folder to be its owner's alone, certificates that everybody may see excepted.
func lookAtFiles(_ context.Context, h *house) finding {
	open := ""
	err := filepath.WalkDir(h.settings.Data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		public := filepath.Base(path) == "ca.pem" || filepath.Base(path) == "cert.pem"
		if open == "" && !public && info.Mode().Perm()&0o077 != 0 {
			open = path
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return finding{state: err.Error(), advice: "Run hub doctor as the user who runs the hub."}
	case open != "":
		return finding{state: open + " can be read by others", advice: "Run chmod -R go-rwx " + h.settings.Data + "."}
	}
	return finding{state: "only their owner can read them"}
}

// leastFree is the free space below which a disk is worth a word.
const leastFree = 256 << 20

func lookAtDisk(_ context.Context, h *house) finding {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(h.settings.Data, &disk); err != nil {
		return finding{state: err.Error(), advice: "Look at --data " + h.settings.Data + "."}
	}
	free := int64(disk.Bavail) * int64(disk.Bsize)
	state := fmt.Sprintf("%d MB free in %s", free>>20, h.settings.Data)
	if free < leastFree {
		return finding{state: state, advice: "Free some space: on a full disk the hub can only be read."}
	}
	return finding{state: state}
}

func lookAtDatabase(ctx context.Context, h *house) finding {
	if err := h.store.Ready(ctx); err != nil {
		return finding{state: err.Error(), advice: "Look at --database, and whether the server runs."}
	}
	if h.settings.Database == "" {
		return finding{state: "SQLite, answers"}
	}
	return finding{state: "PostgreSQL, answers"}
}

// lookAtClock compares this clock with the newest event: a clock that was set back makes ended things live again.
func lookAtClock(ctx context.Context, h *house) finding {
	now := time.Now()
	events, err := h.store.Events(ctx, store.EventFilter{}, store.EventMark{}, 1)
	if err != nil {
		return finding{state: err.Error(), advice: "Look at the database."}
	}
	if len(events) == 1 && events[0].At.After(now.Add(time.Minute)) {
		return finding{
			state: fmt.Sprintf("it is %s here, but the newest event is of %s",
				now.UTC().Format(time.RFC3339), events[0].At.UTC().Format(time.RFC3339)),
			advice: "Set the clock, and let a time service keep it.",
		}
	}
	return finding{state: now.UTC().Format(time.RFC3339)}
}

func lookAtKeys(ctx context.Context, h *house) finding {
	if err := h.ring.Refresh(ctx); err != nil {
		return finding{state: err.Error(), advice: "Bring back the master key of this database."}
	}
	keys, err := h.store.SigningKeys(ctx)
	if err != nil {
		return finding{state: err.Error(), advice: "Look at the database."}
	}
	return finding{state: fmt.Sprintf("%d, all can be opened with the master key", len(keys))}
}

func lookAtAudit(ctx context.Context, h *house) finding {
	report, err := audit.VerifyStore(ctx, h.store)
	if err != nil {
		return finding{state: err.Error(), advice: "Look at the database."}
	}
	if !report.Holds() {
		return finding{state: report.String(), advice: "Run hub audit verify: it names each place that was touched."}
	}
	return finding{state: report.String()}
}

// lookAtCertificate asks a hub that runs at the base URL for its certificate.
func lookAtCertificate(ctx context.Context, h *house) finding {
	base, err := url.Parse(h.resolved.URL)
	if err != nil || base.Scheme != "https" {
		return finding{state: "none, the base URL is not https"}
	}
	host := base.Host
	if base.Port() == "" {
		host = net.JoinHostPort(base.Hostname(), "443")
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if own, err := os.ReadFile(filepath.Join(h.settings.Data, "tls", "ca.pem")); err == nil {
		roots.AppendCertsFromPEM(own)
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 3 * time.Second}, Config: &tls.Config{RootCAs: roots}}
	connection, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		var refused *net.OpError
		if errors.As(err, &refused) && refused.Op == "dial" {
			return finding{state: "no hub answers at " + h.resolved.URL + " right now, so there is none to look at"}
		}
		return finding{
			state:  err.Error(),
			advice: "Look at --url and --tls: the certificate must be for the name in the base URL and from an authority that is trusted here.",
		}
	}
	defer connection.Close()
	ends := connection.(*tls.Conn).ConnectionState().PeerCertificates[0].NotAfter
	state := "good until " + ends.UTC().Format(time.RFC3339)
	if time.Until(ends) < 7*24*time.Hour {
		return finding{state: state, advice: "Renew it."}
	}
	return finding{state: state}
}

// lookAtMail tries whether the mail server lets this hub in.
func lookAtMail(ctx context.Context, h *house) finding {
	if h.settings.SMTP == "" {
		return finding{state: "none, so nobody gets a new password by letter"}
	}
	server, err := mail.NewSMTP(h.settings.SMTP, h.settings.MailFrom)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return finding{state: wrong.Message, advice: "Set --smtp and --mail-from right: hub serve does not start with these."}
	}
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	if err := server.Reach(ctx); err != nil {
		return finding{
			state:  err.Error(),
			advice: "Look at --smtp: host and port, user and password, and whether the server's certificate is trusted here.",
		}
	}
	return finding{state: "the server lets this hub in"}
}
