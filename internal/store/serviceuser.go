package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// ServiceUser is somebody who uses a service, and by what.
type ServiceUser struct {
	User      hub.User  // id, login, name, kind, organisation and whether banned; the rest is empty
	Connected bool      // the service holds a refresh token
	SignedIn  bool      // the service got tokens that are good, or can be asked for, without one
	Approved  time.Time // when a scope was approved; zero: none is
	Since     time.Time // the first of what there is now
	Last      time.Time // the last of it
}

// liveFamily is the condition that something came of a family f and is good still; $5 is now.
const liveFamily = `f.ended_at = 0 AND f.ends_at > $5 AND (f.code_digest IS NULL OR f.code_used_at > 0)`

// selectServiceUsers walks both indexes in the order of ids and reads no more of either than a page.
var selectServiceUsers = prepared(`WITH page AS (SELECT x.user_id FROM (
		SELECT a.user_id FROM (SELECT user_id FROM approved_scopes WHERE environment = $1 AND client_id = $2 AND user_id > $3 ORDER BY user_id LIMIT $4) AS a
		UNION SELECT g.user_id FROM (SELECT DISTINCT f.user_id FROM grant_families f WHERE f.environment = $1 AND f.client_id = $2 AND f.user_id > $3 AND ` + liveFamily + `
			ORDER BY f.user_id LIMIT $4) AS g) AS x ORDER BY x.user_id LIMIT $4)
	SELECT u.id, u.login, u.name, u.kind, COALESCE(u.organisation, ''), u.banned,
		EXISTS (SELECT 1 FROM grant_families f WHERE f.user_id = u.id AND f.environment = $1 AND f.client_id = $2 AND f.offline AND ` + liveFamily + `),
		EXISTS (SELECT 1 FROM grant_families f WHERE f.user_id = u.id AND f.environment = $1 AND f.client_id = $2 AND NOT f.offline AND ` + liveFamily + `),
		COALESCE((SELECT a.updated_at FROM approved_scopes a WHERE a.user_id = u.id AND a.environment = $1 AND a.client_id = $2), 0),
		COALESCE((SELECT min(f.created_at) FROM grant_families f WHERE f.user_id = u.id AND f.environment = $1 AND f.client_id = $2 AND ` + liveFamily + `), 0),
		COALESCE((SELECT max(f.created_at) FROM grant_families f WHERE f.user_id = u.id AND f.environment = $1 AND f.client_id = $2 AND ` + liveFamily + `), 0)
	FROM page JOIN users u ON u.id = page.user_id ORDER BY u.id`)

// UsersOfService lists the users of a service by id, behind one ("": from the first): who approved a scope of it, and for whom it
// holds something that is good.
func (r *Reader) UsersOfService(ctx context.Context, environment hub.Environment, serviceID, after string,
	now time.Time, limit int) ([]ServiceUser, error) {
	return list(ctx, r, selectServiceUsers, func(row scanner, s *ServiceUser) error {
		u := &s.User
		err := row.Scan(&u.ID, &u.Login, &u.Name, &u.Kind, &u.Organisation, &u.Banned,
			&s.Connected, &s.SignedIn, moment{&s.Approved}, moment{&s.Since}, moment{&s.Last})
		if s.Since.IsZero() || !s.Approved.IsZero() && s.Approved.Before(s.Since) {
			s.Since = s.Approved
		}
		if s.Approved.After(s.Last) {
			s.Last = s.Approved
		}
		return err
	}, environment, serviceID, after, limit, millis(now))
}
