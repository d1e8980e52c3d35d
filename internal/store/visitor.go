package store

import (
	"context"

	"example.org/hub/internal/hub"
)

// Visitor is whom the cookie of a session stands for, with what decides whether the sign-in is complete.
type Visitor struct {
	Session    hub.Session
	User       hub.User
	MustChange bool // the password has to be changed first
	Factor     bool // codes are asked for, or a group may ask for a second factor: whether it does now, its times say
}

// Every page asks this, and nothing else, to know its visitor.
var selectVisitor = prepared(`WITH RECURSIVE reached (id) AS (SELECT m.group_id FROM sessions s JOIN memberships m ON m.user_id = s.user_id WHERE s.digest = $1
	UNION SELECT h.parent_id FROM subgroups h JOIN reached r ON r.id = h.child_id)
	SELECT ` + sessionColumns + `, ` + userColumns + `,
	COALESCE((SELECT p.must_change FROM passwords p WHERE p.user_id = u.id), FALSE),
	EXISTS (SELECT 1 FROM totp t WHERE t.user_id = u.id AND t.confirmed_at > 0) OR EXISTS (SELECT 1 FROM user_groups g WHERE g.require_two_factor = TRUE
		AND (g.id = '` + hub.AllUsersGroupID + `' OR g.id IN (SELECT r.id FROM reached r)))
	FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.digest = $1`)

func scanVisitor(row scanner, v *Visitor) error {
	return row.Scan(append(append(sessionFields(&v.Session), userFields(&v.User)...), &v.MustChange, &v.Factor)...)
}

// VisitorByDigest gives the session whose cookie has this digest, also one that has ended, and whose it is.
func (r *Reader) VisitorByDigest(ctx context.Context, digest []byte) (Visitor, error) {
	return one(ctx, r, selectVisitor, scanVisitor, blob(digest))
}
