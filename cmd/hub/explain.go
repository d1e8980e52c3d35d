package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

type explainVerb struct {
	ErrorID string `arg:"" name:"error_id" help:"The error_id of the answer, or its Hub-Error-Id header."`
}

// Run says what was received, what was expected, in what they differ, and what to change where.
func (v explainVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		found, err := (&audit.Log{Store: h.store}).Explain(ctx, hub.System("cli"), v.ErrorID)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound,
				"no refusal with error_id %s is known: it is written within a second of the answer, and the oldest are forgotten", v.ErrorID)
		}
		if err != nil {
			return err
		}
		page := found.Place.Page
		if page != "" {
			page = h.resolved.URL + page
			if found.Environment == hub.Test {
				page = h.resolved.TestURL + found.Place.Page
			}
		}
		table := tabwriter.NewWriter(terminal.Out, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"Refused", found.At.UTC().Format(time.RFC3339)}, {"Environment", string(found.Environment)}, {"Door", found.Door},
			{"Error", found.Code}, {"Why", found.Reason},
			{"Expected", found.Expected}, {"Received", found.Received}, {"Difference", found.Difference.String()},
			{"Change", found.Setting}, {"Page", page}, {"hub.yaml", found.Place.File}, {"REST", found.Place.REST},
			{"Client", found.ClientID}, {"User", found.UserID}, {"From", found.Address},
		} {
			if line[1] != "" {
				fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
			}
		}
		return table.Flush()
	})
}
