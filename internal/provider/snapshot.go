package provider

import (
	"context"
	"strconv"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// snapshot is what is small and needed by nearly every request. It is immutable; a change makes the next reader read it
// anew.
type snapshot struct {
	roles    map[string]hub.Role // by id
	settings hub.Settings
	// organisations are by id.
	organisations map[string]hub.Organisation
	retired       map[string]struct{} // digests of retired organisation keys
	// notBefore ends every access token issued earlier: the database was brought back from a backup then.
	notBefore time.Time
}

// current gives the snapshot, reading it if it is not there or has changed.
func (n *node) current(ctx context.Context) (*snapshot, error) {
	if err := n.inTouch(); err != nil {
		return nil, err
	}
	return n.snapshots.get(struct{}{}, func() (*snapshot, error) {
		next := &snapshot{}
		err := n.look(ctx, func(q store.Reader) error {
			*next = snapshot{roles: map[string]hub.Role{}, retired: map[string]struct{}{}, organisations: map[string]hub.Organisation{}}
			roles, err := q.Roles(ctx)
			if err != nil {
				return err
			}
			for _, role := range roles {
				next.roles[role.ID] = role
			}
			organisations, err := q.Organisations(ctx)
			if err != nil {
				return err
			}
			for _, organisation := range organisations {
				next.organisations[organisation.ID] = organisation
				retired, err := q.RetiredKeys(ctx, organisation.ID)
				if err != nil {
					return err
				}
				for _, key := range retired {
					next.retired[string(key.Digest)] = struct{}{}
				}
			}
			if next.settings, err = q.Settings(ctx); err != nil {
				return err
			}
			next.notBefore, err = notBefore(q.Meta(ctx, store.MetaNotBefore))
			return err
		})
		return next, fromStore(err)
	})
}

// lookTime bounds a look at the database, so that a request ends although the database swallows every question.
const lookTime = 4500 * time.Millisecond

// look answers several questions from one state of the database.
func (n *node) look(ctx context.Context, questions func(store.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	return n.Store.View(ctx, questions)
}

func notBefore(fact []byte, err error) (time.Time, error) {
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	millis, err := strconv.ParseInt(string(fact), 10, 64)
	return time.UnixMilli(millis), err
}

// Settings gives the settings of the whole Hub.
func (p *Provider) Settings(ctx context.Context) (hub.Settings, error) {
	now, err := p.current(ctx)
	if err != nil {
		return hub.Settings{}, err
	}
	return now.settings, nil
}
