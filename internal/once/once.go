package once

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Book keeps answers, in the database, so that any node may be asked again.
type Book struct {
	Store  *store.Store
	Master *secret.Master
}

// Request is what may come again.
type Request struct {
	Caller string // user or service: keys of one caller mean nothing to others
	Key    string // as its sender calls it, with whatever it is confined to
	Asked  []byte // all that was asked: the same key with something else is a mistake
}

const (
	answerLife = 10 * time.Minute // how long an answer, which may hold a secret, is given again
	mostKept   = 500              // answers of one caller
	lookAgain  = 50 * time.Millisecond
	patience   = 3 * time.Second // how long a second request waits for the first
)

// CodeSentBefore is the code of errors about a request that came before and has no answer to give.
const CodeSentBefore = "sent_before"

// sentBefore is such an error.
func sentBefore(message string) error {
	return &fault.Error{Kind: fault.Conflict, Code: CodeSentBefore, Message: message}
}

// Answer gives the answer to a request: that of do, which runs once however often the request comes, or the one that was kept.
//
// Errors: those of do, after which the request may be sent again; fault.Conflict for another request under the same key, for
// one that is still at work, and where it is not known, or not kept any more, how it ended.
func (b *Book) Answer(ctx context.Context, request Request, do func() ([]byte, error)) ([]byte, error) {
	asked := sha256.Sum256(request.Asked)
	claim := store.KeptAnswer{Caller: request.Caller, Request: asked[:], CreatedAt: hub.Now(),
		Digest: b.Master.Digest("once/" + request.Caller + "/" + request.Key)}
	claimed, err := b.Store.ClaimAnswer(ctx, claim, mostKept)
	if err != nil {
		return nil, err
	}
	if !claimed {
		return b.again(ctx, claim)
	}
	answer, err := do()
	switch {
	case err == nil:
		return answer, b.Store.KeepAnswer(ctx, claim.Digest, b.Master.Seal(purpose(claim.Digest), answer))
	case fault.KindOf(err) == fault.Unavailable || fault.KindOf(err) == fault.Internal:
		return nil, err // it may have been done: the claim stays, so that it is not done twice
	}
	if forgotten := b.Store.ForgetAnswer(ctx, claim.Digest); forgotten != nil {
		return nil, forgotten
	}
	return nil, err
}

func purpose(digest []byte) string { return "once/" + hex.EncodeToString(digest) }

// again answers a request that came before.
func (b *Book) again(ctx context.Context, claim store.KeptAnswer) ([]byte, error) {
	for begun := time.Now(); ; {
		kept, err := b.Store.KeptAnswer(ctx, claim.Digest)
		switch {
		case fault.Is(err, fault.NotFound):
			return nil, sentBefore("the first request with this Idempotency-Key was refused just now: send it again")
		case err != nil:
			return nil, err
		case !bytes.Equal(kept.Request, claim.Request):
			return nil, sentBefore("this Idempotency-Key was used for another request: take a new key for each")
		case time.Since(kept.CreatedAt) > answerLife:
			return nil, sentBefore("a request with this Idempotency-Key came earlier, and its answer is not kept any more: look whether it was done")
		case len(kept.Sealed) > 0:
			return b.Master.Open(purpose(claim.Digest), kept.Sealed)
		case time.Since(begun) > patience:
			return nil, sentBefore("the first request with this Idempotency-Key is still at work, or was cut off: look whether it was done")
		}
		select {
		case <-ctx.Done():
			return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "the request was given up")
		case <-time.After(lookAgain):
		}
	}
}
