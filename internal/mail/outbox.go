package mail

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Carrier takes messages out of the house. Errors: fault.Invalid for a message that will never arrive; any other is worth
// another try.
type Carrier interface {
	Carry(ctx context.Context, message Message) error
}

// Outbox keeps letters until they have left. Any number of nodes may share one database; a letter leaves once, unless a node
// dies between handing it over and noting so. It is safe for concurrent use.
type Outbox struct {
	Store   *store.Store
	Master  *secret.Master
	Carrier Carrier // nil: this hub sends no mail
}

const (
	sealPurpose  = "letter"
	claimFor     = 2 * time.Minute
	claimAtOnce  = 20
	carryTime    = 30 * time.Second
	firstAgain   = 30 * time.Second
	mostAgain    = time.Hour
	lettersLive  = 24 * time.Hour
	stopReminder = "this hub sends no mail: start it with --smtp URL and --mail-from ADDRESS"
)

// Ready is nil if letters can leave, else fault.Unavailable with what to do about it.
func (o *Outbox) Ready() error {
	if o.Carrier == nil {
		return &fault.Error{Kind: fault.Unavailable, Code: "no_mail", Message: stopReminder}
	}
	return nil
}

// Post puts a letter into the outbox, in the transaction of what caused it. Errors: those of Ready; fault.Internal if there
// are no words for its kind.
func (o *Outbox) Post(ctx context.Context, tx *store.Tx, letter Letter) error {
	if err := o.Ready(); err != nil {
		return err
	}
	if _, err := letter.Message(); err != nil {
		return err
	}
	plain, err := json.Marshal(letter)
	if err != nil {
		return err
	}
	now := hub.Now()
	row := store.Letter{ID: hub.NewID(), Sealed: o.Master.Seal(sealPurpose, plain), CreatedAt: now, DueAt: now, ExpiresAt: now.Add(lettersLive)}
	if !letter.EndsAt.IsZero() {
		row.ExpiresAt = letter.EndsAt
	}
	return tx.InsertLetter(ctx, row)
}

// Deliver hands over every letter that is due. One that cannot leave waits longer after each try, until it has ended; the
// first trouble is returned when all were tried.
func (o *Outbox) Deliver(ctx context.Context) error {
	if o.Carrier == nil {
		return nil
	}
	var troubles []error
	for ctx.Err() == nil {
		if waiting, err := o.Store.Letters(ctx); waiting == 0 || err != nil {
			return errors.Join(append(troubles, err)...)
		}
		letters, err := o.Store.ClaimLetters(ctx, hub.Now(), hub.Now().Add(claimFor), claimAtOnce)
		if len(letters) == 0 || err != nil {
			return errors.Join(append(troubles, err)...)
		}
		for _, letter := range letters {
			if err := o.deliver(ctx, letter); err != nil && len(troubles) == 0 {
				troubles = append(troubles, err)
			}
		}
	}
	return errors.Join(troubles...)
}

func (o *Outbox) deliver(ctx context.Context, row store.Letter) error {
	trouble := o.carry(ctx, row)
	return errors.Join(trouble, o.Store.Tx(ctx, func(tx *store.Tx) error {
		if trouble == nil || fault.Is(trouble, fault.Invalid) {
			return tx.DeleteLetter(ctx, row.ID)
		}
		return tx.PostponeLetter(ctx, row.ID, hub.Now().Add(again(row.Attempts)))
	}))
}

// again is how long a letter waits after so many tries.
func again(attempts int64) time.Duration {
	return min(firstAgain<<min(max(attempts-1, 0), 10), mostAgain)
}

func (o *Outbox) carry(ctx context.Context, row store.Letter) error {
	plain, err := o.Master.Open(sealPurpose, row.Sealed)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "a letter cannot be opened")
	}
	var letter Letter
	if err := json.Unmarshal(plain, &letter); err != nil {
		return fault.Wrap(fault.Invalid, err, "a letter cannot be read")
	}
	if letter.To == "" {
		return nil
	}
	message, err := letter.Message()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, carryTime)
	defer cancel()
	return o.Carrier.Carry(ctx, message)
}
