package main

import (
	"context"
	"fmt"
	"os"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
)

type auditVerb struct {
	Verify auditVerifyVerb `cmd:"" help:"Verify the hash chain of the audit log: of the database, or of an exported file without a database."`
	Export auditExportVerb `cmd:"" help:"Write the audit log as JSON lines with its hash chain."`
}

type auditVerifyVerb struct {
	File string `arg:"" optional:"" help:"An exported file; the database when not given."`
}

// Run verifies the chain and names the first places where it was touched.
func (v auditVerifyVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	report, err := v.verify(ctx, terminal, settings)
	if err != nil {
		return err
	}
	fmt.Fprintln(terminal.Out, report)
	for _, place := range report.Breaks {
		fmt.Fprintln(terminal.Out, place)
	}
	if !report.Holds() {
		return fault.New(fault.Conflict, "the chain of the audit log is broken")
	}
	return nil
}

func (v auditVerifyVerb) verify(ctx context.Context, terminal *Terminal, settings *config.Settings) (audit.Report, error) {
	if v.File != "" {
		file, err := os.Open(v.File)
		if err != nil {
			return audit.Report{}, fault.Wrap(fault.Invalid, err, "%v", err)
		}
		defer file.Close()
		return audit.VerifyFile(v.File, file)
	}
	var report audit.Report
	err := atWorkOnOne(ctx, terminal, settings, func(h *house) (err error) {
		if _, err = audit.Chain(ctx, h.store); err == nil {
			report, err = audit.VerifyStore(ctx, h.store)
		}
		return err
	})
	return report, err
}

type auditExportVerb struct{}

// Run writes every chained event to stdout.
func (auditExportVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		if _, err := audit.Chain(ctx, h.store); err != nil {
			return err
		}
		return audit.Export(terminal.Out, audit.Events(ctx, h.store))
	})
}
