package provider

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// unapproved lists what a request asks for and the person has not allowed this client before, and gives the id of what the person
// has; empty if that is nothing.
func (v view) unapproved(ctx context.Context, asked *oauth.Asked, who *person) ([]wanted, string, error) {
	all, err := v.wantedOf(ctx, asked, who)
	if err != nil || who == nil {
		return all, "", err
	}
	approved, err := v.Store.ApprovedScope(ctx, who.user.ID, v.environment, asked.Client.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, "", fromStore(err)
	}
	return slices.DeleteFunc(all, func(w wanted) bool { return approved.Covers(w.item) }), approved.ID, nil
}

// Approve remembers that the one who is signed in allows what a request asks for. A request that is not sound is no error:
// the authorization endpoint will tell.
func (p *Provider) Approve(ctx context.Context, server *oauth.Server, visit signin.Visit, o signin.Origin, request oauth.Parameters) error {
	v := view{p.node, o.Environment}
	asked := understood(ctx, server, request)
	if asked == nil {
		return nil
	}
	if !visit.SignedIn() {
		return fault.New(fault.Unauthenticated, "sign in first")
	}
	who, err := v.person(ctx, visit.User.ID)
	if err != nil {
		return err
	}
	all, err := v.wantedOf(ctx, asked, who)
	if err != nil {
		return err
	}
	items := make([]string, len(all))
	for i, w := range all {
		items[i] = w.item
	}
	return p.Store.Tx(ctx, func(tx *store.Tx) error {
		now := p.Store.Now()
		approved, err := tx.ApprovedScope(ctx, who.user.ID, v.environment, asked.Client.ID)
		switch {
		case fault.Is(err, fault.NotFound):
			approved = hub.ApprovedScope{
				ID: hub.NewRandomID(), Environment: v.environment, ClientID: asked.Client.ID, UserID: who.user.ID, CreatedAt: now,
			}
		case err != nil:
			return err
		}
		wider := approved.With(items)
		if slices.Equal(wider.Items, approved.Items) {
			return nil
		}
		wider.UpdatedAt = now
		if err := tx.SetApprovedScope(ctx, wider); err != nil {
			return err
		}
		details := hub.Details(map[string]any{"client": asked.Client.ID, "scope": wider.Items})
		return tx.Record(ctx, visit.Actor(o).Did("approved-scope.create", "approved-scope", wider.ID, asked.Client.Name, details))
	})
}
