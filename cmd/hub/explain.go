package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
)

type explainVerb struct {
	ErrorID string `arg:"" name:"error_id" help:"The error_id of the answer, or its Hub-Error-Id header."`
}

// Run says what was received, what was expected and what to change.
func (v explainVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWork(ctx, terminal, settings, func(h *house) error {
		refusal, err := h.store.Refusal(ctx, v.ErrorID)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "no refusal with error_id %s is known: it is written within a second of the answer, and the oldest are forgotten", v.ErrorID)
		}
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(terminal.Out, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"Refused", refusal.At.UTC().Format(time.RFC3339)}, {"Environment", string(refusal.Environment)}, {"Door", refusal.Door},
			{"Error", refusal.Code}, {"Why", refusal.Reason}, {"Expected", refusal.Expected}, {"Received", refusal.Received},
			{"Change", refusal.Setting}, {"Client", refusal.ClientID}, {"User", refusal.UserID}, {"From", refusal.Address},
		} {
			if line[1] != "" {
				fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
			}
		}
		return table.Flush()
	})
}
