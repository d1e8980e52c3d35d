package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// CreateOrganisation adds an organisation, by hub:organization-create. Without a key it gets one made of its name. Errors:
// fault.Invalid by field, fault.Conflict for a key that is taken.
func (d *Directory) CreateOrganisation(ctx context.Context, actor hub.Actor,
	organisation hub.Organisation) (hub.Organisation, error) {
	organisation.ID = hub.NewID()
	if organisation.Key == "" {
		organisation.Key = hub.KeyFromName(organisation.Name)
	}
	if err := fault.Fields("the organisation cannot be created:", organisation.Check()...); err != nil {
		return hub.Organisation{}, err
	}
	err := d.do(ctx, actor, func(c *change) error {
		if err := c.require("organization-create", ""); err != nil {
			return err
		}
		if err := c.organisationKeyFree(organisation); err != nil {
			return err
		}
		organisation.CreatedAt = hub.Now()
		organisation.UpdatedAt = organisation.CreatedAt
		if err := c.InsertOrganisation(ctx, organisation); err != nil {
			return err
		}
		return c.told("", "organisation.create", "organisation", organisation.ID, organisation.Key)
	})
	return organisation, err
}

func (c *change) organisationKeyFree(organisation hub.Organisation) error {
	other, err := c.OrganisationByKey(c.ctx, organisation.Key)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil && other.ID != organisation.ID:
		return taken("key", "organisation", organisation.Key)
	}
	return err
}

// UpdateOrganisation changes key and name, by hub:organization-update. Errors: fault.NotFound, fault.Invalid,
// fault.Conflict.
func (d *Directory) UpdateOrganisation(ctx context.Context, actor hub.Actor, id string,
	edit func(*hub.Organisation)) (hub.Organisation, error) {
	var organisation hub.Organisation
	err := d.do(ctx, actor, func(c *change) error {
		before, err := c.Organisation(ctx, id)
		if err != nil {
			return fault.Missing(err, "organisation", id)
		}
		organisation = before
		edit(&organisation)
		organisation.ID, organisation.CreatedAt = before.ID, before.CreatedAt
		var changed []string
		note(&changed, "key", before.Key != organisation.Key)
		note(&changed, "name", before.Name != organisation.Name)
		if len(changed) == 0 {
			return nil
		}
		if err := c.require("organization-update", id); err != nil {
			return err
		}
		if err := fault.Fields("the organisation cannot be changed so:", organisation.Check()...); err != nil {
			return err
		}
		if err := c.organisationKeyFree(organisation); err != nil {
			return err
		}
		organisation.UpdatedAt = later(before.UpdatedAt)
		if err := c.UpdateOrganisation(ctx, organisation); err != nil {
			return err
		}
		return c.told("", "organisation.update", "organisation", organisation.ID, organisation.Key, changed...)
	})
	return organisation, err
}

// DeleteOrganisation deletes an organisation to which nobody and nothing belongs, by hub:organization-delete. Errors:
// fault.NotFound, fault.Conflict.
func (d *Directory) DeleteOrganisation(ctx context.Context, actor hub.Actor, id string) error {
	return d.do(ctx, actor, func(c *change) error {
		organisation, err := c.Organisation(ctx, id)
		if err != nil {
			return fault.Missing(err, "organisation", id)
		}
		if err := c.require("organization-delete", id); err != nil {
			return err
		}
		if err := c.DeleteOrganisation(ctx, id); err != nil {
			return err
		}
		return c.told("", "organisation.delete", "organisation", organisation.ID, organisation.Key)
	})
}

// AddRetiredKey lists an API key of old, so that whoever still presents it learns what to do, by hub:organization-update.
// Only its hash is kept. Errors: fault.NotFound, fault.Invalid, fault.Conflict if it is listed already.
func (d *Directory) AddRetiredKey(ctx context.Context, actor hub.Actor, organisationID, label,
	value string) (hub.RetiredKey, error) {
	var wrong []fault.Field
	if label != "" && hub.CheckName(label) != "" {
		wrong = append(wrong, fault.Field{Name: "label", Reason: hub.CheckName(label)})
	}
	if value == "" || len(value) > secret.MaxPassword {
		wrong = append(wrong, fault.Field{Name: "value", Reason: "must be the key, of at most 1024 bytes"})
	}
	if err := fault.Fields("the key cannot be listed:", wrong...); err != nil {
		return hub.RetiredKey{}, err
	}
	key := hub.RetiredKey{ID: hub.NewID(), Organisation: organisationID, Label: label, Digest: d.Master.Digest(value)}
	err := d.do(ctx, actor, func(c *change) error {
		organisation, err := c.Organisation(ctx, organisationID)
		if err != nil {
			return fault.Missing(err, "organisation", organisationID)
		}
		if err := c.require("organization-update", organisationID); err != nil {
			return err
		}
		if _, err := c.RetiredKeyByDigest(ctx, key.Digest); !fault.Is(err, fault.NotFound) {
			if err == nil {
				err = fault.New(fault.Conflict, "this key is listed as retired already")
			}
			return err
		}
		key.CreatedAt = hub.Now()
		if err := c.InsertRetiredKey(ctx, key); err != nil {
			return err
		}
		return c.told("", "retired-key.create", "organisation", organisation.ID, organisation.Key, label)
	})
	return key, err
}

// RetiredKeys lists the API keys of old of an organisation, by hub:organization-read. Errors: fault.Forbidden.
func (d *Directory) RetiredKeys(ctx context.Context, actor hub.Actor, organisationID string) ([]hub.RetiredKey, error) {
	if err := actor.Require("organization-read", organisationID); err != nil {
		return nil, err
	}
	return d.Store.RetiredKeys(ctx, organisationID)
}

// DeleteRetiredKey forgets an API key of old, which is then refused like any other that nobody knows, by
// hub:organization-update. Errors: fault.NotFound, fault.Forbidden.
func (d *Directory) DeleteRetiredKey(ctx context.Context, actor hub.Actor, organisationID, id string) error {
	return d.do(ctx, actor, func(c *change) error {
		organisation, err := c.Organisation(ctx, organisationID)
		if err != nil {
			return fault.Missing(err, "organisation", organisationID)
		}
		if err := c.require("organization-update", organisationID); err != nil {
			return err
		}
		keys, err := c.RetiredKeys(ctx, organisationID)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if key.ID == id {
				if err := c.DeleteRetiredKey(ctx, id); err != nil {
					return err
				}
				return c.told("", "retired-key.delete", "organisation", organisation.ID, organisation.Key, key.Label)
			}
		}
		return fault.Missing(fault.New(fault.NotFound, ""), "retired key", id)
	})
}
