package store

import (
	"context"

	"example.org/hub/internal/hub"
)

var (
	selectSuccessor = prepared(`SELECT ` + userColumns + ` FROM successors s JOIN users u ON u.id = s.user_id WHERE s.former_id = $1`)
	selectFormers   = prepared(`SELECT former_id FROM successors WHERE user_id = $1 ORDER BY former_id`)
	insertSuccessor = prepared(`INSERT INTO successors (former_id, user_id) VALUES ($1, $2)
		ON CONFLICT (former_id) DO UPDATE SET user_id = excluded.user_id`)
	deleteSuccessor = prepared(`DELETE FROM successors WHERE former_id = $1 AND user_id = $2`)
	moveSuccessors  = prepared(`UPDATE successors SET user_id = $1 WHERE user_id = $2`)
)

// Successor gives the user who is meant by the id of one that was deleted, or merged into another.
func (r *Reader) Successor(ctx context.Context, formerID string) (hub.User, error) {
	return one(ctx, r, selectSuccessor, scanUser, formerID)
}

// FormerIDs lists the ids by which a user is meant beside the own one.
func (r *Reader) FormerIDs(ctx context.Context, userID string) ([]string, error) {
	return list(ctx, r, selectFormers, value[string], userID)
}

// RemoveSuccessor says that a user is no longer meant by the id of one that is gone. Errors: fault.NotFound if the user is not.
func (tx *Tx) RemoveSuccessor(ctx context.Context, formerID, userID string) error {
	return tx.execOne(ctx, deleteSuccessor, formerID, userID)
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
