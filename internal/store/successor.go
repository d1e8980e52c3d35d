package store

import (
	"context"

	"example.org/hub/internal/hub"
)

var (
	selectSuccessor = prepared(`SELECT ` + userColumns + ` FROM successors s JOIN users u ON u.id = s.user_id WHERE s.former_id = $1`)
	insertSuccessor = prepared(`INSERT INTO successors (former_id, user_id) VALUES ($1, $2)
		ON CONFLICT (former_id) DO UPDATE SET user_id = excluded.user_id`)
	moveSuccessors = prepared(`UPDATE successors SET user_id = $1 WHERE user_id = $2`)
)

// Successor gives the user who is meant by the id of one that was deleted, or merged into another.
func (r Reader) Successor(ctx context.Context, formerID string) (hub.User, error) {
	return one(ctx, r, selectSuccessor, scanUser, formerID)
}

// SetSuccessor says who is meant from now on by the id of a user that is about to be deleted, and by the ids for which that
// one stood.
func (tx *Tx) SetSuccessor(ctx context.Context, formerID, userID string) error {
	if _, err := tx.exec(ctx, moveSuccessors, userID, formerID); err != nil {
		return err
	}
	_, err := tx.exec(ctx, insertSuccessor, formerID, userID)
	return err
}
