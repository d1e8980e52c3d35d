package credential

import (
	"context"
	"crypto/hmac"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// maxOverlap is how long an old secret may be accepted beside its successor.
const maxOverlap = 90 * 24 * time.Hour

func checkOverlap(overlap time.Duration) error {
	if overlap < 0 || overlap > maxOverlap {
		return fault.Fields("", fault.Field{Name: "overlap", Reason: "must be at most 90 days"})
	}
	return nil
}

// rotate makes a new secret for a service or API client, in the place of the one made last.
func (c *change) rotate(master *secret.Master, environment hub.Environment, owner string, overlap time.Duration) (secret.Value, error) {
	fresh := secret.New(secret.ClientSecret, environment == hub.Test)
	return fresh, c.replace(master, environment, owner, fresh, overlap)
}

// replace gives a service or API client a secret. The one made last is accepted for the overlap, if there is one; all others
// end at once, so that there are never more than two.
func (c *change) replace(master *secret.Master, environment hub.Environment, owner string, fresh secret.Value,
	overlap time.Duration) error {
	there, err := c.Secrets(c.ctx, environment, owner)
	if err != nil {
		return err
	}
	for i, old := range there { // oldest first
		ends := c.now.Add(overlap)
		switch {
		case i < len(there)-1 || overlap == 0 || !old.ExpiresAt.IsZero() && !old.ExpiresAt.After(c.now):
			err = c.DeleteSecret(c.ctx, old.ID)
		case old.ExpiresAt.IsZero() || old.ExpiresAt.After(ends):
			err = c.EndSecret(c.ctx, old.ID, ends)
		}
		if err != nil {
			return err
		}
	}
	return c.InsertSecret(c.ctx, hub.Secret{ID: hub.NewID(), Owner: owner, Environment: environment,
		Digest: master.Digest(fresh.Reveal()), Hint: fresh.Hint(), CreatedAt: c.now})
}

// RotateServiceSecret makes a new secret for a confidential service, by hub:service-update, a fresh sign-in, and permissions
// that cover the service's own. The old one is accepted for the overlap (0: ends at once, at most 90 days).
//
// Errors: fault.NotFound, fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) RotateServiceSecret(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	overlap time.Duration) (secret.Value, error) {
	fresh := secret.New(secret.ClientSecret, environment == hub.Test)
	if err := cs.replaceServiceSecret(ctx, actor, environment, id, fresh, overlap); err != nil {
		return "", err
	}
	return fresh, nil
}

// SetServiceSecret is RotateServiceSecret with a secret that is brought along. It must be one that nobody could take for a
// secret made by Hub. Errors: as there.
func (cs *Credentials) SetServiceSecret(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	brought secret.Value, overlap time.Duration) error {
	reason := hub.CheckSecret(brought.Reveal())
	if form, _, _ := secret.Recognise(brought.Reveal()); reason == "" && form != secret.Foreign {
		reason = "must not begin like a secret that Hub makes: have one made instead"
	}
	if reason != "" {
		return fault.Fields("", fault.Field{Name: "secret", Reason: reason})
	}
	return cs.replaceServiceSecret(ctx, actor, environment, id, brought, overlap)
}

// BringServiceSecret is SetServiceSecret for clients that send the secret along with every change: one that the service has
// already stays as it is. The right to change it is needed all the same, or secrets could be tried here. Errors: as there.
func (cs *Credentials) BringServiceSecret(ctx context.Context, actor hub.Actor, environment hub.Environment, id string, brought secret.Value) error {
	has := false
	digest := cs.Master.Digest(brought.Reveal())
	err := cs.do(ctx, actor, func(c *change) error {
		if _, err := c.mayTouchService(environment, id); err != nil {
			return err
		}
		there, err := c.Secrets(ctx, environment, id)
		has = slices.ContainsFunc(there, func(one hub.Secret) bool { return hmac.Equal(one.Digest, digest) && !one.Suspended })
		return err
	})
	if err != nil || has {
		return err
	}
	return cs.SetServiceSecret(ctx, actor, environment, id, brought, 0)
}

func (cs *Credentials) replaceServiceSecret(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	fresh secret.Value, overlap time.Duration) error {
	if err := checkOverlap(overlap); err != nil {
		return err
	}
	return cs.do(ctx, actor, func(c *change) error {
		service, err := c.mayTouchService(environment, id)
		if err != nil {
			return err
		}
		if service.Public {
			return fault.New(fault.Invalid, "the service %s is public: it has no secret", service.Key)
		}
		if err := c.replace(cs.Master, environment, id, fresh, overlap); err != nil {
			return err
		}
		return c.told(environment, "service.rotate", "service", service.ID, service.Key,
			map[string]any{"overlap": overlap.String()})
	})
}

// mayTouchService is the rule who may make or end secrets of a service.
func (c *change) mayTouchService(environment hub.Environment, id string) (hub.Service, error) {
	service, err := c.Service(c.ctx, environment, id)
	if err != nil {
		return service, fault.Missing(err, "service", id)
	}
	if err := c.actor.Within(environment); err != nil {
		return service, err
	}
	if err := c.actor.Require("service-update", service.Organisation); err != nil {
		return service, err
	}
	if err := c.actor.StepUp(); err != nil {
		return service, err
	}
	grants, err := c.GrantsOf(c.ctx, hub.HolderService, id)
	if err != nil {
		return service, err
	}
	reach, err := c.GivenBy(c.ctx, grants)
	if err != nil {
		return service, err
	}
	return service, c.cover("make a secret of "+service.Key, reach, []hub.Environment{environment})
}

// DeleteServiceSecret ends one secret of a service at once, by what RotateServiceSecret needs. Errors: fault.NotFound,
// fault.Forbidden, fault.StepUp.
func (cs *Credentials) DeleteServiceSecret(ctx context.Context, actor hub.Actor, environment hub.Environment, id,
	secretID string) error {
	return cs.do(ctx, actor, func(c *change) error {
		service, err := c.mayTouchService(environment, id)
		if err != nil {
			return err
		}
		there, err := c.Secrets(ctx, environment, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(there, func(one hub.Secret) bool { return one.ID == secretID }) {
			return fault.New(fault.NotFound, "the service %s has no secret %s", service.Key, secretID)
		}
		if err := c.DeleteSecret(ctx, secretID); err != nil {
			return err
		}
		return c.told(environment, "service.delete-secret", "service", service.ID, service.Key, map[string]any{"secret": secretID})
	})
}
