package store

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
)

// What strangers can have kept is bounded, and a bound that refuses is one more thing to attack: whoever fills it keeps
// everybody else out. So nobody is refused for what others did. Whoever has most gives way, which an honest source is not while
// another floods.

// What is taken away at once beyond what must be, as a part of the bound, so that a flood does not cost a search each time;
// and how many sources may have to give way for one request.
const (
	roomToSpare = 64
	givingWay   = 8
)

// ofOneSource is of how many clients one source may have as much waiting as one client may: whoever floods many clients at once must
// not fill the disk with what each of them could bear.
const ofOneSource = 4

// makeRoom takes away by over and a little, of what may be most: heaviest gives the source that has most of it, oldest takes
// away so much of that source and tells the sizes. Both take of, oldest then the source and how much. Errors: fault.Limited if
// that was not enough.
func (tx *Tx) makeRoom(ctx context.Context, over, most int64, heaviest, oldest *statement, of []any) error {
	if over <= 0 {
		return nil
	}
	spare := most / roomToSpare
	for range givingWay {
		source, err := one(ctx, &tx.Reader, heaviest, value[string], of...)
		if fault.Is(err, fault.NotFound) {
			break
		}
		if err != nil {
			return err
		}
		gone, err := list(ctx, &tx.Reader, oldest, value[int64], append(slices.Clone(of), source, over+spare)...)
		if err != nil {
			return err
		}
		for _, size := range gone {
			over -= size
		}
		if over <= 0 {
			return nil
		}
	}
	return fault.New(fault.Limited, "too much of this client waits, and no source has enough of it to make room")
}
