package signin

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// A form that cannot be taken before somebody signs in waits here if its browser cannot hold it. It is sealed and ends soon;
// strangers make no more of them than fits, by source and together.
const (
	mostWaiting       = 512 << 10 // bytes of one user or source
	mostWaitingOfAll  = 16 << 20
	purposeOfWaiting  = "waiting-form/"
	waitingOfStranger = "from "
)

// KeepForm keeps a text for as long as it lasts, and gives the ticket by which its browser gets it back. Errors: fault.Limited
// if too much waits already.
func (d *Desk) KeepForm(ctx context.Context, o Origin, userID string, text []byte, lasts time.Duration) (secret.Value, error) {
	holder := userID
	if holder == "" {
		holder = waitingOfStranger + limit.Source(o.Address).String()
	}
	ticket, now := newCode(), d.Store.Now()
	form := store.KeptForm{
		Digest: d.Master.Digest(purposeOfWaiting + ticket), Holder: holder,
		Sealed: d.Master.Seal(purposeOfWaiting+ticket, text), EndsAt: now.Add(lasts),
	}
	return secret.Value(ticket), d.Store.KeepForm(ctx, form, now, mostWaiting, mostWaitingOfAll)
}

// KeptForm gives back what a ticket is for. Errors: fault.NotFound if it has ended, or was never.
func (d *Desk) KeptForm(ctx context.Context, ticket secret.Value) ([]byte, error) {
	form, err := d.Store.KeptForm(ctx, d.Master.Digest(purposeOfWaiting+ticket.Reveal()), d.Store.Now())
	if err != nil {
		return nil, err
	}
	text, err := d.Master.Open(purposeOfWaiting+ticket.Reveal(), form.Sealed)
	if err != nil {
		return nil, fault.New(fault.NotFound, "the form was kept by another hub")
	}
	return text, nil
}
